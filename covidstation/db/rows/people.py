"""Hamlets, households, people, and the local index by which people are found."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from covidstation.db.rows.base import Base, Synced


class HamletRow(Synced, Base):
    """A hamlet (thôn, bản) of the commune; `code` is the station's own short one."""

    __tablename__ = "hamlet"
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(default="bản")
    sub_point_id: Mapped[UUID | None]
    valid_until: Mapped[date | None]


class HouseholdRow(Synced, Base):
    """People under one roof. The head is a registered person, or a name alone until they are."""

    __tablename__ = "household"
    hamlet_id: Mapped[UUID | None]
    head_id: Mapped[UUID | None]
    head_name: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")


class PersonRow(Synced, Base):
    """A person. `sort_key` is local: the order by given name (`domain.text.name_sort_key`)."""

    __tablename__ = "person"
    local_fields: ClassVar[frozenset[str]] = Synced.local_fields | {"sort_key"}

    full_name: Mapped[str]
    sort_key: Mapped[str] = mapped_column(default="")
    birth_year: Mapped[int | None]
    birth_month: Mapped[int | None]
    birth_day: Mapped[int | None]
    sex: Mapped[str]
    citizen_number: Mapped[str] = mapped_column(default="", index=True)
    old_citizen_number: Mapped[str] = mapped_column(default="", index=True)
    insurance_number: Mapped[str] = mapped_column(default="", index=True)
    phone: Mapped[str] = mapped_column(default="", index=True)
    ethnic_group: Mapped[str] = mapped_column(default="")
    hamlet_id: Mapped[UUID | None] = mapped_column(index=True)
    household_id: Mapped[UUID | None] = mapped_column(index=True)
    address_printed: Mapped[str] = mapped_column(default="")
    address_unit: Mapped[str] = mapped_column(default="")
    address_detail: Mapped[str] = mapped_column(default="")
    pregnancy: Mapped[str] = mapped_column(default="UNKNOWN")
    conditions: Mapped[list[str]] = mapped_column(default=list)
    card_extras: Mapped[str] = mapped_column(default="")
    citizen_issued_on: Mapped[date | None]  # of the card that bears citizen_number
    breastfeeding: Mapped[str] = mapped_column(default="UNKNOWN", server_default=text("'UNKNOWN'"))
    occupation: Mapped[str] = mapped_column(default="", server_default=text("''"))
    workplace: Mapped[str] = mapped_column(default="", server_default=text("''"))
    father_name: Mapped[str] = mapped_column(default="", server_default=text("''"))
    mother_name: Mapped[str] = mapped_column(default="", server_default=text("''"))
    moved_to: Mapped[str | None]  # the station that looks after them now; written by the district alone
    merged_into: Mapped[UUID | None]  # the record of the same person that stays (`db.merged`)
    merged_rows: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # what followed it there

    __table_args__ = (
        Index("ix_person_sort_key", "sort_key", "n"),
        Index("ix_person_moved", "id", sqlite_where=text("moved_to IS NOT NULL")),
        Index("ix_person_merged", "merged_into", sqlite_where=text("merged_into IS NOT NULL")),
        Index("ix_person_left", "id", sqlite_where=text("merged_rows IS NOT NULL")),
        Index("ix_person_place", "id", "hamlet_id"),  # the sums of a report read nothing else of a person
    )


class SearchRow(Base):
    """The words by which a person is found; the text behind the full-text index `person_search`."""

    __tablename__ = "search_text"
    n: Mapped[int] = mapped_column(ForeignKey("person.n"), primary_key=True)
    given: Mapped[str]
    name: Mapped[str]
    initials: Mapped[str]
    numbers: Mapped[str]
    place: Mapped[str]  # hamlet and the head of household
