"""What an installation is told: one TOML file, overridden by LANDHUB_* variables; a key nobody knows refuses to start.

`LANDHUB_SERVER__ADDRESS=0.0.0.0:7443` stands for `address` in [server]. Paths are relative to the installation's
folder, secrets are references (`file:keys/column.key`, `env:NAME`), never values.
"""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from hub.core.mode import Mode
from hub.storage.database_url import checked_database_url

FILE_NAME = "landhub.toml"
ENVIRONMENT_PREFIX = "LANDHUB_"

_ADDRESS = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\[\]:/\s]+):([0-9]{1,5})")
NAME_PATTERN = re.compile(r"[a-z][a-z0-9_-]{0,62}")
_REFERENCE = re.compile(r"(env|file|credential|sealed):.+")
_MASTER_KEY = re.compile(r"(file|credential):.+")
_LEAST_PREFIX = 8  # of a private network, in IPv4 and IPv6 alike


class SettingsError(Exception):
    """The settings can't be used. `problems` are lines for a person: the key's path, what is wrong, what to do."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Profile(StrEnum):
    """PRODUCTION refuses what is only good for trying things out; DEVELOPMENT lets it through."""

    PRODUCTION = "production"
    DEVELOPMENT = "development"


def _address(value: str) -> str:
    match = _ADDRESS.fullmatch(value)
    if not match or int(match[2]) > 65535:
        raise ValueError('write an address as "host:port", for example "127.0.0.1:7443"')
    return value


def _reference(value: str) -> str:
    if not _REFERENCE.fullmatch(value):
        raise ValueError(
            "write a reference (file:PATH, sealed:NAME, credential:NAME or env:NAME), never the secret itself"
        )
    return value


def _master_key(value: str) -> str:
    if not _MASTER_KEY.fullmatch(value):
        raise ValueError(
            "write credential:NAME or file:PATH (a 0400 file outside of the installation); the master key is never "
            "kept in the environment or in the settings"
        )
    return value


def _name(value: str) -> str:
    if not NAME_PATTERN.fullmatch(value):
        raise ValueError("a name has 1 to 63 small letters, digits, - or _, and begins with a letter")
    return value


def _proxies(value: str) -> str:
    if ip_network(value).prefixlen < _LEAST_PREFIX:
        raise ValueError(
            "whoever is in such a network could name any sender: list each proxy's own address"
            ' ("10.0.0.5/32"), or a small network that holds nothing else'
        )
    return value


Address = Annotated[str, AfterValidator(_address)]
ProxyNetwork = Annotated[str, AfterValidator(_proxies)]
Name = Annotated[str, AfterValidator(_name)]
SecretReference = Annotated[str, AfterValidator(_reference)]
MasterKeyReference = Annotated[str, AfterValidator(_master_key)]
FilePath = Annotated[str, Field(min_length=1)]


MethodPattern = Annotated[str, Field(pattern=r"^landhub\.[A-Za-z0-9_.]+(\.\*|/[A-Za-z0-9]+|/\*)$")]
""""landhub.rosreestr.v1.*" or "landhub.rosreestr.v1.RosreestrService/GetLandPlot"."""


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class KeysSettings(_Table):
    """[keys]: how private key files are opened."""

    passphrase: SecretReference | None = None
    """Opens the encrypted private keys of this installation. Keep it elsewhere than the keys."""


class SealedSettings(_Table):
    """[sealed]: secrets in one encrypted file, named elsewhere as sealed:NAME."""

    file: FilePath = "keys/sealed"
    master_key: MasterKeyReference | None = None
    """A systemd credential, or a 0400 file that lies outside of the installation's folder."""


class ServerSettings(_Table):
    """[server]: the callers' gRPC."""

    address: Address = "127.0.0.1:7443"
    certificate: FilePath = "pki/server.crt"
    key: FilePath = "pki/server.key"
    client_ca: FilePath = "pki/ca.crt"
    denied_fingerprints: FilePath = "pki/denied"
    """A file with the SHA-256 of refused client certificates, hex, one a line; read again when it changes."""
    revocation_list: FilePath | None = None
    """A CRL of the callers' CA, PEM; read again when it changes."""
    reflection: bool = False
    processes: int = Field(default=1, ge=1, le=64)
    """So many hub processes on the one port; more than one needs PostgreSQL."""
    drain_seconds: float = Field(default=30, gt=0, le=600)
    """How long calls and effects under way may take to finish after SIGTERM."""
    max_connection_age_seconds: int = Field(default=3600, ge=1, le=86_400)


