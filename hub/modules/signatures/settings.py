"""What an installation sets for the signatures module."""

from ipaddress import ip_network
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator


class PointSettings(BaseModel):
    """One address of a revocation list, `[modules.signatures.trust.fetching.points.NAME]`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str
    """As its CA publishes it, http:// or https://; addresses in certificates are never asked."""
    ca_bundle: str = ""
    """PEM: who may have issued its TLS certificate; needed with https."""


PointName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]


class FetchingSettings(BaseModel):
    """The table [modules.signatures.trust.fetching]. Nothing is fetched while it names no points."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    points: dict[PointName, PointSettings] = Field(default_factory=dict, max_length=64)
    folder: str = "state/crls"
    """Where the lists are kept, relative to the installation; `trust.crls` need not name it."""
    every_minutes: float = Field(default=60, ge=5, le=1_440)
    """How often each is asked for; after a failure sooner."""
    max_list_mib: int = Field(default=16, ge=1, le=64)
    """A longer answer is cut off and not taken."""
    private_networks: tuple[str, ...] = ()
    """Networks ("10.20.0.0/16") the points may be in; other private addresses are refused."""

    @field_validator("private_networks")
    @classmethod
    def _networks_are_networks(cls, networks: tuple[str, ...]) -> tuple[str, ...]:
        for network in networks:
            ip_network(network)
        return networks


class TrustSettings(BaseModel):
    """Whom to trust. Paths are relative to the installation; a changed file is read again within seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    anchors: tuple[str, ...] = ()
    """PEM bundles of root certificates; nothing else is trusted, and never the system's store."""
    intermediates: tuple[str, ...] = ()
    """PEM bundles of certificates of CAs between a root and a signer or a timestamp authority."""
    timestamp_anchors: tuple[str, ...] = ()
    """PEM bundles of roots of timestamp authorities; those of `anchors` are not taken for them."""
    crls: tuple[str, ...] = ()
    """Revocation lists, PEM or DER; a `*` stands for any file name."""
    fetching: FetchingSettings = FetchingSettings()
    """What the hub fetches by itself; these lists count beside those of `crls`."""
    max_crl_age_hours: float | None = Field(default=None, gt=0, le=8_760)
    """A list issued longer ago is stale, whatever it says of itself."""
    require_crl: bool = True
    """Whether a verdict without a fresh list is INDETERMINATE. Leave it on outside of experiments."""
    accreditation: str = ""
    """The list of accredited authorities, the ministry's XML; without it no signature is said to be qualified."""


class TimestampSettings(BaseModel):
    """The table [modules.signatures.timestamps]."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    provider: str = ""
    """Who gives timestamps: "tsp", a file in `providers/`; empty if nobody does, and then CAdES-T can't be made."""
    providers: dict[str, dict[str, Any]] = Field(default_factory=dict)
    """A table for each provider, `[modules.signatures.timestamps.providers.tsp]`."""
    give_up_after_seconds: float = Field(default=259_200, ge=10, le=2_592_000)
    """How long the hub goes on asking for a timestamp: three days by default, to get over a weekend."""


class SignaturesSettings(BaseModel):
    """The table [modules.signatures]."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    provider: str = "agents"
    """Who signs: a file in `providers/`."""
    trust: TrustSettings = TrustSettings()
    give_up_after_seconds: float = Field(default=900, ge=10, le=86_400)
    """How long the hub goes on asking an agent that does not answer."""
    pin_wait_seconds: float = Field(default=600, ge=10, le=86_400)
    """How long a signature waits for a person to unlock its key."""
    timestamps: TimestampSettings = TimestampSettings()
    keep_personal_days: float = Field(default=1_825.0, gt=0, le=36_500)
    """How long the hub keeps a signature's bytes and its owner's certificate; who needs them longer keeps a copy."""
