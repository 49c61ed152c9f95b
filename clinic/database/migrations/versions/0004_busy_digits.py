"""The index of what is taken keeps each visit as the search hands it over."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_appointments_busy", table_name="appointments")
    op.create_index(
        "ix_appointments_busy",
        "appointments",
        [
            "practitioner_id",
            "starts_at",
            sa.text("encode(timestamptz_send(starts_at) || timestamptz_send(ends_at), 'hex')"),
        ],
        postgresql_include=["ends_at", "hold_expires_at"],
        postgresql_where=sa.text("status <> 'cancelled'"),
    )


def downgrade() -> None:
    op.drop_index("ix_appointments_busy", table_name="appointments")
    op.create_index(
        "ix_appointments_busy",
        "appointments",
        ["practitioner_id", "starts_at"],
        postgresql_include=["ends_at", "status", "hold_expires_at"],
        postgresql_where=sa.text("status <> 'cancelled'"),
    )
