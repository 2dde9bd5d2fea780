"""Containers in use: PINs asked for and counted, keys that sign by the OpenSSL command line."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sandbox.csp import failure
from sandbox.csp.failure import ToolError
from sandbox.csp.machine import Container
from sandbox.csp.run import Run

# What certmgr, csptest and the OpenSSL command line call an algorithm: provider type, digest
PROVIDERS = {"gost2012_256": (80, "md_gost12_256"), "gost2012_512": (81, "md_gost12_512")}


def provider_name(run: Run, container: Container) -> str:
    """The provider of a container's key."""
    if run.profile.system == "windows":
        return "Crypto-Pro GOST R 34.10-2012 Cryptographic Service Provider"
    strong = " Strong" if container.algorithm == "gost2012_512" else ""
    return f"Crypto-Pro GOST R 34.10-2012 KC1{strong} CSP"


def require(run: Run, name: str) -> Container:
    """The container of that name.

    Raises:
        ToolError: there is none, or its reader is away.
    """
    known = [item for item in run.machine.containers() if item.id == name or item.is_named(name)]
    if not known:
        raise ToolError(failure.CONTAINER_NOT_FOUND)
    if not known[0].present:
        raise ToolError(failure.READER_UNAVAILABLE)
    return known[0]


@contextmanager
def opened(run: Run, container: Container, *, pin: str | None, may_ask: bool = True) -> Iterator[Path]:
    """The key's file, once the PIN was right. What is counted, is counted before an answer is known to anybody.

    Raises:
        ToolError: the PIN was wrong, is blocked, or could not be asked for; the reader went away.
    """
    _authenticate(run, container, pin, may_ask=may_ask)
    _count_use(run, container, 1)
    try:
        if run.fault("reader_removed") is not None:
            run.machine.change_container(container.id, lambda item: replace(item, present=False))
            raise ToolError(failure.CARD_REMOVED)
        yield run.machine.key_path(container)
    finally:
        _count_use(run, container, -1)


def _authenticate(run: Run, container: Container, pin: str | None, *, may_ask: bool) -> None:
    if run.fault("hang_on_prompt") is not None:
        run.say(_prompt(run, container))
        run.hang()
    if not container.pin or (container.pin_saved and pin is None):
        return
    if pin is not None:
        _try(run, container, pin)
        return
    if not may_ask or not sys.stdin.isatty():
        if run.profile.without_terminal == "hang":
            run.hang()
        raise ToolError(failure.SILENT_CONTEXT)
    while True:
        answer = _ask(run, container)
        if answer is None:
            raise ToolError(failure.CANCELLED)
        try:
            _try(run, container, answer)
        except ToolError as error:
            if error.code != failure.WRONG_PIN:
                raise
            run.say(error.text)
            continue
        return


def _try(run: Run, container: Container, pin: str) -> None:
    def counted(item: Container) -> Container:
        if not item.tries_left:
            return item
        return replace(item, tries_left=item.tries_max if pin == item.pin else item.tries_left - 1)

    before = run.machine.container(container.id)
    after = run.machine.change_container(container.id, counted)
    if not after.tries_left and (before is None or not before.tries_left):
        raise ToolError(failure.PIN_BLOCKED)
    if pin != after.pin:
        raise ToolError(failure.WRONG_PIN, f"Wrong password. Tries left: {after.tries_left}.\n")


def _prompt(run: Run, container: Container) -> str:
    # The first line follows the captured request for a *new* password; the real one was not captured
    return f"{provider_name(run, container)} requests authentication properties for container\nPassword:"


def _ask(run: Run, container: Container) -> str | None:
    """A line of the terminal, not shown; None for none. The echo is off before anybody can see the prompt."""
    import termios  # noqa: PLC0415 - few runs need it

    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    silent = termios.tcgetattr(descriptor)
    silent[3] &= ~termios.ECHO
    termios.tcsetattr(descriptor, termios.TCSADRAIN, silent)
    try:
        run.say(_prompt(run, container))
        line = os.read(descriptor, 4096)
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
    run.say("\n")
    return line.decode().rstrip("\r\n") if line.strip() else None


def _count_use(run: Run, container: Container, by: int) -> None:
    def counted(item: Container) -> Container:
        in_use = item.in_use + by
        return replace(item, in_use=in_use, max_in_use=max(item.max_in_use, in_use))

    run.machine.change_container(container.id, counted)


def openssl(run: Run, arguments: Sequence[str | Path], *, stdin: bytes = b"") -> bytes | None:
    """The OpenSSL command line's output; None if it refused."""
    import subprocess  # noqa: PLC0415 - listing needs none of it

    environment = {**os.environ, "OPENSSL_CONF": str(run.machine.folder / "openssl.cnf")}
    done = subprocess.run(
        ["openssl", *(str(word) for word in arguments)], input=stdin, env=environment, capture_output=True, check=False
    )
    return done.stdout if done.returncode == 0 else None


def raw_signature(run: Run, container: Container, key: Path, content: bytes) -> bytes:
    """CryptSignHash's bytes: little-endian, the reverse of what CMS holds."""
    digest = PROVIDERS[container.algorithm][1]
    made = openssl(run, ("dgst", f"-{digest}", "-sign", key), stdin=content)
    if made is None:
        raise ToolError(0x80090020)
    if run.fault("wrong_signature") is not None:
        made = bytes((made[0] ^ 1,)) + made[1:]
    return made[::-1]


def signed_message(run: Run, key: Path, certificate: Path, content: bytes, *, detached: bool) -> bytes:
    """A CMS in DER, CAdES-BES, with the signer's certificate inside."""
    pem = openssl(run, ("x509", "-inform", "DER", "-in", certificate))
    signer = run.machine.folder / "tmp" / f"{os.getpid()}.crt"
    signer.parent.mkdir(exist_ok=True)
    signer.write_bytes(pem or b"")
    form = () if detached else ("-nodetach",)
    made = openssl(
        run,
        (
            "cms",
            "-sign",
            "-binary",
            "-cades",
            "-nosmimecap",
            "-outform",
            "DER",
            *form,
            "-signer",
            signer,
            "-inkey",
            key,
        ),
        stdin=content,
    )
    signer.unlink()
    if made is None:
        raise ToolError(0x80090020)
    return made
