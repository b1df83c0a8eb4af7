"""What people do at both ends: write down, correct, visit, delete, choose between two values, hand somebody over."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

from sqlalchemy import select

from covidstation.db.ids import new_id
from covidstation.db.rows import ConflictRow, DistrictItemRow, PersonRow, VisitRow
from covidstation.domain.deciding import Choice
from covidstation.domain.groups import group_named
from covidstation.errors import Refused, UserError
from covidstation.hub import rows as hub_rows
from covidstation.hub.down.hearing import pass_on
from covidstation.hub.down.items import Author
from covidstation.hub.down.moves import ASKED, Proposal, decide_move, owner_of, propose_move
from covidstation.hub.down.stream import Change, say
from covidstation.hub.merging.conflicts import decide_conflict as decide_at_district
from covidstation.services.district.moves import answer_move, request_move
from covidstation.services.exchange.conflicts import decide_conflict
from covidstation.services.privacy.purge import forget_words
from tests.model.district import LISTS, NOBODY, NUMBERS, District, value
from tests.model.template import COMMUNES

BY_STATION, BY_DISTRICT = "Lò Thị Mai", Author("BS. Lò Thị Hoa")
REASON = "Đã hỏi lại gia đình"
EXPECTED = (UserError, Refused)
"""Not known there, deleted, moved away, decided by somebody else: people are told so, and nothing happens."""


class Acts(District):
    """See the module."""

    # at a station

    def add_person(self, station: int, name: str) -> None:
        number, row = self.node(station), new_id()
        with self.nodes[number].db.write(None, self.at(number)) as session:
            session.add(PersonRow(id=row, full_name=name, sex="FEMALE", sort_key=name))
        self.people.append((number, row))
        self.remember(number)

    def edit(self, person: int, field_name: str, text: str) -> None:
        """Where somebody was written down first."""
        station, row = self.person(person)
        self._edit(station, row, field_name, text)

    def edit_at(self, station: int, person: int, field_name: str, text: str) -> None:
        """Wherever the record has come to since."""
        self._edit(self.node(station), self.person(person)[1], field_name, text)

    def _edit(self, station: int, row: UUID, field_name: str, text: str) -> None:
        with suppress(*EXPECTED), self.nodes[station].db.write(None, self.at(station)) as session:
            found = session.scalars(select(PersonRow).where(PersonRow.id == row)).first()
            if found is not None:
                setattr(found, field_name, value(field_name, text))
        self.remember(station)

    def visit(self, person: int, note: str) -> None:
        station, row = self.person(person)
        at = self.at(station).replace(tzinfo=None)
        visit = {"round": "MORNING", "status": "MET", "means": "VISIT", "note": note}
        with suppress(*EXPECTED), self.nodes[station].db.write(None, self.at(station)) as session:
            session.add(VisitRow(id=new_id(), person_id=row, at=at, day=self.now.date(), **visit))
        self.remember(station)

    def delete(self, person: int) -> None:
        station, row = self.person(person)
        with suppress(*EXPECTED), self.nodes[station].db.write(None, self.at(station)) as session:
            found = session.scalars(select(PersonRow).where(PersonRow.id == row)).first()
            if found is not None:
                forget_words(session, [found])
                session.delete(found)
        self.remember(station)

    def decide(self, station: int, index: int, choice: str) -> None:
        """Somebody at the station chooses; what was decided may be decided again."""
        number = self.node(station)
        db = self.nodes[number].db
        with db.read() as session:
            found = list(session.scalars(select(ConflictRow).order_by(ConflictRow.id)))
        if found:
            kept = found[index % len(found)]
            values = other_values(kept.tbl, kept.grp) if choice == Choice.OTHER else None
            with suppress(*EXPECTED):
                decide_conflict(db, kept.id, Choice(choice), values, reason=REASON, by=None, now=self.at(number))
        self.remember(number)

    def request(self, person: int, to: int) -> None:
        """The station asks the district that another one takes somebody over."""
        station, row = self.person(person)
        place = f"Trạm Y tế xã {COMMUNES[self.node(to)][1]}"
        with suppress(*EXPECTED):
            db = self.nodes[station].db
            request_move(db, row, place, REASON, by=None, by_name=BY_STATION, now=self.at(station))
        self.remember(station)

    def reply(self, station: int, accept: bool) -> None:
        """A station answers what it was asked to take over."""
        number = self.node(station)
        db = self.nodes[number].db
        with db.read() as session:
            asked = list(session.scalars(select(DistrictItemRow.id).where(DistrictItemRow.kind == "move")))
        for item in asked:
            with suppress(*EXPECTED):
                said = {"accept": accept, "reason": REASON, "by_name": BY_STATION}
                answer_move(db, item, **said, by=None, now=self.at(number))
        self.remember(number)

    # at the district

    def correct(self, person: int, field_name: str, text: str) -> None:
        """The district changes a record that it knows."""
        station, row = self.person(person)
        self._correct(station, Change("person", row, "u", {field_name: value(field_name, text)}))

    def correct_at(self, station: int, person: int, field_name: str, text: str) -> None:
        """The record of somebody as another station has it."""
        change = Change("person", self.person(person)[1], "u", {field_name: value(field_name, text)})
        self._correct(self.node(station), change)

    def strike(self, person: int) -> None:
        """The district deletes a record that it knows."""
        station, row = self.person(person)
        self._correct(station, Change("person", row, "d"))

    def _correct(self, station: int, change: Change) -> None:
        n = self.station_n(station)

        def act(session: Any) -> None:
            ops = say(session, self.hub, n, [change], by=None, now=self.at_district)
            pass_on(session, self.hub, n, ops, now=self.at_district)

        self._at_hub(act)

    def decide_at_hub(self, index: int, choice: str) -> None:
        with self.hub.db.read() as session:
            found = list(session.scalars(select(hub_rows.ConflictRow).order_by(hub_rows.ConflictRow.id)))
        if not found:
            return
        kept = found[index % len(found)]
        values = other_values(kept.tbl, kept.grp) if choice == Choice.OTHER else None
        who = {"reason": REASON, "by": None, "by_name": BY_DISTRICT.name, "now": self.at_district}
        self._at_hub(
            lambda session: decide_at_district(session, self.hub, kept.id, Choice(choice), values=values, **who)
        )

    def propose(self, person: int, to: int) -> None:
        """The district asks a station to take somebody over."""
        row, target = self.person(person)[1].hex, self.station_n(self.node(to))

        def act(session: Any) -> None:
            owner = owner_of(session, row)
            if owner is not None and target != NOBODY:
                proposal = Proposal(person=row, origin=owner, target=target, reason=REASON)
                propose_move(session, self.hub, proposal, BY_DISTRICT, now=self.at_district)

        self._at_hub(act)

    def settle_move(self, index: int, accept: bool) -> None:
        """The district answers in a station's place."""
        with self.hub.db.read() as session:
            asked = select(hub_rows.MoveRow.id).where(hub_rows.MoveRow.state == ASKED).order_by(hub_rows.MoveRow.id)
            found = list(session.scalars(asked))
        if found:
            move = found[index % len(found)]
            self._at_hub(
                lambda session: decide_move(
                    session, self.hub, move, BY_DISTRICT, accept=accept, answer=REASON, now=self.at_district
                )
            )

    def _at_hub(self, act: Callable[[Any], Any]) -> None:
        with suppress(*EXPECTED), self.hub.db.write(None, self.at_district) as session:
            act(session)
        self.remember_hub()


def other_values(table: str, group: str) -> dict[str, Any]:
    """A third value: neither of the two was right."""
    fields = group_named(table, group).fields
    name = fields[0] if fields else group
    return {name: ["hen"] if name in LISTS else 1944 if name in NUMBERS else "đã hỏi lại"}
