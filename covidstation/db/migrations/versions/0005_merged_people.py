"""People who were entered twice; who lives where and since when; what those in charge are, and in which team"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _merged_people()
    _households()


def _merged_people() -> None:
    op.add_column("person", sa.Column("merged_into", sa.Uuid(), nullable=True))
    op.add_column("person", sa.Column("merged_rows", sa.JSON(none_as_null=True), nullable=True))
    for name, key, column in (
        ("ix_person_merged", "merged_into", "merged_into"),
        ("ix_person_left", "id", "merged_rows"),
    ):
        op.create_index(name, "person", [key], sqlite_where=sa.column(column).is_not(None))


_HOME = ("household_id", "hamlet_id", "sex", "birth_year", "birth_month", "birth_day", "living", "moved_to")


def _households() -> None:
    for table, column in (("person", "living"), ("person", "relation"), ("duty", "role"), ("duty", "team")):
        op.add_column(table, sa.Column(column, sa.String(), server_default=sa.text("''"), nullable=False))
    op.drop_index("ix_person_household_id", "person")
    op.create_index("ix_person_home", "person", [*_HOME, "merged_into", "sort_key", "id"])
    _synced(
        "residence",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("act", sa.Uuid(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("change", sa.String(), nullable=False),
        sa.Column("living_before", sa.String(), nullable=False),
        sa.Column("hamlet_before", sa.Uuid(), nullable=True),
        sa.Column("household_before", sa.Uuid(), nullable=True),
        sa.Column("relation_before", sa.String(), nullable=False),
        sa.Column("headed", sa.Boolean(), nullable=False),
        sa.Column("living_after", sa.String(), nullable=False),
        sa.Column("hamlet_after", sa.Uuid(), nullable=True),
        sa.Column("household_after", sa.Uuid(), nullable=True),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("voids", sa.Uuid(), nullable=True),
    )
    for column in ("person_id", "household_before", "household_after"):
        op.create_index(op.f(f"ix_residence_{column}"), "residence", [column])
    op.create_index("ix_residence_day", "residence", ["day"])
    op.create_index("ix_residence_voids", "residence", ["voids"], sqlite_where=sa.text("voids IS NOT NULL"))


def _synced(name: str, *columns: sa.Column[Any]) -> None:
    """A table of rows that travel."""
    op.create_table(
        name,
        *columns,
        sa.Column("n", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("stamps", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("extra", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("n", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("id", name=op.f(f"uq_{name}_id")),
    )
