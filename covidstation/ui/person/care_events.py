"""Care as events of the timeline: checks, danger signs, calls, medicines, transfers, changes, the months after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from covidstation.catalog import Catalog
from covidstation.db.queries.care import CareRecord, CheckLine
from covidstation.domain.care import FollowUpStatus, Level, VisitMeans, VisitStatus
from covidstation.i18n import _, date_text
from covidstation.ui.care.words import vitals_words
from covidstation.ui.case_words import CALL_RESULTS, MEANS, RISKS
from covidstation.ui.look.tokens import Ink
from covidstation.ui.person.event import Event
from covidstation.ui.rounds.words import sign_words


def care_events(record: CareRecord, catalog: Catalog) -> Iterator[Event]:
    """All of them, in no order."""
    for check in record.checks:
        yield _check(check, record, catalog)
    for call in record.calls:
        what = _("Gọi điện: {result}").format(result=_(CALL_RESULTS[call.result]).lower())
        next_call = _("hẹn gọi lại {when}").format(when=f"{call.next_at:%H:%M %d/%m}") if call.next_at else ""
        yield _at(call.at, "phone", what, call.summary, next_call, call.by_name)
    for given in record.given:
        what = _("Cho thuốc: {items}").format(items=", ".join(given.items))
        package = _("gói {name}").format(name=given.package) if given.package else ""
        yield _at(given.at, "pill", what, package, given.by_name)
    yield from _transfers(record)
    for change in record.changes:
        what = _("Cách ly {before} → {after} ngày").format(before=change.days_before or "?", after=change.days_after)
        until = _("đến hết {day}").format(day=date_text(change.until_after))
        yield _at(change.changed_at, "calendar", what, until, change.reason, change.by_name)
    for risk in record.risks:
        what = _("Nguy cơ {risk}").format(risk=_(RISKS[risk.chosen]).lower())
        yield _at(risk.at, "shield", what, risk.sentence, risk.by_name)
    yield from _months(record)


def _at(moment: datetime, icon: str, what: str, *more: str, ink: Ink = "muted") -> Event:
    return Event(moment.date(), icon, what, " · ".join(filter(None, more)), clock=f"{moment:%H:%M}", ink=ink)


def _check(check: CheckLine, record: CareRecord, catalog: Catalog) -> Event:
    if check.status is not VisitStatus.COOPERATIVE:
        return _at(check.at, "pulse", _("Không gặp được"), check.reason, check.by_name)
    signs = ", ".join(catalog.symptoms[code].label if code in catalog.symptoms else code for code in check.symptoms)
    what = vitals_words(check.vitals) or signs or _("Đã xem, không có dấu hiệu")
    what = what[:1].upper() + what[1:]
    means = _(MEANS[check.means]).lower() if check.means is VisitMeans.PHONE else ""
    other = signs if what.lower() != signs.lower() else ""
    alerts = [one for one in record.alerts if one.visit_id == check.id]
    if check.level is not Level.DANGER or not alerts:
        return _at(check.at, "pulse", what, other, check.note, means, check.by_name)
    waits = any(one.answered_at is None for one in alerts)
    answer = _("chưa ai trả lời") if waits else _("đã trả lời")
    danger = _("Dấu hiệu nặng: {signs}").format(signs=", ".join(sign_words(one.measure, one.value) for one in alerts))
    event = _at(check.at, "alert", what, danger, answer, check.note, check.by_name, ink="danger")
    return replace(event, why="\n".join(one.sentence for one in alerts))


def _transfers(record: CareRecord) -> Iterator[Event]:
    for one in record.transfers:
        if one.voided_at is not None or one.left_at is None:
            continue
        what = _("Chuyển tuyến: {place}").format(place=one.facility)
        yield _at(one.left_at, "truck", what, one.reason, one.by_name, ink="warn")
        if one.returned_at is not None:
            yield _at(one.returned_at, "home", _("Về từ {place}").format(place=one.facility), one.return_note)


def _months(record: CareRecord) -> Iterator[Event]:
    for line in record.follow_ups:
        if line.done_at is None:
            continue
        done = line.status is FollowUpStatus.DONE
        what = _("Hỏi thăm sau khi khỏi") if done else _("Không hỏi thăm được")
        yield _at(line.done_at, "heart", what, line.result, line.by_name)
