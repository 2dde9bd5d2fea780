"""The tables of wording: templates, contacts, opt-outs, rules, what they did, and how far the event log is read."""

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, String, Table, Text, UniqueConstraint

from hub.storage.types import EncryptedBytes, UtcTime

metadata = MetaData()

templates = Table(
    "notifications_templates",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("owner", String(128), nullable=False),
    Column("name", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("category", String(16), nullable=False),
    Column("parts", Text, nullable=False),
    Column("create_time", UtcTime, nullable=False),
    UniqueConstraint("owner", "name", "version", name="uq_notifications_templates_version"),
)

contacts = Table(
    "notifications_contacts",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("owner", String(128), nullable=False),
    Column("business_reference", String(64), nullable=False),
    Column("role", String(64), nullable=False),
    Column("channels", String(128), nullable=False),
    Column("time_zone", String(64), nullable=False),
    Column("card", EncryptedBytes, nullable=True),
    Column("create_time", UtcTime, nullable=False),
)
Index("notifications_contacts_by_reference", contacts.c.owner, contacts.c.business_reference)

opt_outs = Table(
    "notifications_opt_outs",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("owner", String(128), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("pseudonym", String(64), nullable=False),
    Column("scope", String(16), nullable=False),
    Column("create_time", UtcTime, nullable=False),
    UniqueConstraint("owner", "channel", "pseudonym", name="uq_notifications_opt_outs_address"),
)

rules = Table(
    "notifications_rules",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("owner", String(128), nullable=False),
    Column("caller", String(128), nullable=False),
    Column("business_reference", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("event_type", String(128), nullable=False),
    Column("states", Text, nullable=False),
    Column("delay_seconds", BigInteger, nullable=False),
    Column("late_seconds", BigInteger, nullable=False),
    Column("template", String(64), nullable=False),
    Column("template_version", Integer, nullable=False),
    Column("route", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("after_position", BigInteger, nullable=False),
    Column("create_time", UtcTime, nullable=False),
    Column("update_time", UtcTime, nullable=False),
)
Index("notifications_rules_by_owner", rules.c.owner, rules.c.create_time, rules.c.id)

firings = Table(
    "notifications_firings",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("owner", String(128), nullable=False),
    Column("rule_id", String(64), nullable=False),
    # What may happen once for a rule: an event, or a subject; see triggers.py.
    Column("once", String(192), nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", String(64), nullable=False),
    Column("event_id", String(64), nullable=False),
    Column("event_type", String(128), nullable=False),
    Column("subject", String(128), nullable=False),
    Column("business_reference", String(64), nullable=False),
    Column("data", Text, nullable=False),
    Column("notification_ids", Text, nullable=False),
    Column("traceparent", String(64), nullable=False),
    Column("event_time", UtcTime, nullable=False),
    Column("due_time", UtcTime, nullable=False),
    Column("create_time", UtcTime, nullable=False),
    Column("update_time", UtcTime, nullable=False),
    UniqueConstraint("rule_id", "once", name="uq_notifications_firings_once"),
)
Index("notifications_firings_by_owner", firings.c.owner, firings.c.create_time, firings.c.id)
Index("notifications_firings_by_subject", firings.c.subject, firings.c.state)
Index("notifications_firings_by_update_time", firings.c.update_time)

fired = Table(
    "notifications_fired",
    metadata,
    # Of a firing that is forgotten: what its rule must not act on again.
    Column("rule_id", String(64), primary_key=True),
    Column("once", String(192), primary_key=True),
)

cursors = Table(
    "notifications_cursors",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("position", BigInteger, nullable=False),
)
