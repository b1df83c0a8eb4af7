"""People who were entered twice: the record that stays, and what followed it"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _merged_people()


def _merged_people() -> None:
    op.add_column("person", sa.Column("merged_into", sa.Uuid(), nullable=True))
    op.add_column("person", sa.Column("merged_rows", sa.JSON(none_as_null=True), nullable=True))
    for name, key, column in (
        ("ix_person_merged", "merged_into", "merged_into"),
        ("ix_person_left", "id", "merged_rows"),
    ):
        op.create_index(name, "person", [key], sqlite_where=sa.text(f"{column} IS NOT NULL"))
