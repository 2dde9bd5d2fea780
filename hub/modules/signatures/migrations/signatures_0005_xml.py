"""Which element of an XML document was signed."""

import sqlalchemy as sa
from alembic import op

revision = "signatures_0005"
down_revision = "signatures_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "signatures_signatures", sa.Column("xml_element_id", sa.String(128), nullable=False, server_default="")
    )


def downgrade() -> None:
    op.drop_column("signatures_signatures", "xml_element_id")
