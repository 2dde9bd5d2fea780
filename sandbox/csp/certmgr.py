"""certmgr: lists, exports, installs and deletes certificates."""

import base64
import sys
from pathlib import Path

from sandbox.csp import failure, keys
from sandbox.csp.failure import NotEmulatedError, ToolError
from sandbox.csp.listing import FRAME, record
from sandbox.csp.machine import Container, Entry
from sandbox.csp.options import Line, Options, ParameterMissingError, UnknownOptionError
from sandbox.csp.run import Run

_COMMANDS = ("list", "install", "export", "delete", "decode", "enumstores")
_OPTIONS = Options(
    flags=frozenset(
        {*_COMMANDS, "inst", "certificate", "crl", "pfx", "chain", "verbose", "all", "base64", "der", "silent", "stdin"}
        | {"keep_exportable", "at_signature"}
    ),
    valued=frozenset(
        {"store", "file", "container", "pkcs10", "dn", "issuer", "keyid", "thumbprint", "pin", "newpin", "provname"}
        | {"provtype", "dest", "location", "trace", "tfmt"}
    ),
    aliases={"inst": "install", "cont": "container", "cert": "certificate"},
)


def banner(run: Run) -> str:
    """The version's banner."""
    version, russian = run.profile.version, run.language == "ru"
    if version == "5.0.13":
        company = "КРИПТО-ПРО" if russian else "Crypto-Pro"
        system = "Windows" if run.profile.system == "windows" else "Linux"
        return f'Certmgr Ver:5.0.13003 OS:{system} CPU:AMD64 (c) "{company}", 2007-2024.\n'
    first, second = {
        "4.0": ('Certmgr 1.0 (c) "CryptoPro",  2007-2010.', "program for managing certificates, CRLs and stores\n"),
        "5.0.11": ('Certmgr 1.1 (c) "Crypto-Pro",  2007-2019.', "program for managing certificates, CRLs and stores\n"),
        "5.0R2": ('Certmgr 1.1 (c) "Crypto-Pro", 2007-2021.', "Program for managing certificates, CRLs and stores."),
    }[version]
    return f"{first}\n{second}\n"


def tail(_run: Run, code: int) -> str:
    """The line with the code, after an empty one."""
    return f"\n[ErrorCode: 0x{code:08x}]\n"


def complain(_run: Run, error: ToolError) -> str:
    """What went wrong."""
    return error.text


def work(run: Run, words: list[str]) -> None:
    """One command."""
    try:
        line = _OPTIONS.read(words)
    except UnknownOptionError as error:
        raise ToolError(failure.BAD_OPTION, f"invalid option -- '{error.name}'\n") from error
    except ParameterMissingError as error:
        raise ToolError(failure.BAD_OPTION, f"option requires an argument -- '{error.name}'\n") from error
    commands = [name for name in _COMMANDS if name in line]
    if len(commands) != 1:
        raise ToolError(failure.BAD_OPTION)
    command = {"list": _list, "export": _export, "install": _install, "delete": _delete}.get(commands[0])
    if command is None or "pfx" in line or "crl" in line:
        raise NotEmulatedError(f"certmgr {' '.join(words)}")
    command(run, line)


def _list(run: Run, line: Line) -> None:
    entries = _listed(run, line)
    if not entries:
        raise _none(run, line)
    run.say(FRAME + "\n")
    for place, entry in enumerate(entries, start=1):
        container = _container(run, entry)
        run.say(record(run, place, entry, container, chain="chain" in line))
    run.say(FRAME + "\n")


def _none(run: Run, line: Line) -> ToolError:
    if "thumbprint" in line or "dn" in line:
        return ToolError(failure.NO_SUCH_CERTIFICATE, "No certificate matching the criteria\n")
    empty = "Список сертификатов пуст" if run.language == "ru" else "Empty certificate list"
    return ToolError(failure.NO_SUCH_CERTIFICATE, empty + "\n")


def _listed(run: Run, line: Line) -> list[Entry]:
    if "file" in line:
        return _of_file(Path(line.get("file")))
    if "container" in line:
        container = keys.require(run, line.get("container"))
        return [item for item in run.machine.entries("uMy") if item.container == container.id]
    return _matching(run, line)


