"""Rules, and what they did: each firing is there once, so that whatever is read twice is told once."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, select, tuple_, update

from hub.core.event_store import Event
from hub.modules.notifications.wording_tables import cursors, fired, firings, rules
from hub.storage.inserts import insert_new
from hub.storage.owned import newest_first

ACTIVE, ENDED = "ACTIVE", "ENDED"
WAITING, FIRED, REVOKED, LATE, NOBODY, FAILED = "WAITING", "FIRED", "REVOKED", "LATE", "NOBODY", "FAILED"


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteStep:
    """One way to try: an account and who it comes from; see the contract's RouteStep."""

    account: str
    sender: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Tell the contacts of a business reference when something happens.

    Attributes:
        caller: Who made it: his accounts it may use.
        states: Only when the subject comes to one of these; empty: any event of the type.
        delay, late_after: How long after the event it acts, and how much later it no longer does.
        roles: Which contacts; empty: all of them.
        after_position: The event log's place when the rule was made: what is older is none of its business.
    """

    id: str
    owner: str
    caller: str
    business_reference: str
    event_type: str
    states: tuple[str, ...]
    delay: timedelta
    late_after: timedelta
    template: str
    template_version: int
    route: tuple[RouteStep, ...]
    roles: tuple[str, ...]
    after_position: int
    create_time: datetime
    update_time: datetime
    state: str = ACTIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """One rule and one event: what comes of it, or came. `once`: see triggers.Once."""

    id: str
    owner: str
    rule_id: str
    once: str
    event_id: str
    event_type: str
    subject: str
    business_reference: str
    event_time: datetime
    due_time: datetime
    create_time: datetime
    update_time: datetime
    data: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    state: str = WAITING
    reason: str = ""
    notification_ids: tuple[str, ...] = ()
    traceparent: str = ""

    @property
    def event(self) -> Event:
        """Return the event as it was read; it may be no longer kept."""
        return Event(
            type=self.event_type,
            subject=self.subject,
            owner=self.owner,
            business_reference=self.business_reference,
            data=self.data,
            traceparent=self.traceparent,
        )


class RuleStore:
    """Reads and writes within a given transaction. Nothing personal is in these tables."""

    def add_rule(self, conn: Connection, rule: Rule) -> None:
        """Insert a rule."""
        conn.execute(insert(rules).values(_rule_values(rule)))

    def get_rule(self, conn: Connection, rule_id: str) -> Rule | None:
        """Return a rule whoever owns it, ended ones too."""
        found = conn.execute(select(rules).where(rules.c.id == rule_id)).mappings().first()
        return None if found is None else _rule(found)

    def list_rules(
        self, conn: Connection, *, owner: str, before: tuple[datetime, str] | None = None, limit: int
    ) -> Sequence[Rule]:
        """Return an owner's active rules, newest first."""
        query = newest_first(rules, owner=owner, states=(ACTIVE,), before=before, limit=limit)
        return [_rule(found) for found in conn.execute(query).mappings()]

    def rules_on(self, conn: Connection, *, owner: str, event_type: str, position: int) -> Sequence[Rule]:
        """Return an owner's active rules that an event at this place of the log is the business of, oldest first."""
        query = select(rules).where(
            rules.c.owner == owner,
            rules.c.event_type == event_type,
            rules.c.state == ACTIVE,
            rules.c.after_position < position,
        )
        return [_rule(found) for found in conn.execute(query.order_by(rules.c.create_time, rules.c.id)).mappings()]

    def end_rule(self, conn: Connection, rule_id: str, *, now: datetime) -> None:
        """Have a rule act no more."""
        conn.execute(update(rules).where(rules.c.id == rule_id).values(state=ENDED, update_time=now))

    def add_firing(self, conn: Connection, firing: Firing) -> None:
        """Insert a firing; there must be none of the same rule and `once`."""
        conn.execute(insert(firings).values(_firing_values(firing)))

    def update_firing(self, conn: Connection, firing: Firing, *, was: Sequence[str]) -> bool:
        """Write a firing that is in one of these states; False, and nothing done, if it isn't any more."""
        statement = update(firings).where(firings.c.id == firing.id, firings.c.state.in_(was))
        return conn.execute(statement.values(_firing_values(firing))).rowcount == 1

    def find_firing(self, conn: Connection, rule_id: str, once: str) -> Firing | None:
        """Return what a rule makes, or made, of something that it acts on once."""
        query = select(firings).where(firings.c.rule_id == rule_id, firings.c.once == once)
        found = conn.execute(query).mappings().first()
        return None if found is None else _firing(found)

    def has_fired(self, conn: Connection, rule_id: str, once: str) -> bool:
        """Say whether a rule made something of this in a firing that is forgotten."""
        query = select(fired.c.rule_id).where(fired.c.rule_id == rule_id, fired.c.once == once)
        return conn.scalar(query) is not None

    def ended_firings(self, conn: Connection, *, before: datetime, limit: int) -> Sequence[Firing]:
        """Return firings that came to their end before a time, whoever owns them, longest ago first."""
        query = select(firings).where(firings.c.update_time < before, firings.c.state != WAITING)
        return [_firing(found) for found in conn.execute(query.order_by(firings.c.update_time).limit(limit)).mappings()]

    def forget(self, conn: Connection, ended: Sequence[Firing], *, remembered: Sequence[Firing]) -> None:
        """Delete firings; of some remember that their rule has fired."""
        for firing in remembered:
            insert_new(conn, fired, {"rule_id": firing.rule_id, "once": firing.once})
        conn.execute(delete(firings).where(firings.c.id.in_([firing.id for firing in ended])))

    def forget_ended_rules(self, conn: Connection, *, limit: int) -> int:
        """Forget what rules that act no more must not act on again; returns how many rows went."""
        ended = select(rules.c.id).where(rules.c.state == ENDED)
        found = conn.execute(select(fired.c.rule_id, fired.c.once).where(fired.c.rule_id.in_(ended)).limit(limit)).all()
        conn.execute(delete(fired).where(tuple_(fired.c.rule_id, fired.c.once).in_([tuple(row) for row in found])))
        return len(found)

    def get_firing(self, conn: Connection, firing_id: str) -> Firing | None:
        """Return a firing whoever owns it."""
        found = conn.execute(select(firings).where(firings.c.id == firing_id)).mappings().first()
        return None if found is None else _firing(found)

    def list_firings(
        self,
        conn: Connection,
        *,
        owner: str,
        business_reference: str = "",
        before: tuple[datetime, str] | None = None,
        limit: int,
    ) -> Sequence[Firing]:
        """Return an owner's firings, newest first."""
        query = newest_first(firings, owner=owner, business_reference=business_reference, before=before, limit=limit)
        return [_firing(found) for found in conn.execute(query).mappings()]

    def revoke(
        self,
        conn: Connection,
        *,
        owner: str,
        subject: str,
        event_type: str,
        reason: str,
        now: datetime,
        happened_before: datetime | None = None,
    ) -> None:
        """Have what waits for a subject not happen; with `happened_before`, only what older events caused."""
        statement = update(firings).where(
            firings.c.subject == subject,
            firings.c.state == WAITING,
            firings.c.owner == owner,
            firings.c.event_type == event_type,
        )
        if happened_before is not None:
            statement = statement.where(firings.c.event_time < happened_before)
        conn.execute(statement.values(state=REVOKED, reason=reason, update_time=now))

    def position(self, conn: Connection, name: str) -> int | None:
        """Return how far the event log was read; None if it never was."""
        return conn.scalar(select(cursors.c.position).where(cursors.c.name == name))

    def begin_at(self, conn: Connection, name: str, position: int) -> None:
        """Note that the event log is read from here on; another replica may have been first."""
        insert_new(conn, cursors, {"name": name, "position": position})

    def move(self, conn: Connection, name: str, *, before: int, after: int) -> bool:
        """Note how far the event log was read; False if another replica has read on in the meantime."""
        statement = update(cursors).where(cursors.c.name == name, cursors.c.position == before)
        return conn.execute(statement.values(position=after)).rowcount == 1


