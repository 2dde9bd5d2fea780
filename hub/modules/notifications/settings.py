"""What an installation sets for the notifications module; each account's own table is read by its provider."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from hub.modules.notifications.quiet_hours import Span
from hub.modules.notifications.template_words import is_time_zone
from hub.resilience.policy import Rate


def _zone_name(name: str) -> str:
    if not is_time_zone(name):
        raise ValueError("needs a zone of the IANA database, Europe/Moscow")
    return name


def _quiet_span(text: str) -> str:
    if text:
        Span.parse(text)
    return text


Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,62}$")]

ZoneName = Annotated[str, AfterValidator(_zone_name)]
QuietSpan = Annotated[str, AfterValidator(_quiet_span)]


class AccountSettings(BaseModel):
    """A `[modules.notifications.accounts.NAME]` table: one contract with one provider, for one channel."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    provider: str
    """Which provider serves it: a file in `providers/`."""
    callers: tuple[str, ...] = ()
    """Callers, or their groups, that may use it."""
    concurrency: int = Field(default=8, ge=1, le=256)
    """How many messages are under way by it at once. Each account has its own: one that hangs holds up no other."""
    patience_seconds: float = Field(default=60.0, ge=0, le=86_400)
    """How long a message waits for an account that is down, or says "later", before it goes on to the next step."""
    spare_seconds: float = Field(default=60.0, ge=0, le=86_400)
    """How long an account is left alone that has no money or refuses our credentials: vendors block who goes on."""
    recipient_rates: tuple[Rate, ...] | None = None
    """How many messages one recipient gets by it in which time; unset: by the vendor's published figures."""
    settings: dict[str, Any] = Field(default_factory=dict)
    """The provider's own table; its `Settings` checks it."""


class NotificationsSettings(BaseModel):
    """The `[modules.notifications]` table. Times are in seconds unless their name says another unit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    accounts: dict[Name, AccountSettings] = Field(default_factory=dict)
    routes: dict[str, tuple[Name, ...]] = Field(default_factory=dict)
    """By caller, or group, the accounts that are tried in this order where a request names none."""
    default_region: str = Field(default="RU", pattern=r"^[A-Z]{2}$")
    """The country of phone numbers that are written without one."""
    expire_hours: float = Field(default=24.0, gt=0, le=720)
    """How long after it may be sent a notification is tried for, where the request doesn't say."""
    sent_mark: str = "state/notifications-sent"
    """A file beside the database that tells how much was sent: by it, a restored older database is recognised."""
    keep_personal_days: float = Field(default=30.0, gt=0, le=36_500)
    """How long after its last change a final notification keeps its texts and addresses."""
    time_zone: ZoneName = "Europe/Moscow"
    """Of recipients that nothing else is known of: an e-mail address, a mobile number of Russia."""
    quiet_weekdays: QuietSpan = "22:00-08:00"
    """The nights in which nobody is told anything but what is PRIORITY_HIGH, by his clock; empty: there are none."""
    quiet_weekends: QuietSpan = "20:00-09:00"
    """The same of Saturdays and Sundays: each evening and morning of those days."""
    keep_contact_days: float = Field(default=1_825.0, gt=0, le=36_500)
    """How long a contact of a business reference keeps its addresses after it was named."""
    keep_firing_days: float = Field(default=365.0, gt=0, le=36_500)
    """How long ListFirings tells what a rule did. That it has done so is known for as long as the rule acts."""
