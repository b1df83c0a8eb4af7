"""What a scan would do: open a known person, offer a new F0, or nothing with a sentence. Never writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from covidstation.db.queries.people import get_hit, person_by_number, person_by_tail
from covidstation.db.session import Database
from covidstation.domain.people import PersonDraft
from covidstation.domain.person_code import PersonCodeSlip, tail_in
from covidstation.domain.rights import Right
from covidstation.domain.scan import CardScan, InsuranceScan, ScanRefused, read_scan, refuse_unborn
from covidstation.errors import UserError
from covidstation.services.rights import needs


class ScanOutcome(StrEnum):
    """What the window does next."""

    KNOWN = "known"
    NEW = "new"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ScanLook:
    """`draft` holds the fields read; `person_id` and `name` are those of the register."""

    outcome: ScanOutcome
    kind: str = ""
    draft: PersonDraft | None = None
    person_id: UUID | None = None
    name: str = ""
    refusal: UserError | None = None


@needs(Right.SEE)
def look_at_scan(db: Database, text: str, today: date | None = None) -> ScanLook:
    """Read the text and look the person up: by the code of a paper of this register, or by any of the numbers on the
    card; nobody new is born after `today`."""
    try:
        tail = tail_in(text)
    except PersonCodeSlip:
        return ScanLook(ScanOutcome.REFUSED, refusal=UserError("scan.invitation_slip"))
    if tail is not None:
        return _look_at_code(db, tail)
    try:
        scan: CardScan | InsuranceScan = read_scan(text)
    except ScanRefused as refusal:
        return ScanLook(ScanOutcome.REFUSED, refusal=UserError(refusal.code, **refusal.params))
    draft, kind = scan.person, scan.kind if isinstance(scan, CardScan) else "insurance"
    person_id = person_by_number(
        db,
        citizen=draft.citizen_number,
        old=draft.old_citizen_number,
        insurance=draft.insurance_number,
    )
    if person_id is None:
        try:
            refuse_unborn(draft, today or date.today())
        except ScanRefused as refusal:
            return ScanLook(ScanOutcome.REFUSED, refusal=UserError(refusal.code, **refusal.params))
        return ScanLook(ScanOutcome.NEW, kind, draft)
    hit = get_hit(db, person_id)
    return ScanLook(ScanOutcome.KNOWN, kind, draft, person_id, hit.full_name if hit else "")


def _look_at_code(db: Database, tail: str) -> ScanLook:
    """Whoever the paper was printed for, or the record that theirs was merged into; a card's fields there are none."""
    person_id = person_by_tail(db, tail)
    hit = get_hit(db, person_id) if person_id is not None else None
    if hit is None:
        return ScanLook(ScanOutcome.REFUSED, refusal=UserError("scan.invitation_unknown"))
    return ScanLook(ScanOutcome.KNOWN, "invitation", person_id=hit.id, name=hit.full_name)
