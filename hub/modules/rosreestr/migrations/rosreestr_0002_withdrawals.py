"""Withdrawals of registrations."""

import sqlalchemy as sa
from alembic import op

revision = "rosreestr_0002"
down_revision = "rosreestr_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rosreestr_withdrawals",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("registration_id", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(128), nullable=False),
        sa.Column("business_reference", sa.String(64), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("refusal_code", sa.String(64), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("traceparent", sa.String(64), nullable=False),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.Column("update_time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rosreestr_withdrawals")),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["rosreestr_registrations.id"],
            name=op.f("fk_rosreestr_withdrawals_registration_id_rosreestr_registrations"),
        ),
    )


def downgrade() -> None:
    op.drop_table("rosreestr_withdrawals")
