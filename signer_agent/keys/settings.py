"""What the settings say of the places of keys that are no files: `[keys.cryptopro]`, `[keys.pkcs11]`, `[keys.pins]`."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

ASK = "ask"
_KINDS = ("file", "credential", "sealed")


def _pin(value: str) -> str:
    kind, _, name = value.partition(":")
    if value in {"", ASK} or (kind in _KINDS and name):
        return value
    raise ValueError('a PIN is "" (saved in the container), "ask", file:PATH, credential:NAME or sealed:NAME')


def _hex(value: str) -> str:
    if len(value) != 40 or not all(letter in "0123456789abcdefABCDEF" for letter in value):
        raise ValueError("a certificate is named by its SHA-1 thumbprint, 40 hex digits")
    return value.upper()


PinReference = Annotated[str, AfterValidator(_pin)]
Seconds = Annotated[float, Field(gt=0, le=600)]
WorkerMib = Annotated[int, Field(ge=1, le=65_536)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PinSettings(_Table):
    """Where the PINs are. They are never on a command line nor in the environment."""

    default: PinReference = ""
    """Empty: the keys have none, or it is saved where they are. `ask`: a person runs `signer-agent unlock`."""
    certificates: dict[Annotated[str, AfterValidator(_hex)], PinReference] = {}
    """By thumbprint, where it differs."""
    max_unlock_seconds: Annotated[int, Field(ge=1, le=7 * 86_400)] = 12 * 3600
    """For how long a person may unlock a key: a working day by default."""
    sealed_file: Path = Path("keys/sealed")
    sealed_master_key: str = ""
    """`file:PATH` (0400, outside the installation) or `credential:NAME`; needed for `sealed:`."""


class CryptoproSettings(_Table):
    """CryptoPro CSP by its command-line tools."""

    tools: Path | None = None
    """The folder with certmgr and csptest; by default where the CSP's installer puts it."""
    cryptcp: Path | None = None
    """cryptcp, where it is not beside them."""
    store: Annotated[str, Field(pattern="^[um][A-Za-z]{1,20}$")] = "uMy"
    timeout_seconds: Seconds = 30.0
    """One run of a tool; a signature takes some tenths of a second, on a slow token one or two."""
    parallel: Annotated[int, Field(ge=1, le=64)] = 2
    """Runs at once with keys on the disk; a token always has one."""
    rescan_seconds: Annotated[float, Field(ge=1, le=86_400)] = 60.0
    """How soon a certificate that was installed is seen: looking costs a run of certmgr."""
    whole_documents: Literal["never", "with_pin", "always"] = "with_pin"
    """Which keys sign documents that the agent sees by cryptcp: those whose PIN it is given, none, or all."""
    pin_on_command_line: bool = False
    """Gives csptest the PIN as `-password`, where every user of the machine can read it while it signs."""


class Pkcs11Settings(_Table):
    """A token by its PKCS#11 module."""

    module: Path | None = None
    """The vendor's library, as /usr/lib/librtpkcs11ecp.so."""
    token_label: Annotated[str, Field(max_length=32)] = ""
    wait_seconds: Seconds = 10.0
    """How long a signature waits for its turn: the token signs one at a time."""
    timeout_seconds: Seconds = 30.0
    """One request to the module; a slow token takes one or two. A module that hangs is killed with its process."""
    max_worker_mib: WorkerMib = 256
    """The module's process is replaced when it holds more: it begins with some 30."""
    rescan_seconds: Annotated[float, Field(ge=1, le=86_400)] = 30.0


class PycadesSettings(_Table):
    """CryptoPro CSP by its Python library, in worker processes."""

    python_path: Path | None = None
    """The folder with `pycades`, where it is not installed in the agent's own environment."""
    libraries: Path | None = None
    """The CSP's, as /opt/cprocsp/lib/amd64; they are loaded before `pycades`."""
    store: Annotated[str, Field(pattern="^[um][A-Za-z]{1,20}$")] = "uMy"
    parallel: Annotated[int, Field(ge=1, le=16)] = 1
    """Processes at once. A token wants one; threads would not help, since the library keeps the interpreter's lock."""
    timeout_seconds: Seconds = 30.0
    """One request; in process a window for a PIN can't be told from a slow token."""
    max_worker_mib: WorkerMib = 512
    """A process is replaced when it holds more."""
    rescan_seconds: Annotated[float, Field(ge=1, le=86_400)] = 60.0
