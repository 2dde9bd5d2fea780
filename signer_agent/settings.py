"""The agent's one TOML file, `signer-agent.toml`; a key that is not known here refuses to start."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from signer_agent.errors import SettingsError
from signer_agent.keys.settings import CryptoproSettings, PinSettings, Pkcs11Settings, PycadesSettings
from signer_agent.model import ESIA_FORMATS, AttestedBy, ContentFormat, DocumentKind, SignatureFormat

FILE_NAME = "signer-agent.toml"
ANY = "*"


def _thumbprint(value: str) -> str:
    if value == ANY:
        return value
    if len(value) != 40 or not all(letter in "0123456789abcdefABCDEF" for letter in value):
        raise ValueError('a certificate is named by its SHA-1 thumbprint, 40 hex digits, or "*" for all')
    return value.upper()


def _fingerprint(value: str) -> str:
    plain = value.replace(":", "").lower()
    if len(plain) != 64 or not all(letter in "0123456789abcdef" for letter in plain):
        raise ValueError("a client's certificate is named by its SHA-256 fingerprint, 64 hex digits")
    return plain


Name = Annotated[str, Field(min_length=1, max_length=128)]
Thumbprint = Annotated[str, AfterValidator(_thumbprint)]
NeedleText = Annotated[str, Field(min_length=1, max_length=256)]
Fingerprint = Annotated[str, AfterValidator(_fingerprint)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TlsSettings(_Table):
    """The channel to the hub. Files are read again at the next handshake after they changed."""

    certificate: Path = Path("pki/server.crt")
    key: Path = Path("pki/server.key")
    client_ca: Path = Path("pki/ca.crt")
    client_crl: Path | None = None
    clients: tuple[Name, ...] = ("hub",)
    """Names (SAN) of the clients let in."""
    denied_fingerprints: tuple[Fingerprint, ...] = ()
    """Certificates turned away whatever else they are."""


class ServerSettings(_Table):
    """How the agent serves."""

    listen: str = "127.0.0.1:7444"
    max_connection_age_seconds: Annotated[int, Field(ge=1, le=86_400)] = 600
    """Connections end then, so that a certificate withdrawn in between is seen."""
    drain_seconds: Annotated[int, Field(ge=0, le=600)] = 20
    max_concurrent_calls: Annotated[int, Field(ge=1, le=10_000)] = 256
    max_waiting_signatures: Annotated[int, Field(ge=1, le=100_000)] = 4096
    """Signatures under way; who asks for more is told to come back (RESOURCE_EXHAUSTED)."""
    max_waiting_slow_signatures: Annotated[int, Field(ge=1, le=100_000)] = 256
    """The same for keys that are tools' or tokens': one takes some tenths of a second, and callers wait 30."""
    max_call_seconds: Annotated[int, Field(ge=1, le=600)] = 30
    max_stream_seconds: Annotated[int, Field(ge=1, le=3_600)] = 600
    """For a document to stream in: 1 GiB takes some 15 s of hashing."""
    max_document_bytes: Annotated[int, Field(ge=1)] = 4 * 1024 * 1024 * 1024
    max_spooled_bytes: Annotated[int, Field(ge=1)] = 1024 * 1024 * 1024
    """Of documents that wait on the disk for a tool that signs them whole."""


class KeysSettings(_Table):
    """Where the private keys are."""

    backend: Literal["gost_file", "cryptopro", "pycades", "pkcs11"] = "gost_file"
    folder: Path = Path("keys/certificates")
    passphrase: str = ""
    """A reference: `file:PATH`, `env:NAME` or `credential:NAME` (systemd); empty: the keys are not encrypted."""
    pins: PinSettings = PinSettings()
    cryptopro: CryptoproSettings = CryptoproSettings()
    pycades: PycadesSettings = PycadesSettings()
    pkcs11: Pkcs11Settings = Pkcs11Settings()


class JournalSettings(_Table):
    """The journal and the key that signs its checkpoints."""

    folder: Path = Path("state")
    key: Path = Path("keys/journal.key")
    max_remembered_requests: Annotated[int, Field(ge=1000, le=5_000_000)] = 500_000
    """For so many requests the same one again gets its first signature; some 400 bytes of memory each."""


class HubSettings(_Table):
    """What is pinned of the hub."""

    audit_public_key: Path | None = None
    """Ed25519, PEM: signs the hub's audit checkpoints. Without it none is countersigned."""


class TelemetrySettings(_Table):
    """Traces and logs."""

    otlp_endpoint: str = ""
    """An OTLP/HTTP collector, `http://127.0.0.1:7490/v1/traces`; empty: no export."""
    metrics_address: str = ""
    """host:port of `/metrics` for Prometheus, for this machine's network alone; empty: none is served."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"


class AttestationKeySettings(_Table):
    """A backend's public key (ECDSA P-256 or Ed25519, PEM) and the caller it speaks for."""

    public_key: Path
    caller: Name


