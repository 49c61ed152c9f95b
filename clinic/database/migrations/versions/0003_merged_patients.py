"""Patients whom reception found to be one: the other keeps its row and points to the one that stays."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# contact_patients is not among them: there the one who stays may stand already.
FOLLOWING = ("appointments", "encounters", "waitlist_entries", "tasks")


def upgrade() -> None:
    op.add_column("patients", sa.Column("merged_into", postgresql.UUID(), nullable=True))
    op.create_foreign_key(op.f("fk_patients_merged_into"), "patients", "patients", ["merged_into"], ["id"])
    op.create_check_constraint(op.f("ck_patients_merged"), "patients", "merged_into <> id")
    op.create_index("ix_appointments_patient", "appointments", ["patient_id"])
    # Whoever read the patient before they were merged and writes after: the row goes to the one who stays. The lock is
    # the foreign key's own; it waits for a merge under way and then sees it.
    op.execute(
        """
        CREATE FUNCTION follow_merged_patient() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            kept uuid;
        BEGIN
            SELECT merged_into INTO kept FROM patients WHERE id = NEW.patient_id FOR KEY SHARE;
            IF kept IS NOT NULL THEN
                NEW.patient_id := kept;
            END IF;
            RETURN NEW;
        END
        $$
        """
    )
    for table in FOLLOWING:
        op.execute(
            f"CREATE TRIGGER follow_merged_patient BEFORE INSERT OR UPDATE OF patient_id ON {table} "
            "FOR EACH ROW WHEN (NEW.patient_id IS NOT NULL) EXECUTE FUNCTION follow_merged_patient()"
        )


def downgrade() -> None:
    op.drop_index("ix_appointments_patient", table_name="appointments")
    for table in FOLLOWING:
        op.execute(f"DROP TRIGGER follow_merged_patient ON {table}")
    op.execute("DROP FUNCTION follow_merged_patient()")
    op.drop_constraint(op.f("ck_patients_merged"), "patients")
    op.drop_constraint(op.f("fk_patients_merged_into"), "patients", type_="foreignkey")
    op.drop_column("patients", "merged_into")
