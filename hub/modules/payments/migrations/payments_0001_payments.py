"""The payments module's tables: payments, and what is done to them."""

import sqlalchemy as sa
from alembic import op

revision = "payments_0001"
down_revision = None
branch_labels = ("payments",)
depends_on = None

_OPEN = "state IN ('PENDING', 'OUTCOME_UNKNOWN', 'NEEDS_REVIEW')"


def upgrade() -> None:
    op.create_table(
        "payments_payments",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(128), nullable=False),
        sa.Column("business_reference", sa.String(64), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("provider", sa.String(64), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("review_reason", sa.String(32), nullable=False),
        sa.Column("minor_units", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("two_stage", sa.Boolean(), nullable=False),
        sa.Column("method", sa.String(16), nullable=False),
        sa.Column("marker", sa.String(32), nullable=False),
        sa.Column("order_json", sa.LargeBinary(), nullable=True),
        sa.Column("vendor_references", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("vendor_reference", sa.String(64), nullable=False),
        sa.Column("sent_time", sa.BigInteger(), nullable=True),
        sa.Column("is_sealing", sa.Boolean(), nullable=False),
        sa.Column("vendor_id", sa.String(128), nullable=False),
        sa.Column("vendor_status", sa.String(128), nullable=False),
        sa.Column("decline_code", sa.String(64), nullable=False),
        sa.Column("refusal_code", sa.String(64), nullable=False),
        sa.Column("unsent_reason", sa.String(64), nullable=False),
        sa.Column("job_id", sa.String(64), nullable=False),
        sa.Column("payment_url", sa.Text(), nullable=False),
        sa.Column("sbp_payload", sa.Text(), nullable=False),
        sa.Column("held", sa.BigInteger(), nullable=False),
        sa.Column("captured", sa.BigInteger(), nullable=False),
        sa.Column("refunded", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.Column("was_held", sa.Boolean(), nullable=False),
        sa.Column("cancel_asked", sa.Boolean(), nullable=False),
        sa.Column("observe_time", sa.BigInteger(), nullable=True),
        sa.Column("expire_time", sa.BigInteger(), nullable=True),
        sa.Column("capture_before_time", sa.BigInteger(), nullable=True),
        sa.Column("traceparent", sa.String(64), nullable=False),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.Column("update_time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments_payments")),
        sa.UniqueConstraint("vendor_reference", name=op.f("uq_payments_payments_vendor_reference")),
        sa.CheckConstraint("reserved >= 0 AND reserved <= captured", name=op.f("ck_payments_reserved_within_captured")),
        sa.CheckConstraint("minor_units > 0", name=op.f("ck_payments_amount_is_positive")),
    )
    op.create_index("payments_payments_by_owner", "payments_payments", ["owner", "create_time", "id"], unique=False)
    op.create_index("payments_payments_by_state", "payments_payments", ["state"], unique=False)
    op.create_table(
        "payments_operations",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("payment_id", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(128), nullable=False),
        sa.Column("business_reference", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("minor_units", sa.BigInteger(), nullable=False),
        sa.Column("vendor_reference", sa.String(64), nullable=False),
        sa.Column("sent_time", sa.BigInteger(), nullable=True),
        sa.Column("held_before", sa.BigInteger(), nullable=False),
        sa.Column("refunded_before", sa.BigInteger(), nullable=False),
        sa.Column("balance_before", sa.BigInteger(), nullable=True),
        sa.Column("refusal_code", sa.String(64), nullable=False),
        sa.Column("unsent_reason", sa.String(64), nullable=False),
        sa.Column("job_id", sa.String(64), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("traceparent", sa.String(64), nullable=False),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.Column("update_time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments_operations")),
        sa.ForeignKeyConstraint(
            ["payment_id"],
            ["payments_payments.id"],
            name=op.f("fk_payments_operations_payment_id_payments_payments"),
        ),
        sa.UniqueConstraint("vendor_reference", name=op.f("uq_payments_operations_vendor_reference")),
        sa.CheckConstraint("minor_units >= 0", name=op.f("ck_payments_operations_amount_is_not_negative")),
    )
    op.create_index(
        "payments_operations_one_open",
        "payments_operations",
        ["payment_id"],
        unique=True,
        sqlite_where=sa.text(_OPEN),
        postgresql_where=sa.text(_OPEN),
    )


def downgrade() -> None:
    op.drop_table("payments_operations")
    op.drop_table("payments_payments")
