"""cryptcp: signs whole files as CMS and verifies them."""

import base64
import binascii
import sys
from pathlib import Path

from sandbox.csp import failure, keys
from sandbox.csp.failure import NotEmulatedError, ToolError
from sandbox.csp.machine import Entry
from sandbox.csp.options import Line, Options, ParameterMissingError, UnknownOptionError
from sandbox.csp.run import Run

_COMMANDS = ("sign", "signf", "verify", "vsignf", "addsign", "hash")
_OTHER_COMMANDS = ("encr", "decr", "createcert", "createrqst", "copycert", "delsign", "sn", "signhash")
_STORES = {f"{place}{name}" for place in "um" for name in ("My", "Root", "Ca", "AddressBook")} | {"mca", "uca", "mroot"}
_OPTIONS = Options(
    flags=frozenset(
        {
            "help",
            "nochain",
            "norev",
            "errchain",
            "nonet",
            "verall",
            "all",
            "der",
            "strict",
            "cert",
            "nocert",
            "addchain",
        }
        | {"detached", "attached", "cadesbes", "cadest", "xlongtype1", "askpin", "silent"}
        | _STORES
    ),
    valued=frozenset({"thumbprint", "dn", "pin", "dir", "fext", "hashAlg", "cadestsa", "f", "q", "threads"}),
    aliases={"hashalg": "hashAlg"},
)
_SOURCE = "../../../../CSPbuild/CSP/samples/CPCrypt"
_CODES_OF_LICENCES = {"expired": failure.LICENCE_EXPIRED, "missing": failure.LICENCE_MISSING}


def banner(run: Run) -> str:
    """The version's banner."""
    version = "4.0" if run.profile.version == "4.0" else "5.0"
    year = {"4.0": 2020, "5.0.11": 2019, "5.0R2": 2021, "5.0.13": 2024}[run.profile.version]
    company = "КРИПТО-ПРО" if run.language == "ru" else "Crypto-Pro"
    second = (
        "Утилита командной строки для подписи и шифрования файлов."
        if run.language == "ru"
        else "Command prompt Utility for file signature and encryption."
    )
    return f'CryptCP {version} (c) "{company}", 2002-{year}.\n{second}\n'


def tail(run: Run, code: int) -> str:
    """The line with the code; old builds end a good run with another word."""
    if run.profile.version == "4.0" and not code:
        return "[ReturnCode: 0]\n"
    return f"[ErrorCode: 0x{code:08x}]\n"


def complain(run: Run, error: ToolError) -> str:
    """The block of an error: upper-case code on the source line, lower-case in brackets."""
    if not error.text:
        return f"\nError: Unknown error.\n{_SOURCE}/{error.place or 'Main.cpp:1'}: 0x{error.code:08X}\n"
    if error.code == failure.WRONG_PIN:
        return error.text
    glued = "" if run.fault("glued") is not None else "\n"
    return f"{glued}Error: {error.text}\n{_SOURCE}/{error.place or 'Main.cpp:1'}: 0x{error.code:08X}\n"


def work(run: Run, words: list[str]) -> None:
    """One command."""
    commands = [word[1:] for word in words if word[1:] in {*_COMMANDS, *_OTHER_COMMANDS} and word[:1] == "-"]
    if len(commands) > 1:
        raise ToolError(failure.EXTRA_COMMAND, "Too many commands: ''.", place="Params.cpp:297")
    if not commands:
        raise ToolError(failure.NO_COMMAND, "No command specified.", place="Params.cpp:310")
    if run.profile.licence != "valid":
        # Before it looks at any certificate, so a licence inside one is of no use to it
        text = "License is expired." if run.profile.licence == "expired" else "License for this product is expired."
        raise ToolError(_CODES_OF_LICENCES[run.profile.licence], text, place="License.cpp:88")
    words.remove("-" + commands[0])
    line = _read(words)
    command = {"sign": _sign, "signf": _signf, "verify": _verify, "vsignf": _vsignf}.get(commands[0])
    if command is None:
        raise NotEmulatedError(f"cryptcp -{commands[0]}")
    command(run, line)


def _read(words: list[str]) -> Line:
    try:
        return _OPTIONS.read(words)
    except UnknownOptionError as error:
        raise ToolError(failure.UNKNOWN_OPTION, f"Unknown option: '{error.name}'.", place="Params.cpp:261") from error
    except ParameterMissingError as error:
        raise ToolError(failure.NO_PARAMETER, f"No parameter: '{error.name}'.", place="Params.cpp:275") from error


def _sign(run: Run, line: Line) -> None:
    if not line.files:
        raise ToolError(failure.NO_INPUT_FILE, "No input file.", place="Params.cpp:402")
    if len(line.files) > 2:
        raise ToolError(failure.EXTRA_FILE, f"Extra file: '{line.files[2]}'.", place="Params.cpp:408")
    source = Path(line.files[0])
    output = Path(line.files[1]) if len(line.files) == 2 else source.with_name(source.name + line.get("fext", ".sig"))
    _sign_file(run, line, source, output, detached="detached" in line)


def _signf(run: Run, line: Line) -> None:
    folder = Path(line.get("dir", "."))
    extension = line.get("fext", ".sgn" if "attached" not in line else ".sig")
    for name in line.files:
        _sign_file(run, line, Path(name), folder / (Path(name).name + extension), detached="attached" not in line)