def _matching(run: Run, line: Line) -> list[Entry]:
    found = run.machine.entries(line.get("store", "uMy"))
    wanted = line.get("thumbprint").lower().removeprefix("0x")
    if wanted:
        found = [entry for entry in found if entry.thumbprint == wanted]
    name = line.get("dn").partition("=")[2] or line.get("dn")
    if name:
        found = [entry for entry in found if any(name in value for _, value in entry.facts["subject"])]
    return found


def _container(run: Run, entry: Entry) -> Container | None:
    if not entry.container:
        return None
    return next((item for item in run.machine.containers() if item.id == entry.container), None)


def _export(run: Run, line: Line) -> None:
    entry = _one(run, line)
    destination = Path(line.get("dest"))
    if not line.get("dest"):
        raise ToolError(failure.BAD_OPTION, "option requires an argument -- 'dest'\n")
    der = run.machine.certificate_path(entry.thumbprint).read_bytes()
    if run.fault("exit_zero_without_file") is None:
        destination.write_bytes(base64.encodebytes(der) if "base64" in line else der)
    run.say(FRAME + "\n" + record(run, 1, entry, _container(run, entry), chain=False) + FRAME + "\nExport complete\n")


def _delete(run: Run, line: Line) -> None:
    entry = _one(run, line)
    run.machine.change_entries(
        line.get("store", "uMy"), lambda entries: [item for item in entries if item.thumbprint != entry.thumbprint]
    )
    run.say("Delete complete\n")


def _one(run: Run, line: Line) -> Entry:
    """The certificate meant; several are asked about, and refused where nobody may be asked."""
    found = _matching(run, line)
    if not found:
        raise _none(run, line)
    if len(found) == 1:
        return found[0]
    if "silent" in line:
        raise ToolError(failure.SILENT_CONTEXT)
    run.say("Please choose index: ")
    answer = sys.stdin.readline().strip()
    if not answer.isdecimal() or not 1 <= int(answer) <= len(found):
        raise ToolError(failure.CANCELLED)
    return found[int(answer) - 1]


def _install(run: Run, line: Line) -> None:
    container: Container | None = None
    if "container" in line:
        name = line.get("container")
        container = run.machine.container(name)
        if container is None:
            raise ToolError(failure.FILE_NOT_FOUND, f"Failed to open container {name}\n")
    if "file" in line:
        entry = _of_file(Path(line.get("file")))[0]
        der = _der_of(Path(line.get("file")))
        run.machine.certificate_path(entry.thumbprint).write_bytes(der)
    elif container is not None and container.thumbprint:
        entry = _entry(run.machine.certificate_path(container.thumbprint).read_bytes())
    else:
        raise ToolError(0x00000667)
    linked = Entry(thumbprint=entry.thumbprint, facts=entry.facts, container=container.id if container else "")
    run.machine.change_entries(
        line.get("store", "uMy"),
        lambda entries: [*(item for item in entries if item.thumbprint != linked.thumbprint), linked],
    )
    run.say("Install:\n" + FRAME + "\n" + record(run, 1, linked, container, chain=False) + FRAME + "\n")


def _of_file(path: Path) -> list[Entry]:
    try:
        return [_entry(_der_of(path))]
    except (OSError, ValueError) as error:
        raise ToolError(failure.FILE_NOT_FOUND, "Can't open file\n") from error


def _entry(der: bytes) -> Entry:
    import site  # noqa: PLC0415 - a library that reads X.509 costs 50 ms, and few runs need it

    site.main()  # the tools start without it
    from sandbox.csp.facts import certificate_facts, thumbprint_of  # noqa: PLC0415 - see above

    return Entry(thumbprint=thumbprint_of(der), facts=certificate_facts(der))


def _der_of(path: Path) -> bytes:
    data = path.read_bytes()
    if data[:1] == b"\x30":
        return data
    body = b"".join(line for line in data.splitlines() if not line.startswith(b"-----"))
    return base64.b64decode(body, validate=True)
