"""Segments of the audit that left the database, and a way to an instance's checkpoints."""

import sqlalchemy as sa
from alembic import op

revision = "core_0002"
down_revision = "core_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_segments",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("instance", sa.String(length=36), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("first_time", sa.BigInteger(), nullable=False),
        sa.Column("last_time", sa.BigInteger(), nullable=False),
        sa.Column("file", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("keys", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_segments")),
    )
    op.create_index("ix_audit_segments_instance", "audit_segments", ["instance", "last"], unique=False)
    op.create_index("ix_audit_checkpoints_instance", "audit_checkpoints", ["instance", "count"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_audit_checkpoints_instance", table_name="audit_checkpoints")
    op.drop_index("ix_audit_segments_instance", table_name="audit_segments")
    op.drop_table("audit_segments")
