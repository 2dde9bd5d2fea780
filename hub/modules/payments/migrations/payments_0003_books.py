"""Deals, the bank transfers that belong to them, and reconciliations with the differences they found."""

import sqlalchemy as sa
from alembic import op

revision = "payments_0003"
down_revision = "payments_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("payments_payments_by_reference", "payments_payments", ["owner", "business_reference"])
    op.create_index("payments_payments_by_account", "payments_payments", ["account", "create_time", "id"])
    _create_deals()
    _create_reconciliations()


def _create_deals() -> None:
    op.create_table(
        "payments_deals",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(128), nullable=False),
        sa.Column("business_reference", sa.String(64), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("minor_units", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("captured", sa.BigInteger(), nullable=False),
        sa.Column("transferred", sa.BigInteger(), nullable=False),
        sa.Column("paid_time", sa.BigInteger(), nullable=True),
        sa.Column("traceparent", sa.String(64), nullable=False),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.Column("update_time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments_deals")),
        sa.CheckConstraint("minor_units > 0", name=op.f("ck_payments_deal_amount_is_positive")),
    )
    op.create_index("payments_deals_by_reference", "payments_deals", ["owner", "business_reference"], unique=True)
    op.create_index("payments_deals_by_owner", "payments_deals", ["owner", "create_time", "id"])
    op.create_table(
        "payments_transfers",
        sa.Column("owner", sa.String(128), nullable=False),
        sa.Column("transaction_id", sa.String(128), nullable=False),
        sa.Column("business_reference", sa.String(64), nullable=False),
        sa.Column("minor_units", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("is_matched", sa.Boolean(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("owner", "transaction_id", name=op.f("pk_payments_transfers")),
    )
    op.create_index("payments_transfers_by_reference", "payments_transfers", ["owner", "business_reference"])


def _create_reconciliations() -> None:
    op.create_table(
        "payments_reconciliations",
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("provider", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("method", sa.String(32), nullable=False),
        sa.Column("failure_reason", sa.String(64), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("compared", sa.BigInteger(), nullable=False),
        sa.Column("unsettled", sa.BigInteger(), nullable=False),
        sa.Column("unreadable", sa.BigInteger(), nullable=False),
        sa.Column("start_time", sa.BigInteger(), nullable=False),
        sa.Column("complete_time", sa.BigInteger(), nullable=True),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments_reconciliations")),
    )
    op.create_index("payments_reconciliations_by_day", "payments_reconciliations", ["day", "id"])
    op.create_table(
        "payments_mismatches",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("reconciliation_id", sa.String(80), nullable=False),
        sa.Column("key", sa.String(192), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("payment_id", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(128), nullable=False),
        sa.Column("business_reference", sa.String(64), nullable=False),
        sa.Column("vendor_reference", sa.String(128), nullable=False),
        sa.Column("vendor_id", sa.String(128), nullable=False),
        sa.Column("ours", sa.Text(), nullable=False),
        sa.Column("theirs", sa.Text(), nullable=False),
        sa.Column("is_marked", sa.Boolean(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments_mismatches")),
        sa.ForeignKeyConstraint(
            ["reconciliation_id"],
            ["payments_reconciliations.id"],
            name=op.f("fk_payments_mismatches_reconciliation_id_payments_reconciliations"),
        ),
    )
    op.create_index("payments_mismatches_once", "payments_mismatches", ["reconciliation_id", "key"], unique=True)


def downgrade() -> None:
    for table in ("mismatches", "reconciliations", "transfers", "deals"):
        op.drop_table(f"payments_{table}")
    op.drop_index("payments_payments_by_account", table_name="payments_payments")
    op.drop_index("payments_payments_by_reference", table_name="payments_payments")
