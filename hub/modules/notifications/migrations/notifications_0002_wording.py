"""The tables of wording: templates, contacts, opt-outs, rules, what they did, and how far the event log is read."""

import sqlalchemy as sa
from alembic import op

revision = "notifications_0002"
down_revision = "notifications_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notifications_templates",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(128), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(16), nullable=False),
        sa.Column("parts", sa.Text(), nullable=False),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications_templates")),
        sa.UniqueConstraint("owner", "name", "version", name=op.f("uq_notifications_templates_version")),
    )
    op.create_table(
        "notifications_contacts",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(128), nullable=False),
        sa.Column("business_reference", sa.String(64), nullable=False),
        sa.Column("role", sa.String(64), nullable=False),
        sa.Column("channels", sa.String(128), nullable=False),
        sa.Column("time_zone", sa.String(64), nullable=False),
        sa.Column("card", sa.LargeBinary(), nullable=True),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications_contacts")),
    )
    op.create_table(
        "notifications_opt_outs",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(128), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("pseudonym", sa.String(64), nullable=False),
        sa.Column("scope", sa.String(16), nullable=False),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications_opt_outs")),
        sa.UniqueConstraint("owner", "channel", "pseudonym", name=op.f("uq_notifications_opt_outs_address")),
    )
    op.create_table(
        "notifications_rules",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(128), nullable=False),
        sa.Column("caller", sa.String(128), nullable=False),
        sa.Column("business_reference", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("event_type", sa.String(128), nullable=False),
        sa.Column("states", sa.Text(), nullable=False),
        sa.Column("delay_seconds", sa.BigInteger(), nullable=False),
        sa.Column("late_seconds", sa.BigInteger(), nullable=False),
        sa.Column("template", sa.String(64), nullable=False),
        sa.Column("template_version", sa.Integer(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("after_position", sa.BigInteger(), nullable=False),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.Column("update_time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications_rules")),
    )
    op.create_table(
        "notifications_firings",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(128), nullable=False),
        sa.Column("rule_id", sa.String(64), nullable=False),
        sa.Column("once", sa.String(192), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(64), nullable=False),
        sa.Column("event_id", sa.String(64), nullable=False),
        sa.Column("event_type", sa.String(128), nullable=False),
        sa.Column("subject", sa.String(128), nullable=False),
        sa.Column("business_reference", sa.String(64), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("notification_ids", sa.Text(), nullable=False),
        sa.Column("traceparent", sa.String(64), nullable=False),
        sa.Column("event_time", sa.BigInteger(), nullable=False),
        sa.Column("due_time", sa.BigInteger(), nullable=False),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.Column("update_time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications_firings")),
        sa.UniqueConstraint("rule_id", "once", name=op.f("uq_notifications_firings_once")),
    )
    op.create_table(
        "notifications_cursors",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_notifications_cursors")),
    )
    op.create_index(
        "notifications_contacts_by_reference", "notifications_contacts", ["owner", "business_reference"], unique=False
    )
    op.create_index("notifications_rules_by_owner", "notifications_rules", ["owner", "create_time", "id"], unique=False)
    op.create_index(
        "notifications_firings_by_owner", "notifications_firings", ["owner", "create_time", "id"], unique=False
    )
    op.create_index("notifications_firings_by_subject", "notifications_firings", ["subject", "state"], unique=False)


def downgrade() -> None:
    op.drop_table("notifications_cursors")
    op.drop_table("notifications_firings")
    op.drop_table("notifications_rules")
    op.drop_table("notifications_opt_outs")
    op.drop_table("notifications_contacts")
    op.drop_table("notifications_templates")
