"""The tables of the core. Migrations create them; this module is how the stores speak of them."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
)

from hub.storage.types import UtcTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_ROW_NUMBER = BigInteger().with_variant(Integer(), "sqlite")  # SQLite counts up only an INTEGER primary key

outbox_jobs = Table(
    "outbox_jobs",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("kind", String(100), nullable=False),
    Column("state", String(10), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("run_at", UtcTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("setbacks", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("holder", String(36)),
    Column("lease_until", UtcTime),
    Column("sent_at", UtcTime),
    Column("unique_key", String(200), unique=True),
    Column("payload", JSON, nullable=False),
    Column("resource", String(100), nullable=False),
    Column("resource_id", String(100), nullable=False),
    Column("owner", String(200), nullable=False),
    Column("caller", String(200), nullable=False),
    Column("method", String(200), nullable=False),
    Column("request_id", String(100), nullable=False),
    Column("business_reference", String(64), nullable=False),
    Column("traceparent", String(60), nullable=False),
    Column("reason", String(100), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
)
Index(
    "ix_outbox_jobs_queue",
    outbox_jobs.c.state,
    outbox_jobs.c.priority,
    outbox_jobs.c.run_at,
    outbox_jobs.c.id,
    outbox_jobs.c.kind,
)
Index("ix_outbox_jobs_business_reference", outbox_jobs.c.business_reference)
Index("ix_outbox_jobs_updated_at", outbox_jobs.c.updated_at)

schedules = Table(
    "schedules",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("last_slot", UtcTime, nullable=False),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("caller", String(200), primary_key=True),
    Column("method", String(200), primary_key=True),
    Column("request_id", String(100), primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("fingerprint_key_id", String(32), nullable=False),
    Column("resource", String(100), nullable=False),
    Column("resource_id", String(100), nullable=False),
    Column("job_id", String(36), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime),
)
Index("ix_idempotency_keys_expires_at", idempotency_keys.c.expires_at)

events = Table(
    "events",
    metadata,
    Column("sequence", _ROW_NUMBER, primary_key=True),
    Column("id", String(36), nullable=False, unique=True),
    Column("type", String(100), nullable=False),
    Column("subject", String(100), nullable=False),
    Column("owner", String(200), nullable=False),
    Column("business_reference", String(64), nullable=False),
    Column("time", UtcTime, nullable=False),
    Column("data", JSON, nullable=False),
    Column("traceparent", String(60), nullable=False),
    sqlite_autoincrement=True,
)
Index("ix_events_owner", events.c.owner, events.c.sequence)
Index("ix_events_business_reference", events.c.business_reference, events.c.sequence)
Index("ix_events_time", events.c.time)

audit_instances = Table(
    "audit_instances",
    metadata,
    Column("instance", String(36), primary_key=True),
    Column("started_at", UtcTime, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("count", BigInteger, nullable=False),
    Column("head", LargeBinary, nullable=False),
)

audit_records = Table(
    "audit_records",
    metadata,
    Column("instance", String(36), primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("time", UtcTime, nullable=False),
    Column("phase", String(20), nullable=False),
    Column("method", String(200), nullable=False),
    Column("caller", String(200), nullable=False),
    Column("request_id", String(100), nullable=False),
    Column("business_reference", String(64), nullable=False),
    Column("resource", String(200), nullable=False),
    Column("code", String(40), nullable=False),
    Column("reason", String(100), nullable=False),
    Column("payload_hash", String(64), nullable=False),
    Column("trace_id", String(32), nullable=False),
    Column("details", String(2000), nullable=False),
    Column("hash", LargeBinary, nullable=False),
)
Index("ix_audit_records_time", audit_records.c.time)
Index("ix_audit_records_business_reference", audit_records.c.business_reference)

audit_segments = Table(
    "audit_segments",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("previous", String(64), nullable=False),
    Column("instance", String(36), nullable=False),
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("first_time", UtcTime, nullable=False),
    Column("last_time", UtcTime, nullable=False),
    Column("file", String(200), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("keys", LargeBinary, nullable=False),
)
Index("ix_audit_segments_instance", audit_segments.c.instance, audit_segments.c.last)

audit_checkpoints = Table(
    "audit_checkpoints",
    metadata,
    Column("ordinal", _ROW_NUMBER, primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("instance", String(36), nullable=False),
    Column("count", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("key_id", String(64), nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("signer", String(200), nullable=False),
    Column("signer_key_id", String(64), nullable=False),
    Column("countersignature", LargeBinary),
    Column("peer_checkpoint", LargeBinary),
    sqlite_autoincrement=True,
)
Index("ix_audit_checkpoints_instance", audit_checkpoints.c.instance, audit_checkpoints.c.count)

person_links = Table(
    "person_links",
    metadata,
    Column("pseudonym", String(32), primary_key=True),
    Column("resource", String(100), primary_key=True),
    Column("resource_id", String(100), primary_key=True),
    Column("erase_from", UtcTime),
)
Index("ix_person_links_resource", person_links.c.resource, person_links.c.resource_id)

upstream_attempts = Table(
    "upstream_attempts",
    metadata,
    Column("trace_id", String(32), primary_key=True),
    Column("span_id", String(16), primary_key=True),
    Column("time", UtcTime, nullable=False),
    Column("business_reference", String(64), nullable=False),
    Column("upstream", String(100), nullable=False),
    Column("operation", String(200), nullable=False),
    Column("outcome", String(100), nullable=False),
)
Index(
    "ix_upstream_attempts_business_reference",
    upstream_attempts.c.business_reference,
    upstream_attempts.c.time,
)
Index("ix_upstream_attempts_time", upstream_attempts.c.time)

module_modes = Table(
    "module_modes",
    metadata,
    Column("module", String(50), primary_key=True),
    Column("mode", String(20), nullable=False),
    Column("changed_by", String(200), nullable=False),
    Column("reason", String(500), nullable=False),
    Column("changed_at", UtcTime, nullable=False),
)
