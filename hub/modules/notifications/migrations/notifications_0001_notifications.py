"""The notifications module's tables: notifications, campaigns, and what of a campaign isn't written out yet."""

import sqlalchemy as sa
from alembic import op

revision = "notifications_0001"
down_revision = None
branch_labels = ("notifications",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notifications_campaigns",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(128), nullable=False),
        sa.Column("business_reference", sa.String(64), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("written", sa.Integer(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("letter", sa.LargeBinary(), nullable=True),
        sa.Column("traceparent", sa.String(64), nullable=False),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.Column("update_time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications_campaigns")),
    )
    op.create_table(
        "notifications_chunks",
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column("campaign_id", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("letter", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications_chunks")),
    )
    op.create_index("notifications_chunks_by_campaign", "notifications_chunks", ["campaign_id", "number"], unique=False)
    op.create_table(
        "notifications_marks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sent", sa.BigInteger(), nullable=False),
        sa.Column("restored_time", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications_marks")),
    )
    op.create_table(
        "notifications_notifications",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(128), nullable=False),
        sa.Column("business_reference", sa.String(64), nullable=False),
        sa.Column("campaign_id", sa.String(64), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("failure_reason", sa.String(32), nullable=False),
        sa.Column("unknown_reason", sa.String(32), nullable=False),
        sa.Column("needs_person", sa.Boolean(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("provider", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("reference", sa.String(64), nullable=False),
        sa.Column("sendings", sa.Integer(), nullable=False),
        sa.Column("vendor_reference", sa.String(64), nullable=False),
        sa.Column("vendor_id", sa.String(128), nullable=False),
        sa.Column("vendor_code", sa.String(64), nullable=False),
        sa.Column("attempts", sa.Text(), nullable=False),
        sa.Column("cost_minor_units", sa.BigInteger(), nullable=True),
        sa.Column("cost_currency", sa.String(3), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("priority", sa.String(16), nullable=False),
        sa.Column("unknown_policy", sa.String(16), nullable=False),
        sa.Column("template", sa.String(64), nullable=False),
        sa.Column("template_version", sa.Integer(), nullable=False),
        sa.Column("time_zone", sa.String(64), nullable=False),
        sa.Column("letter", sa.LargeBinary(), nullable=True),
        sa.Column("pseudonym", sa.String(64), nullable=False),
        sa.Column("job_id", sa.String(64), nullable=False),
        sa.Column("traceparent", sa.String(64), nullable=False),
        sa.Column("schedule_time", sa.BigInteger(), nullable=False),
        sa.Column("expire_time", sa.BigInteger(), nullable=False),
        sa.Column("step_time", sa.BigInteger(), nullable=False),
        sa.Column("send_time", sa.BigInteger(), nullable=True),
        sa.Column("deliver_time", sa.BigInteger(), nullable=True),
        sa.Column("report_time", sa.BigInteger(), nullable=True),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.Column("update_time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications_notifications")),
    )
    op.create_index("notifications_by_campaign", "notifications_notifications", ["campaign_id", "state"], unique=False)
    op.create_index(
        "notifications_by_owner", "notifications_notifications", ["owner", "create_time", "id"], unique=False
    )
    op.create_index(
        "notifications_by_recipient", "notifications_notifications", ["pseudonym", "send_time"], unique=False
    )
    op.create_index(
        "notifications_by_report_time", "notifications_notifications", ["account", "report_time"], unique=False
    )
    op.create_index("notifications_by_state", "notifications_notifications", ["state", "update_time"], unique=False)
    op.create_index("notifications_by_vendor_id", "notifications_notifications", ["account", "vendor_id"], unique=False)
    op.create_index(
        "notifications_by_vendor_reference", "notifications_notifications", ["vendor_reference"], unique=False
    )


def downgrade() -> None:
    op.drop_table("notifications_notifications")
    op.drop_table("notifications_marks")
    op.drop_table("notifications_chunks")
    op.drop_table("notifications_campaigns")