def _rule_values(rule: Rule) -> dict[str, Any]:
    values: dict[str, Any] = {column.name: getattr(rule, column.name, None) for column in rules.c}
    return values | {
        "states": json.dumps(rule.states),
        "roles": json.dumps(rule.roles),
        "route": json.dumps([[step.account, step.sender] for step in rule.route]),
        "delay_seconds": int(rule.delay.total_seconds()),
        "late_seconds": int(rule.late_after.total_seconds()),
    }


def _rule(found: RowMapping) -> Rule:
    named = {item.name for item in fields(Rule)}
    values: dict[str, Any] = {name: found[name] for name in named & set(found)}
    return Rule(
        **values
        | {
            "states": tuple(json.loads(found["states"])),
            "roles": tuple(json.loads(found["roles"])),
            "route": tuple(RouteStep(account=account, sender=sender) for account, sender in json.loads(found["route"])),
            "delay": timedelta(seconds=found["delay_seconds"]),
            "late_after": timedelta(seconds=found["late_seconds"]),
        }
    )


def _firing_values(firing: Firing) -> dict[str, Any]:
    values: dict[str, Any] = {item.name: getattr(firing, item.name) for item in fields(Firing)}
    return values | {
        "data": json.dumps(dict(firing.data), ensure_ascii=False),
        "notification_ids": json.dumps(firing.notification_ids),
    }


def _firing(found: RowMapping) -> Firing:
    values: dict[str, Any] = {item.name: found[item.name] for item in fields(Firing)}
    return Firing(
        **values | {"data": json.loads(found["data"]), "notification_ids": tuple(json.loads(found["notification_ids"]))}
    )