class AdministrationSettings(_Table):
    """[administration]: the administrators' gRPC, with a CA of its own."""

    address: Address = "127.0.0.1:7442"
    certificate: FilePath = "pki/admin-server.crt"
    key: FilePath = "pki/admin-server.key"
    client_ca: FilePath = "pki/admin-ca.crt"
    denied_fingerprints: FilePath = "pki/admin-denied"
    revocation_list: FilePath | None = None
    reflection: bool = False


class WebSettings(_Table):
    """[web]: the two HTTP listeners."""

    public_address: Address = "127.0.0.1:7480"
    """Providers' callbacks, and nothing else. Plain HTTP: a proxy in front of it ends the TLS."""
    trusted_proxies: tuple[ProxyNetwork, ...] = ()
    """Networks of the proxies in front of it ("127.0.0.1/32"): their X-Forwarded-For tells who sent a callback."""
    private_address: Address = "127.0.0.1:7481"
    """Metrics, health, traces: for operators' networks only."""


class StorageSettings(_Table):
    """[storage]: the database and the keys of what is in it."""

    url: Annotated[str, AfterValidator(checked_database_url)] = "sqlite:///state/landhub.db"
    """A file (a relative path starts at the installation's folder), or "postgresql://USER@HOST:PORT/DATABASE"."""
    password: SecretReference | None = None
    """Of the user in a PostgreSQL URL; never in the URL itself."""
    column_keys: tuple[SecretReference, ...] = ("file:keys/column.key",)
    """Keys of the encrypted columns: the first one seals, all of them open."""
    reference_key: SecretReference = "file:keys/reference.key"
    """Makes our references at vendors. It never changes and belongs into the recovery kit."""
    pseudonym_key: SecretReference = "file:keys/pseudonym.key"
    """Makes the keyed hashes of requests and persons."""
    lease_seconds: int = Field(default=90, ge=3, le=3600)
    """How long work stays with a process that no longer answers, at most; attempts at writes are cut to 4/5 of it."""
    free_space_watermark_bytes: int = Field(default=256 << 20, ge=0)
    """Below this much free disk no new mutation is taken."""


class AuditSettings(_Table):
    """[audit]: the second place of the audit's checkpoints."""

    directory: FilePath = "state/audit"
    signing_key: SecretReference = "file:keys/audit.key"
    checkpoint_seconds: float = Field(default=5, ge=0.1, le=3600)
    countersign_seconds: float = Field(default=60, ge=1, le=86_400)
    """How often checkpoints are exchanged with each signer agent."""
    segments: FilePath = "state/audit/segments"
    """Records that leave the database are kept here, compressed; several hosts share it."""
    archive_after_days: float = Field(default=30, gt=0, le=36_500)
    """How long records stay in the database."""
    most_records: int = Field(default=1_000_000, ge=1)
    """With more records than this in the database, the oldest leave it earlier."""


class TelemetrySettings(_Table):
    """[telemetry]: traces and logs."""

    service_name: str = "landhub"
    otlp_endpoint: str = ""
    """Where traces go by OTLP/HTTP, for example "http://127.0.0.1:4318/v1/traces"; empty: nowhere."""
    sample_ratio: float = Field(default=1.0, ge=0, le=1)
    log_level: Annotated[str, BeforeValidator(lambda value: str(value).upper())] = Field(
        default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$"
    )


class CallerSettings(_Table):
    """[callers.NAME]: who may call, by the name in the certificate."""

    roles: tuple[Name, ...] = ()
    group: str = Field(default="", max_length=64)
    """Callers of one group share what they make; empty: each has its own."""


class RoleSettings(_Table):
    """[roles.NAME]: what a role may call."""

    methods: tuple[MethodPattern, ...]


class RateSettings(_Table):
    """So many calls a second, and so many at once after a pause."""

    calls_per_second: float = Field(gt=0, le=1_000_000)
    burst: int = Field(ge=1, le=1_000_000)


class LimitsSettings(_Table):
    """[limits]: how much one caller may ask of one method."""

    calls_per_second: float = Field(default=200, gt=0, le=1_000_000)
    burst: int = Field(default=400, ge=1, le=1_000_000)
    methods: Mapping[MethodPattern, RateSettings] = Field(default_factory=dict)
    """Other limits for some methods; the first pattern that matches counts."""
    default_deadline_seconds: float = Field(default=30, gt=0, le=3600)
    """For a call that brings no deadline."""


class AgentSettings(_Table):
    """[signing.agents.NAME]: one signer agent, with a CA of its own."""

    address: Address
    ca: FilePath
    certificate: FilePath
    key: FilePath
    journal_key: FilePath | None = None
    """The agent's keys/journal.pub: only what it signed counts as the agent's word for the audit. Set it."""


