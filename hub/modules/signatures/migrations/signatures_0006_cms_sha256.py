"""The hash of each signature, which outlives its bytes: the audit's record of a request is of all of them."""

import sqlalchemy as sa
from alembic import op

revision = "signatures_0006"
down_revision = "signatures_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("signatures_signatures", sa.Column("cms_sha256", sa.String(64), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("signatures_signatures", "cms_sha256")
