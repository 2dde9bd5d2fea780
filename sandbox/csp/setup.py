"""Making an emulated host: its tools, its certificates and containers. The only part that needs more than Python."""

import json
import os
import shlex
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

from sandbox.csp.facts import certificate_facts, thumbprint_of
from sandbox.csp.machine import Container, Entry, Machine, Profile
from sandbox.openssl import run_openssl
from sandbox.test_ca import Issued, TestAuthority

TOOLS: Final = ("certmgr", "csptest", "csptestf", "cryptcp", "cpconfig")

# -S -E -s: nothing but the standard library, whatever the environment says; the tools start in half the time
_SCRIPT: Final = """\
#!/bin/sh
exec {python} -SEs -c 'import sys
sys.path.insert(0, {root})
from sandbox.csp.run import main
sys.exit(main({tool}, {state}))' "$@"
"""


_MODULE: Final = """\
from sandbox.csp import pycades_module

globals().update(pycades_module.bind({state}))
"""


class EmulatedHost:
    """A machine with its tools in `bin` and the library `pycades` in `python`. Make it with `create`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / "bin"
        self.python = folder / "python"
        self.machine = Machine(folder / "state")

    @classmethod
    def create(cls, folder: Path, authority: TestAuthority, **profile: str) -> "EmulatedHost":
        """Make a host without certificates in `folder`, which is made if missing.

        Args:
            folder: where everything lies; nothing else should.
            authority: its OpenSSL settings are used, its root is trusted.
            profile: fields of `Profile`.
        """
        host = cls(folder)
        state = host.machine.folder
        for path in (host.bin, host.python, state / "certificates", state / "containers", state / "stores"):
            path.mkdir(mode=0o700, parents=True)
        (state / "openssl.cnf").write_text(authority.config_path.read_text())
        (state / "roots.pem").write_bytes(authority.chain_path.read_bytes())
        host.machine.set_profile(**asdict(Profile(**profile)))
        root = Path(__file__).resolve().parents[2]
        for tool in TOOLS:
            script = host.bin / tool
            script.write_text(_script(tool, root=root, state=state.resolve()))
            script.chmod(0o755)
        (host.python / "pycades.py").write_text(_MODULE.format(state=repr(str(state.resolve()))))
        return host

    def add(
        self,
        issued: Issued,
        authority: TestAuthority,
        *,
        name: str = "",
        reader: str = "HDIMAGE",
        pin: str = "",
        pin_saved: bool = False,
        tries: int = 5,
        linked: bool = True,
        embedded_licence: bool = False,
    ) -> str:
        """Put a certificate with its key onto the host, and return its thumbprint.

        Args:
            issued: from `authority`, its key not encrypted.
            authority: says what kind of key it is.
            name: of the container; the file's name by default.
            reader: HDIMAGE (a folder of the disk), or a token's.
            pin: empty: the container has none.
            pin_saved: whether the CSP keeps it for this account.
            tries: wrong PINs until it is blocked.
            linked: whether the certificate in the store has a link to the key.
            embedded_licence: whether the certificate carries a licence of the CSP.
        """
        der = run_openssl(("x509", "-outform", "DER"), stdin=issued.certificate_pem, config=authority.config_path)
        thumbprint = thumbprint_of(der)
        number = len(self.machine.containers())
        identity = f"{number:04d}"
        plain = name or issued.key_path.stem
        on_disk = reader == "HDIMAGE"
        place = f"HDIMAGE\\\\{thumbprint[:8]}.000\\{thumbprint[8:12].upper()}"
        unique = place if on_disk else f"SCARD\\rutoken_lt_{number}\\0A00\\0000"
        container = Container(
            id=identity,
            name=plain,
            reader=reader,
            unique=unique,
            algorithm=authority.algorithm,
            pin=pin,
            pin_saved=pin_saved,
            tries_left=tries,
            tries_max=tries,
            thumbprint=thumbprint,
        )
        self.machine.certificate_path(thumbprint).write_bytes(der)
        self.machine.add_container(container)
        key = self.machine.key_path(container)
        descriptor = os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(issued.key_pem)
        entry = Entry(
            thumbprint=thumbprint,
            facts={**certificate_facts(der), "embedded_licence": embedded_licence},
            container=identity if linked else "",
        )
        self.machine.change_entries("uMy", lambda entries: [*entries, entry])
        return thumbprint

    def container_of(self, thumbprint: str) -> Container:
        """The container that holds a certificate."""
        return next(item for item in self.machine.containers() if item.thumbprint == thumbprint.lower())

    def set_present(self, thumbprint: str, *, present: bool) -> None:
        """Put a container's reader in, or take it out."""
        container = self.container_of(thumbprint)
        self.machine.change_container(container.id, lambda item: replace(item, present=present))


def _script(tool: str, *, root: Path, state: Path) -> str:
    words = {"root": str(root), "tool": tool, "state": str(state)}
    quoted = {name: json.dumps(value) for name, value in words.items()}  # inside the shell's single quotes
    return _SCRIPT.format(python=shlex.quote(sys.executable), **quoted)
