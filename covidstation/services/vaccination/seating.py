"""The screening sheet and the yes or no of one person in a session, inside another act's transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from covidstation.db.mapping import birth_of
from covidstation.db.queries.vaccine_seats import SeatLine
from covidstation.db.rows import PersonRow, SessionPersonRow, VaccinationSessionRow
from covidstation.domain.care import Vitals
from covidstation.domain.measures import measure_text
from covidstation.domain.monitoring import check_vitals
from covidstation.domain.problems import Problem, too_long
from covidstation.domain.text import NAME_LIMIT, TEXT_LIMIT, clean, fold
from covidstation.domain.vaccination.screening import (
    MOST_WEEKS,
    Judgement,
    Outcome,
    ScreeningQuestion,
    ScreeningRule,
    ScreeningSheet,
    age_in_years,
    judge,
    left_open,
)
from covidstation.domain.vaccination.sessions import Consent
from covidstation.errors import UserError
from covidstation.i18n import _
from covidstation.messages.vaccine_session import MEASURES, OUTCOMES
from covidstation.services.vaccination.arrival import usual_systolic_in

NOTHING: Final = Vitals()
_GUARDIAN: Final = ("guardian_name", "guardian_relation", "guardian_phone")
_MEASURES: Final = ("temperature", "pulse", "breaths", "systolic", "diastolic")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningDraft:
    """What the sheet says. `outcome` None: as the rule says; another one needs `reason`. `on_paper`: it was filled in
    by hand, and nobody can measure any more what is missing on it. `over`: what stood there when somebody opened it;
    a sheet that says something else by now is not written over."""

    vitals: Vitals = NOTHING
    answers: frozenset[str] = frozenset()
    weeks: int | None = None
    outcome: Outcome | None = None
    reason: str = ""
    on_paper: bool = False
    over: ScreeningDraft | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands in it: neither a measure nor an answer nor a decision."""
        return self.vitals == NOTHING and not self.answers and self.weeks is None and self.outcome is None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentDraft:
    """Who said yes or no: the person, or for a child its guardian. None of what nobody was asked: what was kept of the
    same guardian stays."""

    said: Consent = Consent.YES
    guardian_name: str | None = None
    guardian_relation: str | None = None
    guardian_phone: str | None = None


def judged(draft: ScreeningDraft, sheet: ScreeningSheet, usual_systolic: int | None) -> Judgement:
    """What the rule says of the sheet."""
    return judge(sheet, draft.answers, draft.vitals, weeks=draft.weeks, usual_systolic=usual_systolic)


def check_stated(draft: ScreeningDraft, sheet: ScreeningSheet) -> list[Problem]:
    """What of the sheet cannot be (errors) or is seldom so (warnings), whatever is missing: of who goes without a dose
    nothing more is asked."""
    found = list(check_vitals(draft.vitals))
    if any(sheet.question(code) is None for code in draft.answers):
        found.append(Problem("answers", "vaccine_session.answer_unknown"))
    if draft.weeks is not None and not 1 <= draft.weeks <= MOST_WEEKS:
        found.append(Problem("weeks", "vaccine_session.weeks", {"most": f"{MOST_WEEKS}"}))
    return found + too_long("outcome_reason", clean(draft.reason), TEXT_LIMIT)


def check_screening(
    draft: ScreeningDraft, sheet: ScreeningSheet, age: int | None, usual_systolic: int | None
) -> list[Problem]:
    """What is missing, cannot be (errors) or is seldom so (warnings); what is missing on paper is a warning."""
    found = check_stated(draft, sheet)
    if draft.vitals.temperature is None:
        found.append(_missing(draft, "temperature"))
    if sheet.wants_pressure(age, draft.answers) and draft.vitals.systolic is None:
        found.append(_missing(draft, "pressure"))
    weighed = [one for code in draft.answers if (one := sheet.question(code)) is not None and one.weeks]
    if weighed and draft.weeks is None:
        found.append(_missing(draft, "weeks", weeks=f"{weighed[0].weeks}"))
    said = judged(draft, sheet, usual_systolic)
    proposed = said.outcome
    if draft.outcome is None and proposed.may_inject:
        found += [_asked(one, draft) for one in left_open(sheet, draft.answers, draft.vitals)]
    if draft.on_paper and draft.outcome is not None:
        found += _against(draft, said, sheet, usual_systolic)
    elif draft.outcome not in (None, proposed) and not clean(draft.reason):
        params = {"proposed": _(OUTCOMES[proposed])}
        found.append(Problem("outcome_reason", "vaccine_session.outcome_why", params))
    return found


