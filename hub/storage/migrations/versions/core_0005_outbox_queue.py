"""The outbox's ready jobs in the order in which they are claimed."""

from alembic import op

revision = "core_0005"
down_revision = "core_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_outbox_jobs_due", table_name="outbox_jobs")
    columns = ["state", "priority", "run_at", "id", "kind"]
    op.create_index("ix_outbox_jobs_queue", "outbox_jobs", columns, unique=False)


def downgrade() -> None:
    op.drop_index("ix_outbox_jobs_queue", table_name="outbox_jobs")
    op.create_index("ix_outbox_jobs_due", "outbox_jobs", ["state", "run_at"], unique=False)
