"""An emulated CryptoPro host and one run of its tools, as a shell would make it."""

import secrets
import subprocess
from dataclasses import dataclass
from pathlib import Path

from sandbox.csp.machine import Container, Entry
from sandbox.csp.setup import EmulatedHost
from sandbox.test_ca import Issued, Subject, TestAuthority

PIN = f"27{secrets.randbelow(10**10):010d}"
"""A canary: it must be seen nowhere. Each run has its own: others on this machine put theirs on command lines."""
RUN_SECONDS = 30
SELLER = Subject(common_name="Продавцов Пётр Ильич", surname="Продавцов", given_name="Пётр Ильич", inn="500100732259")


@dataclass(frozen=True, slots=True)
class Authorities:
    """A CA with one leaf for each key size."""

    small: TestAuthority
    seller: Issued
    big: TestAuthority
    organisation: Issued


def make_authorities(folder: Path) -> Authorities:
    small = TestAuthority.create(folder / "ca256")
    big = TestAuthority.create(folder / "ca512", algorithm="gost2012_512")
    organisation = Subject(
        common_name="ООО Участок", organisation='ООО "Участок", филиал', inn_legal_entity="7707083893"
    )
    return Authorities(small, small.issue("seller", SELLER), big, big.issue("organisation", organisation))


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run printed (both streams) and its exit status."""

    output: bytes
    status: int

    @property
    def text(self) -> str:
        return self.output.decode()


def run(host: EmulatedHost, tool: str, *words: str, locale: str = "C.UTF-8", stdin: bytes | None = None) -> Ran:
    done = subprocess.run(
        [str(host.bin / tool), *words],
        input=b"" if stdin is None else stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=host.folder,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": locale},
        timeout=RUN_SECONDS,
        check=False,
    )
    return Ran(done.stdout, done.returncode)


def put_listed(host: EmulatedHost, *entries: Entry, container: Container | None = None) -> None:
    """Certificates of which nothing is there but what certmgr lists."""
    if container is not None:
        host.machine.add_container(container)
    host.machine.change_entries("uMy", lambda _: list(entries))
