"""Whoever had an anaphylaxis after a vaccine (or what else bars it by the rule) is not given it again: the reaction
itself writes the contraindication.

One reaction has one line in the register, by an id that follows from its own: two copies of a register that both write
it write the same line. What somebody wrote into that line (other words, more vaccines) is theirs and stays.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Final, NamedTuple
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.queries.vaccination import stances_of
from covidstation.db.rows import AdverseEventRow, VaccineStanceRow
from covidstation.domain.vaccination.doses import Dose
from covidstation.domain.vaccination.screening import ReactionKind
from covidstation.domain.vaccination.stances import ClosedReason, StanceKind
from covidstation.i18n import N_

_GRADED: Final = N_("{reaction} độ {grade} sau tiêm, ngày {day}")  # kept as written, in Vietnamese
_UNGRADED: Final = N_("{reaction} chưa rõ độ sau tiêm, ngày {day}")
_PLAIN: Final = N_("{reaction} sau tiêm, ngày {day}")  # of what has no grades
_OWN: Final = re.compile(r"(?P<said>[^:;.]+ sau tiêm, ngày \d\d/\d\d/\d{4})( \(.+\))?")  # any of these, with a name


class Was(NamedTuple):
    """A reaction before it was told otherwise: its vaccine as its row says it, its code if it has one; its hour."""

    said: str
    code: str
    began: datetime | None

    @classmethod
    def of(cls, row: AdverseEventRow, dose: Dose | None) -> Was:
        """As it stands now, after that dose."""
        code = dose.product if dose is not None else row.product if row.dose_id is not None else ""
        return cls(row.product or "", code or "", row.began_at)


def stance_of_event(event_id: UUID) -> UUID:
    """The id of what a reaction leaves between somebody and the next dose."""
    return uuid5(event_id, "contraindicated")


def bar_in(
    session: Session, row: AdverseEventRow, kind: ReactionKind, dose: Dose | None, was: Was, *, anew: bool
) -> None:
    """The vaccine after which it came must not follow; every vaccine, while nobody knows after which it came, or no
    list knows the vaccine.

    `anew`: the reaction was told otherwise than it `was`, so that what somebody has closed since stands again.
    """
    known = _stance(session, row)
    if known is not None and not anew:
        return
    day, code = row.began_at.date(), _code(dose)
    if known is None:
        known = VaccineStanceRow(id=stance_of_event(row.id), person_id=row.person_id, by_name=row.by_name)
        known.product, known.since, known.reason = code, day, ""
        session.add(known)
    else:
        _end_replaced(session, known)
        if known.kind != StanceKind.CONTRAINDICATED.value or _follows(known, was):
            known.product = code
        elif known.product != code:
            known.product = ""  # somebody meant another vaccine: both are meant
    if not known.reason or _own(known.reason):
        words = _PLAIN if kind.any_grade else _UNGRADED if row.grade is None else _GRADED
        said = words.format(reaction=kind.label, grade=row.grade, day=f"{row.began_at:%d/%m/%Y}")
        known.reason = said + _unlisted(dose)
    if was.began is not None and known.since == was.began.date():
        known.since = day
    known.kind, known.until = StanceKind.CONTRAINDICATED.value, None
    known.closed_on, known.closed_reason = None, ""
    session.flush()


def unbar_in(session: Session, row: AdverseEventRow, was: Was, today: date) -> None:
    """It was none, or not so grave; what somebody made of its line stands until they close it. Words that were added
    behind its own make nothing else of it."""
    known = _standing(session, row)
    if known is not None and _OWN.match(known.reason) and _follows(known, was):
        known.closed_on, known.closed_reason = today, ClosedReason.MISTAKE.value


def bar_after_dose(session: Session, row: AdverseEventRow, dose: Dose | None, was: Was) -> None:
    """It came after another dose than was thought: what stands is against that vaccine."""
    known = _standing(session, row)
    if known is None or not _follows(known, was):
        return
    known.product = _code(dose)
    if own := _own(known.reason):
        known.reason = own["said"] + _unlisted(dose)


def _follows(known: VaccineStanceRow, was: Was) -> bool:
    """Whether it is against what the reaction itself was against. Against every vaccine in somebody's own words, it is
    theirs."""
    if known.product:
        return known.product == was.said
    return not was.code and _own(known.reason) is not None


def _own(reason: str) -> re.Match[str] | None:
    """Whether these are the words of a reaction, as they are written here."""
    return _OWN.fullmatch(reason)


def _code(dose: Dose | None) -> str:
    return dose.product if dose is not None else ""


def _unlisted(dose: Dose | None) -> str:
    """The name of a vaccine that no list has."""
    return f" ({dose.product_name})" if dose is not None and not dose.product and dose.product_name else ""


def _end_replaced(session: Session, known: VaccineStanceRow) -> None:
    """Where another word stood for it that is over by now, its end is written: what comes then stands again."""
    for one in stances_of(session, known.person_id):
        if one.id == known.id and not one.open and known.closed_on is None:
            known.closed_on, known.closed_reason = one.closed_on, ClosedReason.OVER.value
            session.flush()


def _standing(session: Session, row: AdverseEventRow) -> VaccineStanceRow | None:
    known = _stance(session, row)
    stands = known is not None and known.closed_on is None and known.kind == StanceKind.CONTRAINDICATED.value
    return known if stands else None


def _stance(session: Session, row: AdverseEventRow) -> VaccineStanceRow | None:
    return session.scalars(select(VaccineStanceRow).where(VaccineStanceRow.id == stance_of_event(row.id))).first()
