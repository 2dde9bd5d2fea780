"""The rosreestr module's tables: registrations, additions of documents, documents kept until they are sent."""

import sqlalchemy as sa
from alembic import op

revision = "rosreestr_0001"
down_revision = None
branch_labels = ("rosreestr",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rosreestr_registrations",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(128), nullable=False),
        sa.Column("business_reference", sa.String(64), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("provider", sa.String(64), nullable=False),
        sa.Column("vendor_reference", sa.String(64), nullable=False),
        sa.Column("vendor_id", sa.String(128), nullable=False),
        sa.Column("vendor_status", sa.String(128), nullable=False),
        sa.Column("refusal_code", sa.String(64), nullable=False),
        sa.Column("status_reason", sa.LargeBinary(), nullable=True),
        sa.Column("status_time", sa.BigInteger(), nullable=True),
        sa.Column("suspended_until", sa.BigInteger(), nullable=True),
        sa.Column("duty_uin", sa.String(64), nullable=False),
        sa.Column("duty_minor_units", sa.BigInteger(), nullable=False),
        sa.Column("registration_number", sa.String(128), nullable=False),
        sa.Column("cadastral_numbers", sa.Text(), nullable=False),
        sa.Column("contract_number", sa.String(64), nullable=False),
        sa.Column("document_count", sa.Integer(), nullable=False),
        sa.Column("transfer", sa.LargeBinary(), nullable=True),
        sa.Column("traceparent", sa.String(64), nullable=False),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.Column("update_time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rosreestr_registrations")),
        sa.UniqueConstraint("vendor_reference", name=op.f("uq_rosreestr_registrations_vendor_reference")),
    )
    op.create_index(
        "rosreestr_registrations_by_owner", "rosreestr_registrations", ["owner", "create_time", "id"], unique=False
    )
    op.create_index("rosreestr_registrations_by_state", "rosreestr_registrations", ["state"], unique=False)
    op.create_table(
        "rosreestr_document_additions",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("registration_id", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(128), nullable=False),
        sa.Column("business_reference", sa.String(64), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("vendor_reference", sa.String(64), nullable=False),
        sa.Column("refusal_code", sa.String(64), nullable=False),
        sa.Column("traceparent", sa.String(64), nullable=False),
        sa.Column("create_time", sa.BigInteger(), nullable=False),
        sa.Column("update_time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rosreestr_document_additions")),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["rosreestr_registrations.id"],
            name=op.f("fk_rosreestr_document_additions_registration_id_rosreestr_registrations"),
        ),
        sa.UniqueConstraint("vendor_reference", name=op.f("uq_rosreestr_document_additions_vendor_reference")),
    )
    op.create_table(
        "rosreestr_documents",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("holder_id", sa.String(64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("description", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rosreestr_documents")),
    )
    op.create_index("rosreestr_documents_by_holder", "rosreestr_documents", ["holder_id", "position"], unique=False)


def downgrade() -> None:
    op.drop_table("rosreestr_documents")
    op.drop_table("rosreestr_document_additions")
    op.drop_table("rosreestr_registrations")
