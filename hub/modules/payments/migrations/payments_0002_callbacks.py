"""Payments are found by their acquirer's id, as callbacks name them."""

from alembic import op

revision = "payments_0002"
down_revision = "payments_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("payments_payments_by_vendor_id", "payments_payments", ["vendor_id"], unique=False)


def downgrade() -> None:
    op.drop_index("payments_payments_by_vendor_id", table_name="payments_payments")
