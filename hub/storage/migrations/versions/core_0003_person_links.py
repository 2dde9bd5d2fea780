"""Which resources hold data of whom, by keyed pseudonyms."""

import sqlalchemy as sa
from alembic import op

revision = "core_0003"
down_revision = "core_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "person_links",
        sa.Column("pseudonym", sa.String(length=32), nullable=False),
        sa.Column("resource", sa.String(length=100), nullable=False),
        sa.Column("resource_id", sa.String(length=100), nullable=False),
        sa.Column("erase_from", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("pseudonym", "resource", "resource_id", name=op.f("pk_person_links")),
    )
    op.create_index("ix_person_links_resource", "person_links", ["resource", "resource_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_person_links_resource", table_name="person_links")
    op.drop_table("person_links")