def _sign_file(run: Run, line: Line, source: Path, output: Path, *, detached: bool) -> None:
    content = _content(source)
    if "cadest" in line or "xlongtype1" in line:
        if run.fault("tsp_http_error") is not None:
            raise ToolError(0xC2100100, "HTTP error occurred while sending request.", place="Sign.cpp:301")
        raise ToolError(failure.TSP_LICENCE, "", place="Sign.cpp:302")
    entry = _signer(run, line)
    container = keys.require(run, entry.container)
    subject = ", ".join(value for _, value in entry.facts["subject"])
    dates = f"{entry.facts['not_before']} to {entry.facts['not_after']}".replace("/", ".")
    run.say(f"\nThe following certificate will be used:\nRDN:{subject}\nValid from {dates}\n\n")
    _check_chain(run, line)
    pin = line.values.get("pin")
    with keys.opened(run, container, pin=pin, may_ask="silent" not in line) as key:
        run.say(f"Folder './':\n{source.name}... Signing the data...")
        certificate = run.machine.certificate_path(entry.thumbprint)
        content = content + b" " if run.fault("wrong_document") is not None else content
        detached = detached and run.fault("attached_instead") is None
        message = keys.signed_message(run, key, certificate, content, detached=detached)
    encoded = message if "der" in line else base64.encodebytes(message)
    if run.fault("exit_zero_without_file") is None:
        output.write_bytes(b"" if run.fault("empty_file") is not None else encoded)
    if run.fault("exit_zero_with_error_text") is not None:
        output.unlink(missing_ok=True)
        run.say("Error: Unknown error.\n")
        return
    glued = "" if run.fault("glued") is not None else "\n\n"
    done = "Подписанное сообщение успешно создано." if run.language == "ru" else "Signed message is created."
    run.say(f"{glued}{done}\n" if glued else f" {done}")


def _signer(run: Run, line: Line) -> Entry:
    store = next((name for name in line.values if name in _STORES), "uMy")
    found = run.machine.entries(store)
    if "thumbprint" in line:
        found = [entry for entry in found if entry.thumbprint == line.get("thumbprint").lower()]
    found = [entry for entry in found if entry.container]  # one without a key link is as good as none
    if not found:
        raise ToolError(failure.CERTIFICATE_NOT_FOUND, "Certificates not found.", place="Certs.cpp:412")
    if len(found) > 1:
        raise ToolError(0x2000012E, "More than one certificate found.", place="Certs.cpp:420")
    return found[0]


def _check_chain(run: Run, line: Line) -> None:
    if "nochain" in line:
        return
    if run.fault("chain_prompt") is None:
        run.say("Certificate chains are checked.\n")
        return
    run.say("Certificate chain is not checked for this certificate.\nDo you want to continue? [Y]es, [N]o, [C]ancel: ")
    if "errchain" in line or sys.stdin.readline().strip().upper() != "Y":
        text = "Certificate chain is not checked for this certificate (chain status 0x10000)"
        raise ToolError(failure.CHAIN_NOT_CHECKED, text, place="Certs.cpp:533")


def _verify(run: Run, line: Line) -> None:
    needed = 2 if "detached" in line else 1
    if len(line.files) < needed:
        raise ToolError(failure.NO_INPUT_FILE, "No input file.", place="Params.cpp:402")
    signature = Path(line.get("f")) if "f" in line and "detached" in line else Path(line.files[needed - 1])
    if "detached" in line:
        _verify_file(run, line, Path(line.files[0]), signature)
        return
    content = _verify_file(run, line, None, signature)
    if len(line.files) > 1:
        Path(line.files[1]).write_bytes(content)


def _vsignf(run: Run, line: Line) -> None:
    for name in line.files:
        source = Path(name)
        _verify_file(run, line, source, Path(line.get("dir", ".")) / (source.name + line.get("fext", ".sgn")))


def _verify_file(run: Run, line: Line, content: Path | None, signature: Path) -> bytes:
    message = _message(_content(signature))
    shown = signature if content is None else content
    run.say(f"Folder '{shown.parent}/':\n{shown}... Signature verifying...")
    detached = () if content is None else ("-content", content)
    roots = run.machine.folder / "roots.pem"
    chain = ("-noverify",) if "nochain" in line or not roots.exists() else ("-CAfile", roots, "-purpose", "any")
    found = keys.openssl(run, ("cms", "-verify", "-binary", "-inform", "DER", *detached, *chain), stdin=message)
    if found is None:
        raise ToolError(failure.SIGNATURE_INVALID, "Invalid Signature.", place="Signature.cpp:245")
    word = "Автор подписи" if run.language == "ru" else "Signer"
    run.say(f"\n{word}: {_signer_of(run, message)}\n Signature's verified.\n")
    return found


def _signer_of(run: Run, message: bytes) -> str:
    signer = keys.openssl(run, ("cms", "-cmsout", "-print", "-noout", "-inform", "DER"), stdin=message) or b""
    serials = [text.split(b"serialNumber:")[1].split()[0] for text in signer.splitlines() if b"serialNumber:" in text]
    for entry in run.machine.entries("uMy"):
        if serials and int(entry.facts["serial"], 16) == int(serials[-1], 0):
            return ", ".join(value for key, value in entry.facts["subject"] if key in {"CN", "C", "INN", "E"})
    return "Unknown"


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ToolError(failure.CANNOT_OPEN_FILE, "Can't open file", place="File.cpp:61") from error


def _message(data: bytes) -> bytes:
    if data[:1] == b"\x30":
        return data
    try:
        return base64.b64decode(b"".join(data.split()), validate=True)
    except binascii.Error as error:
        raise ToolError(failure.BAD_BASE64, "Incorrect BASE64 conversion.", place="Base64.cpp:40") from error
