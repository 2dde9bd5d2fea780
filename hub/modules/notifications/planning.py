"""From what a caller asks for to a plan: which accounts in which order, until when, and what each would say."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from hub.core.call import Call
from hub.core.errors import FieldViolation, InvalidRequestError
from hub.modules.notifications.accounts import Account, Accounts
from hub.modules.notifications.message import Channel, Content
from hub.modules.notifications.port import DOMAIN, ContentNotCarriedError
from hub.modules.notifications.settings import NotificationsSettings
from hub.modules.notifications.states import Policy, Priority
from hub.modules.notifications.wording import TemplateUse


@dataclass(frozen=True, slots=True)
class Step:
    """One way to try: an account, its channel, and the sender (empty: the account's own)."""

    account: str
    sender: str
    channel: Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """How a caller wants it treated. `route`: accounts and senders; empty: the caller's default route."""

    route: tuple[tuple[str, str], ...] = ()
    priority: Priority | None = None
    send_time: datetime | None = None
    expire_time: datetime | None = None
    unknown_policy: Policy = Policy.NEVER_TWICE


What = Content | TemplateUse
"""What is said: in full (or by a template at the provider), or by a template of the hub's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a notification is treated, checked. `steps` still has those that a recipient may have no address for."""

    steps: tuple[Step, ...]
    priority: Priority
    unknown_policy: Policy
    schedule_time: datetime
    expire_time: datetime
    template: str = ""
    template_version: int = 0
    contents: Mapping[Channel, Content] = field(default_factory=dict, repr=False)

    @property
    def channels(self) -> Sequence[Channel]:
        """The channels of its steps, each once."""
        return list(dict.fromkeys(step.channel for step in self.steps))


class Planner:
    """Makes plans; asks nobody outside."""

    def __init__(self, *, accounts: Accounts, settings: NotificationsSettings) -> None:
        self._accounts = accounts
        self._settings = settings

    def plan(self, call: Call, handling: Handling, *, default: Priority, now: datetime) -> Plan:
        """Check who may send by what, and when.

        Raises:
            PreconditionError: an account isn't the caller's (ACCOUNT_NOT_ALLOWED).
            InvalidRequestError: no route, or times that contradict each other.
        """
        named = handling.route or tuple((name, "") for name in self._accounts.default_route(call))
        if not named:
            raise no_way("handling.route", "must name an account: this caller has no default route")
        steps = tuple(self._step(call, name, sender) for name, sender in named)
        schedule_time = max(handling.send_time or now, now)
        expire_time = handling.expire_time or schedule_time + timedelta(hours=self._settings.expire_hours)
        if expire_time <= schedule_time:
            raise InvalidRequestError(
                "handling.expire_time is before the message may be sent, or past: let it be later.",
                reason="TIMES_CONTRADICT",
                domain=DOMAIN,
                violations=(FieldViolation("handling.expire_time", "must be after send_time and now", "times"),),
            )
        return Plan(
            steps=steps,
            priority=handling.priority or default,
            unknown_policy=handling.unknown_policy,
            schedule_time=schedule_time,
            expire_time=expire_time,
        )

    def with_contents(self, plan: Plan, contents: Mapping[Channel, Content]) -> Plan:
        """Have a plan say this; steps that have nothing to say, or can't carry it while another can, are left out.

        Raises:
            ContentNotCarriedError: no step can carry it.
            InvalidRequestError: no step has anything to say.
        """
        steps, refused = [], None
        for step in plan.steps:
            content = contents.get(step.channel)
            account = self._accounts.get(step.account)
            if content is None or account is None:
                continue
            try:
                account.port.check(content, sender=step.sender)
            except ContentNotCarriedError as error:
                refused = refused or error
                continue
            steps.append(step)
        if not steps:
            raise refused or no_way("content", "must say something in a channel of the route")
        return replace(plan, steps=tuple(steps), contents=contents)

    def _step(self, call: Call, name: str, sender: str) -> Step:
        account: Account = self._accounts.allowed(call, name)
        return Step(account.name, sender, account.port.channel)


def contents_in_full(content: Content, channels: Sequence[Channel]) -> Mapping[Channel, Content]:
    """Return what content given in full says in each channel: the text, and in e-mails all of it."""
    said = {}
    for channel in channels:
        if channel is Channel.EMAIL or content.vendor_template is not None:
            said[channel] = content
        elif content.text:
            said[channel] = Content(text=content.text)
    return said


def reachable(steps: Sequence[Step], addresses: Mapping[Channel, str]) -> tuple[Step, ...]:
    """Return the steps that have an address to go to."""
    return tuple(step for step in steps if step.channel in addresses)


def no_way(path: str, description: str) -> InvalidRequestError:
    """Return the error for what can't reach anybody."""
    return InvalidRequestError(
        f"There is no way to the recipient: {path} {description}.",
        reason="NO_WAY_TO_RECIPIENT",
        domain=DOMAIN,
        violations=(FieldViolation(path, description, "way"),),
    )


def encode_steps(steps: Sequence[Step]) -> str:
    """Return steps as JSON."""
    return json.dumps([[step.account, step.sender, step.channel.value] for step in steps], separators=(",", ":"))


def decode_steps(stored: str) -> tuple[Step, ...]:
    """Return the steps of `encode_steps`."""
    return tuple(Step(account, sender, Channel(channel)) for account, sender, channel in json.loads(stored))