class RuleSettings(_Table):
    """One rule of the policy; the first that fits decides, and what no rule fits is refused."""

    name: Name
    certificates: Annotated[tuple[Thumbprint, ...], Field(min_length=1)]
    callers: Annotated[tuple[Name, ...], Field(min_length=1)]
    document_kinds: Annotated[tuple[DocumentKind, ...], Field(min_length=1)]
    formats: Annotated[tuple[SignatureFormat, ...], Field(min_length=1)] = (SignatureFormat.CADES_BES_DETACHED,)
    attested_by: AttestedBy
    cap_per_day: Annotated[int, Field(ge=1)] | None = None
    """Signatures a day (UTC); needed where the hub attests."""
    allow_hub_attestation: bool = False
    """Must be true where `attested_by = "hub"`: a compromised hub then gets signatures up to the cap."""
    despite_caller_rules: bool = False
    """Lets a rule that takes the hub's word use certificates that a rule with a better word covers."""
    max_content_bytes: Annotated[int, Field(ge=1)] | None = None
    """Where the content attests: no longer document is signed."""
    content_formats: tuple[ContentFormat, ...] = ()
    """Where the content attests: what the document must look like; empty: anything."""
    content_must_contain: Annotated[tuple[NeedleText, ...], Field(max_length=16)] = ()
    """Where the content attests: texts that must all be in the document's bytes, as UTF-8."""
    esia_client_ids: tuple[Name, ...] = ()
    """With formats of ESIA: the systems (mnemonics) whose requests are signed; their kind is OTHER."""
    esia_redirect_uris: tuple[str, ...] = ()
    """With formats of ESIA: the addresses a request may return to; empty: any."""
    esia_scopes: tuple[Name, ...] = ()
    """With formats of ESIA: the scopes a request may ask for; empty: any."""

    @model_validator(mode="after")
    def _hub_is_opted_into(self) -> Self:
        if self.attested_by is AttestedBy.HUB and not self.allow_hub_attestation:
            raise ValueError(f'rule "{self.name}": attested_by = "hub" needs allow_hub_attestation = true')
        if self.attested_by is AttestedBy.HUB and self.cap_per_day is None:
            raise ValueError(f'rule "{self.name}": attested_by = "hub" needs cap_per_day')
        if self.attested_by is AttestedBy.CONTENT and self.allow_hub_attestation:
            raise ValueError(f'rule "{self.name}": the content attests it; remove allow_hub_attestation')
        about_content = (self.max_content_bytes, *self.content_formats, *self.content_must_contain) != (None,)
        if self.attested_by is not AttestedBy.CONTENT and about_content:
            raise ValueError(f'rule "{self.name}": only with attested_by = "content" does the agent see documents')
        signs_esia = not ESIA_FORMATS.isdisjoint(self.formats)
        if signs_esia is not bool(self.esia_client_ids) or (
            signs_esia and DocumentKind.OTHER not in self.document_kinds
        ):
            raise ValueError(
                f'rule "{self.name}": formats of ESIA need esia_client_ids and document_kinds with "OTHER", and '
                "esia_client_ids need such a format"
            )
        if self.attested_by is AttestedBy.CALLER and (self.allow_hub_attestation or self.despite_caller_rules):
            raise ValueError(f'rule "{self.name}": it is attested by the caller; remove what concerns the hub')
        return self


class Settings(_Table):
    """The whole file. Relative paths are from the installation's directory."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")] = "agent"
    """Names the journal: "journal:<name>"."""
    server: ServerSettings = ServerSettings()
    tls: TlsSettings = TlsSettings()
    keys: KeysSettings = KeysSettings()
    journal: JournalSettings = JournalSettings()
    hub: HubSettings = HubSettings()
    telemetry: TelemetrySettings = TelemetrySettings()
    attestation_keys: dict[str, AttestationKeySettings] = {}
    rules: tuple[RuleSettings, ...] = ()

    @model_validator(mode="after")
    def _rules_are_told_apart(self) -> Self:
        names = [rule.name for rule in self.rules]
        if len(names) != len(set(names)):
            raise ValueError("two rules have one name: caps and the journal go by it, so give each its own")
        return self


def load_settings(directory: Path) -> Settings:
    """Read `signer-agent.toml` of an installation.

    Raises:
        SettingsError: it is missing, no TOML, or says something unknown; the message names each place.
    """
    path = directory / FILE_NAME
    try:
        return Settings.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise SettingsError(f"{path} is missing: run `signer-agent init {directory}`") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is no TOML: {error}") from error
    except ValidationError as error:
        places = "; ".join(f"{'.'.join(map(str, item['loc'])) or 'file'}: {item['msg']}" for item in error.errors())
        raise SettingsError(f"{path}: {places}") from error
