"""What an installation sets for the payments module; each account's own table is read by its provider."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Host = Annotated[str, Field(pattern=r"^[a-z0-9.-]{1,253}$")]


class AccountSettings(BaseModel):
    """A `[modules.payments.accounts.NAME]` table: one contract with one acquirer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    provider: str
    """Which provider serves it: a file in `providers/`."""
    callers: tuple[str, ...] = ()
    """Callers, or their groups, that may use it."""
    is_shared: bool = False
    """Whether others than this hub open orders in it: then orders without the hub's marker are no difference."""
    settings: dict[str, Any] = Field(default_factory=dict)
    """The provider's own table; its `Settings` checks it."""


class PaymentsSettings(BaseModel):
    """The `[modules.payments]` table. Times are in seconds unless their name says another unit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    accounts: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,62}$")], AccountSettings] = Field(
        default_factory=dict
    )
    return_hosts: dict[str, tuple[Host, ...]] = Field(default_factory=dict)
    """By caller, or group, the hosts that payers may be sent back to."""
    poll_initial: float = Field(default=15.0, gt=0, le=86_400)
    """How soon an open payment is asked for again after it changed; callbacks are quicker."""
    poll_max: float = Field(default=600.0, gt=0, le=86_400)
    """How far apart these questions may grow: acquirers give a callback up after a few minutes."""
    poll_base: float = Field(default=1.5, ge=1, le=10)
    """By what factor they grow."""
    watch_ended_hours: float = Field(default=24.0, ge=0, le=8_760)
    """How long after its last change a payment that is no more open is still asked for, every `poll_max`."""
    hold_notice_hours: float = Field(default=24.0, ge=0, le=8_760)
    """How long before a hold is let go an event tells that it has to be captured or cancelled."""
    reconcile: bool = True
    """Whether each day is compared with the acquirers' orders once it is over."""
    reconcile_hour: int = Field(default=5, ge=0, le=23)
    """From which hour in Moscow on the day before is compared: banks close their day in the night."""
    reconcile_again_days: tuple[Annotated[int, Field(gt=0, le=3_650)], ...] = (7, 30)
    """After how many days a day is compared again: money may go back, in the acquirer's cabinet, long afterwards."""
    keep_personal_days: float = Field(default=1_825.0, gt=0, le=36_500)
    """How long after its last change a payment keeps its personal data."""
