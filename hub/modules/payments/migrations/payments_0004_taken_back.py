"""The most that was seen refunded of a payment: what is less than that was taken back by the bank."""

import sqlalchemy as sa
from alembic import op

revision = "payments_0004"
down_revision = "payments_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("most_refunded", sa.BigInteger(), nullable=False, server_default="0")
    op.add_column("payments_payments", column)
    op.execute("UPDATE payments_payments SET most_refunded = refunded")


def downgrade() -> None:
    op.drop_column("payments_payments", "most_refunded")
