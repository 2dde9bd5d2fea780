"""What an installation sets for the rosreestr module; each provider's own table is read by the provider."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class RosreestrSettings(BaseModel):
    """The `[modules.rosreestr]` table. Times are in seconds unless their name says another unit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    provider: str = "xml_gateway"
    """Which provider serves the module: a file in `providers/`."""
    providers: dict[str, dict[str, Any]] = Field(default_factory=dict)
    """A table for each provider, `[modules.rosreestr.providers.xml_gateway]`; the provider's `Settings` checks it."""
    max_age: float = Field(default=300.0, ge=0, le=86_400)
    """How old a cached read may be where the request doesn't say."""
    cache_entries: int = Field(default=10_000, ge=1, le=1_000_000)
    """Answers kept for each kind of read."""
    status_poll_initial: float = Field(default=15.0, gt=0, le=86_400)
    """How soon a registration's status is asked for again after it changed."""
    status_poll_max: float = Field(default=3_600.0, gt=0, le=604_800)
    """How far apart these questions may grow while nothing changes."""
    status_poll_base: float = Field(default=1.5, ge=1, le=10)
    """By what factor they grow."""
    keep_personal_days: float = Field(default=1_825.0, gt=0, le=36_500)
    """How long after its last change a final registration keeps its personal data."""
