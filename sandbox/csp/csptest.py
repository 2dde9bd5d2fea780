"""csptest and csptestf: containers, raw signatures, CMS signatures and their verification."""

import base64
import time
from dataclasses import replace
from pathlib import Path

from sandbox.csp import failure, keys
from sandbox.csp.failure import NotEmulatedError, ToolError
from sandbox.csp.machine import Container, Entry
from sandbox.csp.options import Line, Options, ParameterMissingError, UnknownOptionError
from sandbox.csp.run import Run

_BUILDS = {
    "4.0": ("v4.0.9017", "4.0.9944", "FastCode:READY:AVX."),
    "5.0.11": ("v5.0.10003", "5.0.11455", "FastCode:READY:AVX."),
    "5.0R2": ("v5.0.10010", "5.0.12455", "FastCode:READY:AVX."),
    "5.0.13": ("v5.0.10013", "5.0.13003", "FastCode:READY:AVX,AVX2. DISABLED:RSA;"),
}
_KEYSET = Options(
    flags=frozenset({"enum_cont", "verifycontext", "fqcn", "unique", "machinekeys", "check"}),
    valued=frozenset({"sign", "container", "keytype", "in", "out", "password", "provtype", "provider"}),
    aliases={"cont": "container"},
)
_SFSIGN = Options(
    flags=frozenset(
        {"sign", "verify", "detached", "add", "base64", "addsigtime", "cades_strict", "cades_disable"}
        | {"req_compliant", "ask", "cmsmode", "silent"}
    ),
    valued=frozenset({"in", "out", "my", "MY", "password", "alg", "signature", "repeat"}),
)
_PASSWD = Options(
    flags=frozenset({"showsaved", "delsaved", "savepin"}),
    valued=frozenset({"container", "passwd", "change"}),
    aliases={"cont": "container"},
)
_KEYS = Options(flags=frozenset({"enum"}))
_ABSORB = Options(flags=frozenset({"certs", "autoprov"}))
_RAW_ALGORITHMS = {"GOST12_256": "gost2012_256", "GOST12_512": "gost2012_512"}


def banner(_run: Run) -> str:
    """None yet: a bad option is told without it."""
    return ""


def _banner(run: Run) -> str:
    provider, build, tail_ = _BUILDS[run.profile.version]
    system = "Windows" if run.profile.system == "windows" else "Linux"
    return f"CSP (Type:80) {provider} KC1 Release Ver:{build} OS:{system} CPU:AMD64 {tail_}\n"


def tail(run: Run, code: int) -> str:
    """Times, with a decimal comma where the locale has one, and the code."""
    if code == failure.BAD_OPTION:
        return f"[ErrorCode: 0x{code:08x}]\n"
    spent = f"{time.process_time():.3f}"
    text = f"Total: SYS: 0.000 sec USR: {spent} sec UTC: {spent} sec"
    return (text.replace(".", ",") if run.language == "ru" else text) + f"\n[ErrorCode: 0x{code:08x}]\n"


def complain(_run: Run, error: ToolError) -> str:
    """A bad option is told in one line; anything else in the generic block."""
    if error.code == failure.BAD_OPTION:
        return error.text
    return f"An error occurred in running the program.\n{error.text}Error number 0x{error.code:x} ({error.code}).\n"


def work(run: Run, words: list[str]) -> None:
    """One command."""
    if not words or not words[0].startswith("-"):
        raise ToolError(failure.BAD_OPTION)
    command, rest = words[0][1:], words[1:]
    options = {"keyset": _KEYSET, "sfsign": _SFSIGN, "passwd": _PASSWD, "keys": _KEYS, "absorb": _ABSORB}.get(command)
    if options is not None:
        line = _read(options, rest)
        run.say(_banner(run))
        {"keyset": _keyset, "sfsign": _sfsign, "passwd": _passwd, "keys": _keys, "absorb": _absorb}[command](run, line)
    elif command in {"enum", "keycopy", "lowsign", "cmssfsign", "speed", "perf"}:
        raise NotEmulatedError(f"{run.tool} {' '.join(words)}")
    else:
        raise ToolError(failure.BAD_OPTION, f"invalid option -- '{command}'\n")


def _read(options: Options, words: list[str]) -> Line:
    try:
        line = options.read(words)
    except UnknownOptionError as error:
        raise ToolError(failure.BAD_OPTION, f"invalid option -- '{error.name}'\n") from error
    except ParameterMissingError as error:
        raise ToolError(failure.BAD_OPTION, f"option requires an argument -- '{error.name}'\n") from error
    if line.files:
        raise ToolError(failure.BAD_OPTION)
    return line


def _keyset(run: Run, line: Line) -> None:
    if "enum_cont" in line:
        _enumerate(run, full="fqcn" in line, unique="unique" in line)
        return
    container = keys.require(run, line.get("container"))
    run.say("AcquireContext: OK. HCRYPTPROV: 6840723\n")
    run.say(f"GetProvParam(PP_NAME): {keys.provider_name(run, container)}\n")
    if "sign" in line:
        _sign_raw(run, line, container)
    elif "check" not in line:
        raise NotEmulatedError("csptest -keyset without -check, -sign or -enum_cont")


def _keys(run: Run, line: Line) -> None:
    if "enum" not in line:
        raise NotEmulatedError("csptest -keys without -enum")
    _enumerate(run, full=False, unique=False)