def heavier(proposed: Outcome, before: ScreeningDraft | None) -> Outcome:
    """That, or what was decided before, where it forbids more."""
    decided = before.outcome if before is not None else None
    return decided if decided is not None and decided.weight > proposed.weight else proposed


def still_decided(draft: ScreeningDraft, said: Judgement, sheet: ScreeningSheet, usual_systolic: int | None) -> Outcome:
    """What stands of a sheet that goes on from the one before: what somebody decided there otherwise than the rule,
    while nothing new weighs more than that; else the heavier of both."""
    kept = draft.over
    if kept is None or kept.outcome is None:
        return said.outcome
    before = judged(kept, sheet, usual_systolic)
    own = kept.outcome is not before.outcome
    new = _causes_over(kept.outcome, said, draft) - _causes_over(kept.outcome, before, kept)
    return kept.outcome if own and not new else heavier(said.outcome, kept)


def _causes_over(outcome: Outcome, said: Judgement, draft: ScreeningDraft) -> set[tuple[str, Outcome, int | None]]:
    """What weighs more than that, a measure with its value."""
    causes = (one for one in said.causes if one.outcome.weight > outcome.weight)
    return {(one.code, one.outcome, getattr(draft.vitals, one.code, None)) for one in causes}


def _against(
    draft: ScreeningDraft, said: Judgement, sheet: ScreeningSheet, usual_systolic: int | None
) -> list[Problem]:
    """The dose was given, and the sheet or the desk before was against it."""
    stands = still_decided(draft, said, sheet, usual_systolic)
    if stands.may_inject:
        return []
    causes = [one for one in said.causes if one.outcome is stands]
    known = (sheet.question(one.code) for one in causes)
    words = [one.short if one else _(MEASURES[by.code]) for one, by in zip(known, causes, strict=True)]
    params = {"outcome": _(OUTCOMES[stands]), "why": ", ".join(words) or _("bàn tiêm đã ghi")}
    return [Problem("outcome_reason", "vaccine_session.paper_against", params, "warning")]


def _asked(question: ScreeningQuestion, draft: ScreeningDraft) -> Problem:
    """A measure wants an answer, and nobody gave one; on paper nobody can be asked, and it may be a slip."""
    name, value = question.measure, measure_text(question.measure, draft.vitals)
    params = {"measure": _(MEASURES[name]).capitalize(), "value": value, "question": question.short}
    if draft.on_paper:
        return Problem(name, "vaccine_session.paper_measure", params, "warning")
    return Problem("answers", "vaccine_session.answer_wanted", params, "warning")


def _missing(draft: ScreeningDraft, name: str, **params: str) -> Problem:
    if draft.on_paper:
        return Problem(name, f"vaccine_session.paper_{name}_missing", params, "warning")
    return Problem(name, f"vaccine_session.{name}_missing", params)


def check_consent(draft: ConsentDraft, guardian_below: int | None) -> list[Problem]:
    """A yes, and of whom, where somebody is below that age (None: is not)."""
    found = []
    if draft.said is not Consent.YES:
        found.append(Problem("consent", "vaccine_session.no_consent"))
    if guardian_below is not None:
        if not clean(draft.guardian_name or ""):
            found.append(Problem("guardian_name", "vaccine_session.guardian", {"age": f"{guardian_below}"}))
        elif not clean(draft.guardian_relation or ""):
            found.append(Problem("guardian_relation", "vaccine_session.guardian_relation"))
    return found + check_guardian(draft)


def check_guardian(draft: ConsentDraft) -> list[Problem]:
    """What cannot be kept of whoever speaks for a child."""
    return [one for name in _GUARDIAN for one in too_long(name, clean(getattr(draft, name) or ""), NAME_LIMIT)]


@dataclass(frozen=True, slots=True)
class Desk:
    """What the sheet of one person is judged by."""

    rule: ScreeningRule
    sheet: ScreeningSheet
    age: int | None
    guardian_below: int | None  # years of age, where somebody else says yes
    usual_systolic: int | None


