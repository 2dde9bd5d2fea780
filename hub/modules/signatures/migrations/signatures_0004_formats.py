"""The format of a signature, what is put together with it, and where its timestamp stands."""

import sqlalchemy as sa
from alembic import op

revision = "signatures_0004"
down_revision = "signatures_0003"
branch_labels = None
depends_on = None

_TABLE = "signatures_signatures"


def upgrade() -> None:
    op.add_column(_TABLE, sa.Column("format", sa.String(40), nullable=False, server_default="CADES_BES_DETACHED"))
    op.add_column(_TABLE, sa.Column("content", sa.LargeBinary(), nullable=True))
    op.add_column(_TABLE, sa.Column("existing_cms", sa.LargeBinary(), nullable=True))
    op.add_column(_TABLE, sa.Column("timestamp_state", sa.String(16), nullable=False, server_default=""))
    op.add_column(_TABLE, sa.Column("timestamp_time", sa.BigInteger(), nullable=True))
    op.add_column(_TABLE, sa.Column("timestamp_failure_reason", sa.String(64), nullable=False, server_default=""))
    op.add_column(_TABLE, sa.Column("timestamp_job", sa.String(64), nullable=False, server_default=""))


def downgrade() -> None:
    for name in (
        "timestamp_job",
        "timestamp_failure_reason",
        "timestamp_time",
        "timestamp_state",
        "existing_cms",
        "content",
        "format",
    ):
        op.drop_column(_TABLE, name)