def _enumerate(run: Run, *, full: bool, unique: bool) -> None:
    found = [item for item in run.machine.containers() if item.present]
    if not found:
        run.say("No containers.\n")
        return
    run.say("AcquireContext: OK. HCRYPTPROV: 17693171\n")
    for item in found:
        name = item.full_name if full else item.name
        shown = f"{name}|\\\\.\\{item.reader}\\{item.unique}" if unique else name
        encoding = "cp866" if run.encoding == "cp866" else "cp1251"
        run.say_bytes(shown.encode(encoding, "replace") + b"\n")
    run.say("OK.\n")


def _sign_raw(run: Run, line: Line, container: Container) -> None:
    algorithm = _RAW_ALGORITHMS.get(line.get("sign"))
    if algorithm is None:
        raise ToolError(failure.BAD_OPTION)
    if algorithm != container.algorithm:
        raise ToolError(0x80090008)
    if line.get("keytype", "exchange") not in {"exchange", "signature"}:
        raise ToolError(failure.BAD_OPTION)
    content = _input(line)
    _require_licence(run, container)
    with keys.opened(run, container, pin=line.values.get("password")) as key:
        signature = keys.raw_signature(run, container, key, content)
    _output(run, Path(line.get("out")), signature)


def _require_licence(run: Run, container: Container) -> None:
    """A licence inside the certificate is enough for csptest (and not for cryptcp)."""
    if run.profile.licence == "valid":
        return
    entry = next((item for item in run.machine.entries("uMy") if item.container == container.id), None)
    if entry is None or not entry.facts.get("embedded_licence"):
        raise ToolError(failure.LICENCE_MISSING)


def _input(line: Line) -> bytes:
    try:
        return Path(line.get("in")).read_bytes()
    except OSError as error:
        raise ToolError(failure.FILE_NOT_FOUND, "Cannot open input file\n") from error


def _output(run: Run, path: Path, content: bytes) -> None:
    if run.fault("exit_zero_without_file") is not None:
        return
    path.write_bytes(b"" if run.fault("empty_file") is not None else content)


def _sfsign(run: Run, line: Line) -> None:
    if ("sign" in line) == ("verify" in line):
        raise ToolError(failure.BAD_OPTION)
    content = _input(line)
    if "verify" in line:
        _verify(run, line)
        return
    entry = _user_certificate(run, line)
    container = keys.require(run, entry.container)
    _require_licence(run, container)
    run.say(f"Source message length: {len(content)}\n")
    with keys.opened(run, container, pin=line.values.get("password"), may_ask="silent" not in line) as key:
        certificate = run.machine.certificate_path(entry.thumbprint)
        message = keys.signed_message(run, key, certificate, content, detached="detached" in line)
    run.say(f"Calculated signature (or signed message) length: {len(message)}\n")
    run.say(f"Signature was done. Signature (or signed message) length: {len(message)}\n")
    _output(run, Path(line.get("out")), base64.encodebytes(message) if "base64" in line else message)
    run.say(f"Output file ({line.get('out')}) has been saved\n")


def _user_certificate(run: Run, line: Line) -> Entry:
    wanted = line.get("my") or line.get("MY")
    if not wanted:
        raise ToolError(failure.NO_SUCH_CERTIFICATE, "No user certificate specified\n")
    store = "uMy" if "my" in line else "mMy"
    for entry in run.machine.entries(store):
        if entry.thumbprint == wanted.lower() or any(wanted in value for _, value in entry.facts["subject"]):
            if not entry.container:
                raise ToolError(failure.NO_KEY_LINK)
            return entry
    raise ToolError(failure.NO_KEY_LINK, f"Cannot find User certificate: {wanted}\n")


def _verify(run: Run, line: Line) -> None:
    word = "Detached Signature" if "detached" in line else "Signature"
    signature = Path(line.get("signature")) if "detached" in line else Path(line.get("in"))
    found = keys.openssl(
        run,
        ("cms", "-verify", "-noverify", "-binary", "-inform", "DER", "-in", signature)
        + (("-content", line.get("in")) if "detached" in line else ()),
    )
    if found is None:
        run.say(f"{word} was NOT verified\n")
        raise ToolError(failure.BAD_SIGNATURE)
    run.say(f"{word} was verified OK\n")


def _passwd(run: Run, line: Line) -> None:
    container = keys.require(run, line.get("container"))
    if "change" in line:
        pin = line.values.get("passwd")
        with keys.opened(run, container, pin=pin):
            new = line.get("change")
        run.machine.change_container(container.id, lambda item: replace(item, pin=new, pin_saved=False))
    elif "delsaved" in line:
        run.machine.change_container(container.id, lambda item: replace(item, pin_saved=False))
    elif "showsaved" in line:
        raise NotEmulatedError("csptest -passwd -showsaved")
    else:
        raise ToolError(failure.BAD_OPTION)


def _absorb(run: Run, _line: Line) -> None:
    """Link each container's own certificate to it."""
    by_thumbprint = {item.thumbprint: item.id for item in run.machine.containers() if item.present and item.thumbprint}
    run.machine.change_entries(
        "uMy",
        lambda entries: [
            replace(entry, container=by_thumbprint.get(entry.thumbprint, entry.container)) for entry in entries
        ],
    )
    run.say("OK.\n")
