"""The id under which the agent was asked, the same after a restore."""

import sqlalchemy as sa
from alembic import op

revision = "signatures_0003"
down_revision = "signatures_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("signatures_signatures", sa.Column("asked_as", sa.String(36), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("signatures_signatures", "asked_as")