class SigningSettings(_Table):
    """[signing]: the signer agents."""

    agents: Mapping[Name, AgentSettings] = Field(default_factory=dict)


class ModuleSettings(BaseModel):
    """[modules.NAME]: its mode; all else is for the module's own settings class, and is kept as it came."""

    model_config = ConfigDict(frozen=True, extra="allow", hide_input_in_errors=True)

    mode: Mode = Mode.ON

    @property
    def table(self) -> Mapping[str, Any]:
        """What the module's own class is to validate."""
        return MappingProxyType(self.__pydantic_extra__ or {})


class Settings(BaseSettings):
    """The whole file."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        env_prefix=ENVIRONMENT_PREFIX,
        env_nested_delimiter="__",
        hide_input_in_errors=True,
    )

    profile: Profile = Profile.PRODUCTION
    keys: KeysSettings = KeysSettings()
    sealed: SealedSettings = SealedSettings()
    server: ServerSettings = ServerSettings()
    administration: AdministrationSettings = AdministrationSettings()
    web: WebSettings = WebSettings()
    storage: StorageSettings = StorageSettings()
    audit: AuditSettings = AuditSettings()
    telemetry: TelemetrySettings = TelemetrySettings()
    callers: Mapping[Name, CallerSettings] = Field(default_factory=dict)
    roles: Mapping[Name, RoleSettings] = Field(default_factory=dict)
    limits: LimitsSettings = LimitsSettings()
    signing: SigningSettings = SigningSettings()
    modules: Mapping[Name, ModuleSettings] = Field(default_factory=dict)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - pydantic's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - same
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - same
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment goes before the file."""
        return env_settings, init_settings


def load_settings(folder: Path) -> Settings:
    """Read an installation's settings.

    Raises:
        SettingsError: no such file, not TOML, an unknown key, a value that doesn't fit; all problems at once.
    """
    path = folder / FILE_NAME
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise SettingsError(f"{path} does not exist; make an installation with: hub init {folder}") from error
    except OSError as error:
        raise SettingsError(f"{path} can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not UTF-8; save it as UTF-8") from error
    return parse_settings(text)


def parse_settings(text: str) -> Settings:
    """Read settings from the text of a file; raises SettingsError as `load_settings` does."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{FILE_NAME} is not TOML: {error}") from error
    try:
        settings = Settings(**document)
    except ValidationError as error:
        raise SettingsError(*problems_of(error, "")) from error
    problems = (*_unknown_variables(document, os.environ), *_unknown_roles(settings))
    if problems:
        raise SettingsError(*problems)
    return settings


T = TypeVar("T", bound=BaseModel)


def validate_module(name: str, table: Mapping[str, Any], model: type[T]) -> T:
    """Validate a module's table by the module's own class.

    Raises:
        SettingsError: with the path of each key that doesn't fit.
    """
    try:
        return model.model_validate(dict(table))
    except ValidationError as error:
        raise SettingsError(*problems_of(error, f"modules.{name}.")) from error


def problems_of(error: ValidationError, prefix: str) -> Iterator[str]:
    """Yield a line for each key that doesn't fit: its path and what to do, never its value."""
    for detail in error.errors(include_url=False, include_context=False, include_input=False):
        path = prefix + ".".join(str(part) for part in detail["loc"])
        yield f"{path}: {_advice(detail)}"


def _advice(detail: ErrorDetails) -> str:
    if detail["type"] == "extra_forbidden":
        return "unknown key; remove it or correct its spelling"
    if detail["type"] == "missing":
        return "is missing; set it"
    return detail["msg"].removeprefix("Value error, ")


def _unknown_variables(document: Mapping[str, Any], environment: Mapping[str, str]) -> Iterator[str]:
    """Name variables that look like settings but are none; those that a secret reference names are no settings."""
    secrets = {value.removeprefix("env:") for value in _texts(document) if value.startswith("env:")}
    for name in sorted(environment):
        if not name.startswith(ENVIRONMENT_PREFIX) or name in secrets:
            continue
        field = name.removeprefix(ENVIRONMENT_PREFIX).lower().split("__")[0]
        if field not in Settings.model_fields:
            yield f"{name}: this variable stands for no key of the settings; unset it or correct its spelling"


def _unknown_roles(settings: Settings) -> Iterator[str]:
    for name, caller in settings.callers.items():
        for role in caller.roles:
            if role not in settings.roles:
                yield f"callers.{name}.roles: there is no [roles.{role}]; add it or correct its spelling"


def _texts(value: Any) -> Iterator[str]:
    """All strings below a value of a TOML document."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
