"""What the district allots to a station's store; vaccination: doses, sessions, reactions, fridges, targets"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Each part is a function of its own."""
    _tests()
    _doses()


def _doses() -> None:
    """Doses of vaccine, and what stands between somebody and the next one."""
    texts = (
        "product", "product_name", "dose_class", "lot_number", "site", "facility", "country", "vaccinator", "source",
        "certificate", "reason", "rule", "note", "by_name",
    )  # fmt: skip
    _synced(
        "vaccine_dose",
        *_texts(*texts),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("given_year", sa.Integer(), nullable=False),
        *_numbers("given_month", "given_day", "number", "volume"),
        sa.Column("given_at", sa.DateTime(), nullable=True),
        sa.Column("expiry", sa.Date(), nullable=True),
        *(sa.Column(name, sa.Uuid(), nullable=True) for name in ("lot_id", "session_id", "vial_id", "voids")),
        sa.Column("drawn", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_vaccine_dose_person", "vaccine_dose", ["person_id", "given_year", "given_month", "given_day"])
    for name in ("session_id", "voids"):
        some = sa.text(f"{name} IS NOT NULL")
        op.create_index(f"ix_vaccine_dose_{name.removesuffix('_id')}", "vaccine_dose", [name], sqlite_where=some)
    _synced(
        "vaccine_stance",
        *_texts("kind", "reason", "product", "next_step", "note", "by_name", "closed_reason"),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Date(), nullable=True) for name in ("until", "due_on", "closed_on")),
    )
    op.create_index("ix_vaccine_stance_person_id", "vaccine_stance", ["person_id"])


def _tests() -> None:
    """Whose the kit of a test was."""
    op.add_column("pathogen_test", sa.Column("kit_from", sa.String(), server_default=sa.text("''"), nullable=False))


def _texts(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _numbers(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Integer(), nullable=True) for name in names]


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
