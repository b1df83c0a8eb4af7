"""How often each table was written into."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from covidstation.db.rows.base import Base


class TouchedRow(Base):
    """Counted by triggers, row by row, whoever writes. It never travels; `db.kept` reads it."""

    __tablename__ = "touched"
    tbl: Mapped[str] = mapped_column(primary_key=True)
    turn: Mapped[int]
