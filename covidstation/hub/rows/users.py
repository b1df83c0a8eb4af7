"""Who may use the hub's pages, and the record of what they did."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from covidstation.hub.rows.base import HubBase, JsonText


class HubUserRow(HubBase):
    """A person at the district. Nobody is deleted; who left is disabled."""

    __tablename__ = "hub_user"
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str] = mapped_column(String(16))
    passphrase: Mapped[str] = mapped_column(Text)  # Argon2id, encoded
    must_change: Mapped[bool]
    made_at: Mapped[datetime]  # the user, or the newest one-time passphrase
    disabled_at: Mapped[datetime | None]


class HubSessionRow(HubBase):
    """An open session of the pages; only the hash of its token is kept."""

    __tablename__ = "hub_session"
    token: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    user: Mapped[UUID] = mapped_column(ForeignKey("hub_user.id"), index=True)
    csrf: Mapped[str]
    made_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class HubAttemptRow(HubBase):
    """Wrong logins under one name or from one address, and until when to wait."""

    __tablename__ = "hub_attempt"
    key: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    wait_until: Mapped[datetime | None]
    last_at: Mapped[datetime]


class HubAuditRow(HubBase):
    """One act at the district, chained as a station's record is (`domain.audit`)."""

    __tablename__ = "hub_audit"
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    user: Mapped[str]  # id of the user, or a word for the program itself
    action: Mapped[str] = mapped_column(String(32))
    station: Mapped[int | None]
    subject: Mapped[str | None] = mapped_column(String(32))  # row id of a person
    detail: Mapped[dict[str, Any]] = mapped_column(JsonText)
    chain: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        Index("ix_hub_audit_subject", "subject"),
        Index("ix_hub_audit_user", "user"),
    )
