"""The two pictures of a person: blood pressure and fasting glucose over time."""

from __future__ import annotations

from covidstation.domain.glucose import GlucoseKind
from covidstation.domain.targets import Measure, Target, target_of
from covidstation.domain.tracks import Picture, Track, picture
from covidstation.i18n import _
from covidstation.services.chronic.visits import ChronicLook


def pressure_picture(look: ChronicLook) -> Picture | None:
    """Both pressures in mmHg with what each is to stay below: somebody's own targets, else the rule's."""
    target = _target(look, Measure.PRESSURE)
    own = next((one.targets for one in look.record.active if one.targets.systolic is not None), None)
    high = own.systolic if own else target.systolic_below if target else None
    low = own.diastolic if own else target.diastolic_below if target else None
    visits = [one for one in reversed(look.record.visits) if one.systolic is not None and one.diastolic is not None]
    if high is None or low is None:
        return None
    tracks = (
        Track(_("tối đa"), tuple((one.day, float(one.systolic or 0)) for one in visits), float(high)),
        Track(_("tối thiểu"), tuple((one.day, float(one.diastolic or 0)) for one in visits), float(low)),
    )
    return picture(_("Huyết áp, mmHg"), tracks, low=60, step=20)


def glucose_picture(look: ChronicLook) -> Picture | None:
    """Fasting glucose in mmol/L between the least and the most that is aimed at."""
    target = _target(look, Measure.GLUCOSE)
    own = next((one.targets.fasting for one in look.record.active if one.targets.fasting is not None), None)
    if target is None:
        return None
    limit = own if own is not None else target.fasting_to + 1  # the rule's last value is still aimed at
    points = tuple(
        (one.day, one.glucose / 100)
        for one in reversed(look.record.visits)
        if one.glucose is not None and one.glucose_kind is GlucoseKind.FASTING
    )
    least = None if own is not None else target.fasting_from / 100
    tracks = (Track(_("lúc đói"), points, limit / 100),)
    return picture(_("Đường huyết lúc đói, mmol/L"), tracks, low=4, step=2, floor=least)


def _target(look: ChronicLook, measure: Measure) -> Target | None:
    day = look.record.visits[0].day if look.record.visits else look.targets.valid_from
    return target_of(look.targets, measure, look.birth, day)
