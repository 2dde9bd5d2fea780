"""Which agent was asked for a signature, so that no other one is."""

import sqlalchemy as sa
from alembic import op

revision = "signatures_0002"
down_revision = "signatures_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("signatures_signatures", sa.Column("agent", sa.String(64), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("signatures_signatures", "agent")
