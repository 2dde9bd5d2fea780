"""The module's tables: notifications, campaigns, and what of a campaign isn't written out yet."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, String, Table, Text

from hub.storage.types import EncryptedBytes, UtcTime

metadata = MetaData()

notifications = Table(
    "notifications_notifications",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("owner", String(128), nullable=False),
    Column("business_reference", String(64), nullable=False),
    Column("campaign_id", String(64), nullable=False),
    Column("state", String(32), nullable=False),
    Column("failure_reason", String(32), nullable=False),
    Column("unknown_reason", String(32), nullable=False),
    Column("needs_person", Boolean, nullable=False),
    Column("route", Text, nullable=False),
    Column("step", Integer, nullable=False),
    Column("account", String(64), nullable=False),
    Column("provider", String(64), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("reference", String(64), nullable=False),
    Column("sendings", Integer, nullable=False),
    Column("vendor_reference", String(64), nullable=False),
    Column("vendor_id", String(128), nullable=False),
    Column("vendor_code", String(64), nullable=False),
    Column("attempts", Text, nullable=False),
    Column("cost_minor_units", BigInteger, nullable=True),
    Column("cost_currency", String(3), nullable=False),
    Column("parts", Integer, nullable=False),
    Column("priority", String(16), nullable=False),
    Column("unknown_policy", String(16), nullable=False),
    Column("template", String(64), nullable=False),
    Column("template_version", Integer, nullable=False),
    Column("time_zone", String(64), nullable=False),
    Column("letter", EncryptedBytes, nullable=True),
    Column("pseudonym", String(64), nullable=False),
    Column("job_id", String(64), nullable=False),
    Column("traceparent", String(64), nullable=False),
    Column("schedule_time", UtcTime, nullable=False),
    Column("expire_time", UtcTime, nullable=False),
    Column("step_time", UtcTime, nullable=False),
    Column("send_time", UtcTime, nullable=True),
    Column("deliver_time", UtcTime, nullable=True),
    Column("report_time", UtcTime, nullable=True),
    Column("create_time", UtcTime, nullable=False),
    Column("update_time", UtcTime, nullable=False),
)
Index(
    "notifications_by_owner",
    notifications.c.owner,
    notifications.c.create_time,
    notifications.c.id,
)
Index("notifications_by_campaign", notifications.c.campaign_id, notifications.c.state)
Index("notifications_by_recipient", notifications.c.pseudonym, notifications.c.send_time)
Index("notifications_by_report_time", notifications.c.account, notifications.c.report_time)
Index("notifications_by_vendor_id", notifications.c.account, notifications.c.vendor_id)
Index("notifications_by_vendor_reference", notifications.c.vendor_reference)
Index("notifications_by_state", notifications.c.state, notifications.c.update_time)

campaigns = Table(
    "notifications_campaigns",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("owner", String(128), nullable=False),
    Column("business_reference", String(64), nullable=False),
    Column("state", String(32), nullable=False),
    Column("size", Integer, nullable=False),
    Column("written", Integer, nullable=False),
    Column("plan", Text, nullable=False),
    Column("letter", EncryptedBytes, nullable=True),
    Column("traceparent", String(64), nullable=False),
    Column("create_time", UtcTime, nullable=False),
    Column("update_time", UtcTime, nullable=False),
)

chunks = Table(
    "notifications_chunks",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("campaign_id", String(64), nullable=False),
    Column("number", Integer, nullable=False),
    Column("letter", EncryptedBytes, nullable=False),
)
Index("notifications_chunks_by_campaign", chunks.c.campaign_id, chunks.c.number)

marks = Table(
    "notifications_marks",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("sent", BigInteger, nullable=False),
    Column("restored_time", UtcTime, nullable=True),
)
