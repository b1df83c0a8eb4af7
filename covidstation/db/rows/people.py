"""Hamlets, households, people, and the local index by which people are found."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from covidstation.db.rows.base import Base, Synced, voids_index


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
    walk_order: Mapped[int | None]  # its number on the way from door to door within the hamlet
    trip: Mapped[str] = mapped_column(default="", server_default=text("''"))  # houses that are seen on one way


_HOME = (
    "household_id",
    "hamlet_id",
    "sex",
    "birth_year",
    "birth_month",
    "birth_day",
    "living",
    "moved_to",
    "merged_into",
    "sort_key",
    "id",
)


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
    household_id: Mapped[UUID | None]
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
    living: Mapped[str] = mapped_column(default="", server_default=text("''"))  # domain.residence.Living
    relation: Mapped[str] = mapped_column(default="", server_default=text("''"))  # to the head of the household
    priority_group: Mapped[str] = mapped_column(default="", server_default=text("''"))  # vaccinated first; a code
    merged_into: Mapped[UUID | None]  # the record of the same person that stays (`db.merged`)
    merged_rows: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # what followed it there

    __table_args__ = (
        Index("ix_person_sort_key", "sort_key", "n"),
        Index("ix_person_moved", "id", sqlite_where=text("moved_to IS NOT NULL")),
        Index("ix_person_merged", "merged_into", sqlite_where=text("merged_into IS NOT NULL")),
        Index("ix_person_gone", "id", sqlite_where=text("living IN ('DIED', 'LEFT', 'NEVER')")),
        Index("ix_person_left", "id", sqlite_where=text("merged_rows IS NOT NULL")),
        Index("ix_person_home", *_HOME),  # households and the population read nothing else of a person
        Index("ix_person_place", "id", "hamlet_id"),  # the sums of a report read nothing else of a person
    )


class ResidenceRow(Synced, Base):
    """One change of where a person lives; never rewritten, another row voids it (docs/adr/0035).

    `act` is the same for all whom one act moved. `..._before` is what the change replaced: the present with the later
    changes taken back is the past. `day` is its first day.
    """

    __tablename__ = "residence"
    person_id: Mapped[UUID] = mapped_column(index=True)
    act: Mapped[UUID | None]
    day: Mapped[date]
    change: Mapped[str]  # domain.residence.ChangeKind
    living_before: Mapped[str] = mapped_column(default="")
    hamlet_before: Mapped[UUID | None]
    household_before: Mapped[UUID | None] = mapped_column(index=True)
    relation_before: Mapped[str] = mapped_column(default="")
    headed: Mapped[bool] = mapped_column(default=False)  # was the head of the household before
    living_after: Mapped[str] = mapped_column(default="")
    hamlet_after: Mapped[UUID | None]
    household_after: Mapped[UUID | None] = mapped_column(index=True)
    place: Mapped[str] = mapped_column(default="")  # where from, where to, where somebody died
    note: Mapped[str] = mapped_column(default="")
    by_name: Mapped[str] = mapped_column(default="")
    voids: Mapped[UUID | None]

    __table_args__ = (Index("ix_residence_day", "day"), voids_index("residence"))


class SearchRow(Base):
    """The words by which a person is found; the text behind the full-text index `person_search`."""

    __tablename__ = "search_text"
    n: Mapped[int] = mapped_column(ForeignKey("person.n"), primary_key=True)
    given: Mapped[str]
    name: Mapped[str]
    initials: Mapped[str]
    numbers: Mapped[str]
    place: Mapped[str]  # hamlet and the head of household
