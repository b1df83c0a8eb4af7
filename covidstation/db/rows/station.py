"""The station itself, its users, settings, secrets and half-typed forms."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from covidstation.db.rows.base import Base, Synced


class StationRow(Synced, Base):
    """This station as its papers name it. Its `id` becomes the station's name in bundles at enrolment."""

    __tablename__ = "station"
    commune_code: Mapped[str]
    name: Mapped[str]
    upper_name: Mapped[str] = mapped_column(default="")
    upper_code: Mapped[str] = mapped_column(default="")
    place_name: Mapped[str] = mapped_column(default="")
    head_name: Mapped[str] = mapped_column(default="")
    head_title: Mapped[str] = mapped_column(default="")
    chairman_name: Mapped[str] = mapped_column(default="")
    chairman_title: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    training: Mapped[bool] = mapped_column(default=False)


class SubPointRow(Synced, Base):
    """A sub-point of the station (điểm trạm)."""

    __tablename__ = "sub_point"
    name: Mapped[str]
    address: Mapped[str] = mapped_column(default="")


class UserRow(Synced, Base):
    """A member of staff who may unlock the register; the wraps of the key are in keys.json."""

    __tablename__ = "app_user"
    name: Mapped[str]
    role: Mapped[str]
    disabled_on: Mapped[date | None]
    public_key: Mapped[str] = mapped_column(
        default="", server_default=text("''")
    )  # to which the register's key is sealed


class SettingRow(Base):
    """One setting of this PC or this station; the keys are declared in `covidstation.settings`."""

    __tablename__ = "setting"
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
    changed_at: Mapped[datetime]


class SecretRow(Base):
    """Private keys of the station, safe inside the encrypted file."""

    __tablename__ = "secret"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[bytes] = mapped_column(LargeBinary)


class DraftRow(Base):
    """A half-typed form, so that a power cut costs no typing."""

    __tablename__ = "draft"
    form: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)  # the person's id, or empty for a new one
    value: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]
