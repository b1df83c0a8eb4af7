"""The record of who did what, and the two kinds of record that privacy asks for."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Dialect, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from covidstation.db.rows.base import Base, Synced
from covidstation.domain.canonical import decode, encode


class CanonicalText(TypeDecorator[dict[str, Any]]):
    """An object as its canonical JSON: the text itself is what the chain goes over."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: dict[str, Any] | None, dialect: Dialect) -> str | None:
        """The text."""
        return None if value is None else encode(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> dict[str, Any] | None:
        """The object again. Raises ValueError for what this class did not write."""
        return None if value is None else decode(value.encode())


class AuditRow(Base):
    """One entry, as `domain.audit.AuditEntry`; `chain` is the hash up to it. Added by `db.audit` alone."""

    __tablename__ = "audit"
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[int] = mapped_column(BigInteger)
    actor: Mapped[UUID] = mapped_column(index=True)
    action: Mapped[str]
    subject: Mapped[UUID | None] = mapped_column(index=True)
    detail: Mapped[dict[str, Any]] = mapped_column(CanonicalText)
    chain: Mapped[bytes] = mapped_column(LargeBinary)


class ConsentRow(Synced, Base):
    """A person's yes or no to one text, in the version that was read out; withdrawn ones stay."""

    __tablename__ = "consent"
    person_id: Mapped[UUID] = mapped_column(index=True)
    kind: Mapped[str]
    text_id: Mapped[str]  # the dated text that was read
    agreed: Mapped[bool]
    given_on: Mapped[date]
    given_by: Mapped[str] = mapped_column(default="")  # who spoke for a child or an elder
    by_name: Mapped[str] = mapped_column(default="")
    withdrawn_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(default="")


class PurgeRow(Synced, Base):
    """A legal deletion: by which decision, which class of records, until which day, how many."""

    __tablename__ = "purge"
    rule: Mapped[str]
    kind: Mapped[str]
    until: Mapped[date]
    decision: Mapped[str]
    count: Mapped[int]
    by_name: Mapped[str] = mapped_column(default="")
    purged_at: Mapped[datetime]
    seal: Mapped[str] = mapped_column(default="", server_default=text("''"))  # over all blanked lines (`db.blanks`)
