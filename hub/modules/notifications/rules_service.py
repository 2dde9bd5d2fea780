"""What callers do with rules: make them, end them, see what they did and what they would do."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from hub.core.call import Call
from hub.core.database import Database
from hub.core.effects import Claim, Effects
from hub.core.errors import FieldViolation, InvalidRequestError, NotFoundError
from hub.core.events import Events
from hub.core.ids import Ids
from hub.modules.notifications.accounts import Accounts
from hub.modules.notifications.port import DOMAIN
from hub.modules.notifications.rule_store import ACTIVE, Firing, RouteStep, Rule, RuleStore
from hub.modules.notifications.template_book import TemplateBook
from hub.modules.notifications.triggers import TRIGGERS

RULE = "notifications.Rule"
MOST_RULES = 500
"""Of one owner: so many are looked at for each of its events."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRule:
    """A rule as a caller asks for it; see rule_store.Rule."""

    event_type: str
    states: tuple[str, ...] = ()
    delay: timedelta = timedelta()
    late_after: timedelta | None = None
    template: str
    template_version: int = 0
    route: tuple[RouteStep, ...] = ()
    roles: tuple[str, ...] = field(default=())


class RulesService:
    """The rules of rules."""

    def __init__(
        self,
        *,
        store: RuleStore,
        book: TemplateBook,
        accounts: Accounts,
        events: Events,
        database: Database,
        effects: Effects,
        ids: Ids,
    ) -> None:
        self._store = store
        self._book = book
        self._accounts = accounts
        self._events = events
        self._database = database
        self._effects = effects
        self._ids = ids

    async def create_rule(self, call: Call, new: NewRule) -> Rule:
        """Make a rule that acts on what happens from now on.

        Raises:
            InvalidRequestError: RULE_REFUSED: there is no such event or template, or no way to tell anybody.
            PreconditionError: an account of the route isn't the caller's (ACCOUNT_NOT_ALLOWED).
        """
        trigger = TRIGGERS.get(new.event_type)
        _require(trigger is not None, "event_type", f"must be one of {', '.join(TRIGGERS)}")
        assert trigger is not None
        template = await self._book.find(call.group, new.template, new.template_version)
        _require(template is not None, "template", "must name a template, in a version that there is")
        for step in new.route:
            self._accounts.allowed(call, step.account)
        _require(
            bool(new.route or self._accounts.default_route(call)),
            "route",
            "must name an account: this caller has no default route",
        )
        position = int(await self._events.newest())
        late_after = trigger.late_after if new.late_after is None else new.late_after

        def change(conn: Connection, claim: Claim) -> None:
            present = self._store.list_rules(conn, owner=call.group, limit=MOST_RULES)
            _require(len(present) < MOST_RULES, "rule", f"would be more than the {MOST_RULES}th; end some first")
            self._store.add_rule(conn, _rule(claim, new, late_after=late_after, position=position))

        recorded = await self._effects.record(call, resource=RULE, resource_id=self._ids.resource_id(), change=change)
        return await self.get_rule(call, recorded.resource_id)

    async def get_rule(self, call: Call, rule_id: str) -> Rule:
        """Return a rule of the caller's that acts; raises NotFoundError."""
        rule = await self._database.read(lambda conn: self._store.get_rule(conn, rule_id))
        return _owned(call, rule)

    async def list_rules(self, call: Call, *, before: tuple[datetime, str] | None, limit: int) -> Sequence[Rule]:
        """Return the caller's rules that act, newest first."""
        return await self._database.read(
            lambda conn: self._store.list_rules(conn, owner=call.group, before=before, limit=limit)
        )

    async def delete_rule(self, call: Call, rule_id: str) -> None:
        """Have a rule of the caller's act no more; raises NotFoundError."""

        def change(conn: Connection, claim: Claim) -> None:
            _owned(call, self._store.get_rule(conn, rule_id))
            self._store.end_rule(conn, rule_id, now=claim.now)

        await self._effects.record(call, resource=RULE, resource_id=rule_id, change=change)

    async def list_firings(
        self, call: Call, *, business_reference: str, before: tuple[datetime, str] | None, limit: int
    ) -> Sequence[Firing]:
        """Return what the caller's rules made of what happened, newest first."""
        return await self._database.read(
            lambda conn: self._store.list_firings(
                conn, owner=call.group, business_reference=business_reference, before=before, limit=limit
            )
        )


def _owned(call: Call, rule: Rule | None) -> Rule:
    if rule is None or rule.owner != call.group or rule.state != ACTIVE:
        raise NotFoundError("There is no such rule, or it was ended.", metadata={"resource": RULE})
    return rule


def _rule(claim: Claim, new: NewRule, *, late_after: timedelta, position: int) -> Rule:
    return Rule(
        id=claim.resource_id,
        owner=claim.call.group,
        caller=claim.call.caller,
        business_reference=claim.call.business_reference,
        event_type=new.event_type,
        states=new.states,
        delay=new.delay,
        late_after=late_after,
        template=new.template,
        template_version=new.template_version,
        route=new.route,
        roles=new.roles,
        after_position=position,
        create_time=claim.now,
        update_time=claim.now,
    )


def _require(condition: bool, path: str, description: str) -> None:  # noqa: FBT001 - it is what is required
    if not condition:
        raise InvalidRequestError(
            f"{path} {description}.",
            reason="RULE_REFUSED",
            domain=DOMAIN,
            violations=(FieldViolation(path, description, "rule"),),
        )
