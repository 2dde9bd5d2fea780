"""The signatures module's table."""

import sqlalchemy as sa
from alembic import op

revision = "signatures_0001"
down_revision = None
branch_labels = ("signatures",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "signatures_signatures",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("batch_id", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(128), nullable=False),
        sa.Column("caller", sa.String(128), nullable=False),
        sa.Column("business_reference", sa.String(64), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.Column("document_kind", sa.String(64), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("digest_algorithm", sa.String(32), nullable=False),
        sa.Column("thumbprint", sa.String(40), nullable=False),
        sa.Column("attestation", sa.LargeBinary(), nullable=True),
        sa.Column("cms", sa.LargeBinary(), nullable=True),
        sa.Column("certificate", sa.LargeBinary(), nullable=True),
        sa.Column("signing_time", sa.BigInteger(), nullable=True),
        sa.Column("failure_reason", sa.String(64), nullable=False),
        sa.Column("traceparent", sa.String(64), nullable=False),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.Column("expire_time", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signatures_signatures")),
    )
    op.create_index("signatures_signatures_by_batch", "signatures_signatures", ["batch_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("signatures_signatures")
