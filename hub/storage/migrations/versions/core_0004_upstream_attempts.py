"""Attempts at upstreams that belong to a story, which outlive the process."""

import sqlalchemy as sa
from alembic import op

revision = "core_0004"
down_revision = "core_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "upstream_attempts",
        sa.Column("trace_id", sa.String(length=32), nullable=False),
        sa.Column("span_id", sa.String(length=16), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("business_reference", sa.String(length=64), nullable=False),
        sa.Column("upstream", sa.String(length=100), nullable=False),
        sa.Column("operation", sa.String(length=200), nullable=False),
        sa.Column("outcome", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("trace_id", "span_id", name=op.f("pk_upstream_attempts")),
    )
    columns = ["business_reference", "time"]
    op.create_index("ix_upstream_attempts_business_reference", "upstream_attempts", columns, unique=False)
    op.create_index("ix_upstream_attempts_time", "upstream_attempts", ["time"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_upstream_attempts_time", table_name="upstream_attempts")
    op.drop_index("ix_upstream_attempts_business_reference", table_name="upstream_attempts")
    op.drop_table("upstream_attempts")
