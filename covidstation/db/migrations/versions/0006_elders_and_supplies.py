"""The station's supplies and their ledger; chronic disease and its visits; rounds from door to door"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _supplies()
    _chronic()
    _reviews()


def _supplies() -> None:
    """Items, lots and movements."""


def _chronic() -> None:
    """Conditions, targets and visits."""


def _reviews() -> None:
    """Rounds over households and what was found at each door."""


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