def desk_in(session: Session, row: VaccinationSessionRow, person: PersonRow, rule: ScreeningRule) -> Desk:
    """The sheet of that person's age, and what is usual for them."""
    birth = birth_of(person)
    usual = usual_systolic_in(session, person.id, row.day)
    guardian = rule.guardian_below if rule.wants_guardian(birth, row.day) else None
    return Desk(rule, rule.sheet_for(birth, row.day), age_in_years(birth, row.day), guardian, usual)


def write_screening(
    seat: SessionPersonRow, draft: ScreeningDraft, desk: Desk, at: datetime | None, by_name: str
) -> Outcome:
    """Put the checked sheet into the row; the value is what was decided. Raises UserError vaccine_session.sheet_changed
    (another desk was quicker than `draft.over`). Paper does not say who looked at them."""
    if draft.over is not None and draft.over != screening_of(seat):
        said = _(OUTCOMES[Outcome(seat.outcome)]) if seat.outcome else _("để trống")
        raise UserError("vaccine_session.sheet_changed", by=seat.screened_by or "—", outcome=said)
    proposed = judged(draft, desk.sheet, desk.usual_systolic).outcome
    sheet, outcome = decided(draft, proposed), draft.outcome or proposed
    for name in _MEASURES:
        setattr(seat, name, getattr(sheet.vitals, name))
    seat.answers, seat.weeks = sorted(sheet.answers), sheet.weeks
    seat.proposed, seat.outcome, seat.rule = proposed.value, outcome.value, desk.rule.id
    seat.outcome_reason = sheet.reason
    if not draft.on_paper:
        seat.screened_at, seat.screened_by = at, clean(by_name)
    elif seat.screened_at is None:
        seat.screened_at = at
    return outcome


def decided(draft: ScreeningDraft, proposed: Outcome) -> ScreeningDraft:
    """The sheet as it is kept: with its outcome, and a reason where that is not the rule's."""
    outcome = draft.outcome or proposed
    reason = clean(draft.reason) if outcome is not proposed else ""
    return replace(draft, outcome=outcome, reason=reason, on_paper=False, over=None)


def screening_of(seat: SessionPersonRow) -> ScreeningDraft:
    """What the row says of an earlier screening."""
    return ScreeningDraft(
        vitals=Vitals(**{name: getattr(seat, name) for name in _MEASURES}),
        answers=frozenset(seat.answers),
        weeks=seat.weeks,
        outcome=Outcome(seat.outcome) if seat.outcome else None,
        reason=seat.outcome_reason,
    )


def sheet_of(line: SeatLine | None) -> ScreeningDraft:
    """The same of a line; nothing of whoever is not in the session."""
    if line is None:
        return ScreeningDraft()
    return ScreeningDraft(
        vitals=line.vitals,
        answers=line.answers,
        weeks=line.weeks,
        outcome=line.seat.outcome,
        reason=line.outcome_reason,
    )


def consent_of(seat: SessionPersonRow, draft: ConsentDraft | None) -> ConsentDraft:
    """What is said now, with what was kept before of the same guardian; None: what was kept."""
    if draft is None:
        draft = ConsentDraft(said=Consent(seat.consent))
    name = draft.guardian_name
    same = name is None or fold(clean(name)) == fold(seat.guardian_name)
    texts: dict[str, Any] = {one: getattr(seat, one) if same else "" for one in _GUARDIAN}
    texts |= {one: clean(text) for one in _GUARDIAN if (text := getattr(draft, one)) is not None}
    return replace(draft, **texts)


def write_consent(seat: SessionPersonRow, draft: ConsentDraft | None) -> None:
    """Who said what."""
    said = consent_of(seat, draft)
    seat.consent = said.said.value
    for name in _GUARDIAN:
        setattr(seat, name, getattr(said, name))


def empty_seat(seat: SessionPersonRow) -> None:
    """They were never there: what was written of them was somebody else's. Whom the session expects, it expects."""
    for name in (*_MEASURES, "come_at", "weeks", "screened_at", "left_at"):
        setattr(seat, name, None)
    for name in (*_GUARDIAN, "proposed", "outcome", "outcome_reason", "rule", "screened_by", "consent", "left_by"):
        setattr(seat, name, "")
    seat.answers = []


def write_guardian(seat: SessionPersonRow, draft: ConsentDraft | None) -> None:
    """Who speaks for a child, before anybody said yes or no."""
    if draft is not None:
        write_consent(seat, replace(draft, said=Consent(seat.consent)))
