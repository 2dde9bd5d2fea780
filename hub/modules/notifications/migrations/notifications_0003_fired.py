"""What a rule must not act on again is remembered in short, once the firing that tells all of it is forgotten."""

import sqlalchemy as sa
from alembic import op

revision = "notifications_0003"
down_revision = "notifications_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notifications_fired",
        sa.Column("rule_id", sa.String(64), nullable=False),
        sa.Column("once", sa.String(192), nullable=False),
        sa.PrimaryKeyConstraint("rule_id", "once", name=op.f("pk_notifications_fired")),
    )
    op.create_index("notifications_firings_by_update_time", "notifications_firings", ["update_time"], unique=False)


def downgrade() -> None:
    op.drop_index("notifications_firings_by_update_time", table_name="notifications_firings")
    op.drop_table("notifications_fired")
