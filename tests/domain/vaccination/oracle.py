"""A second, slow reading of the circulars, against which the schedule is held. It shares no code with it.

Written from QĐ 3588 (26/7/2021) with the dispatches of 9, 10 and 12/2021, the guidance of 4/2022, the three groups of
the fourth dose of 5/2022 and the lists of 24/6 and 6/8/2022, and from `vaccine_schedule.toml` and
`vaccine_products.toml` as plain tables. It knows days that are whole alone, and asks of every single day "may this dose
be given today?"; the first day of the unbroken run of yes that holds the day of the question, or the first yes after
it, is the day from which it is due.
"""

import tomllib
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

DAY = timedelta(1)
ONE_DOSE_DAYS = 4  # records closer together are one injection told twice, where nothing they say differs
FURTHEST = 19 * 366
Table = dict[str, Any]


class Given(NamedTuple):
    """One dose: `kind` is P, A, B or empty; `number` counts within it, 0 when nobody wrote one."""

    day: date
    product: str
    kind: str = ""
    number: int = 0


class Standing(NamedTuple):
    """What somebody said: `kind` as REFUSED; `until` is the day on which it is over, unless it is a
    contraindication: that one waits for somebody to look again."""

    kind: str
    since: date
    until: date | None = None
    product: str = ""


@dataclass(frozen=True)
class Story:
    """Somebody; `ill`: first day and the day it was over."""

    born: date | None
    doses: tuple[Given, ...] = ()
    ill: tuple[tuple[date, date | None], ...] = ()
    said: tuple[Standing, ...] = ()
    conditions: frozenset[str] = frozenset()
    pregnant: bool = False
    managed: bool = True
    told: int = 0
    group: str = ""


class Answer(NamedTuple):
    """`dose` as `PRIMARY 2`; `due`, `late` of who waits, is due or is late."""

    kind: str
    dose: str = ""
    due: date | None = None
    late: date | None = None
    products: frozenset[str] = frozenset()


class History(NamedTuple):
    """What doses amount to."""

    basic: int  # doses of the basic course that count
    course: int
    additional: bool
    boosters: int
    last: Given | None
    vaccines: tuple[str, ...]  # of the basic course, as far as they are known and count
    known: int = 0  # doses that were given, by what is written: counted or not


def plus_months(day: date, months: int) -> date:
    """A calendar month later; the 31st becomes the last day there is."""
    at = day.year * 12 + day.month - 1 + months
    return date(at // 12, at % 12 + 1, min(day.day, monthrange(at // 12, at % 12 + 1)[1]))


def has_age(born: date, months: int, day: date) -> bool:
    """Born on 29/2: of age on 1/3 of a year that has none."""
    at = born.year * 12 + born.month - 1 + months
    return (day.year * 12 + day.month - 1, day.day) >= (at, born.day)


class Oracle:
    """The tables of a folder of rules."""

    def __init__(self, rules: Path) -> None:
        self.schedules: list[Table] = tomllib.loads((rules / "vaccine_schedule.toml").read_text("utf-8"))["rule"]
        lists = tomllib.loads((rules / "vaccine_products.toml").read_text("utf-8"))["rule"]
        self.products: dict[str, Table] = {one["code"]: one for one in lists[-1]["products"]}

    def rule(self, day: date) -> Table:
        """The schedule in force; before the first one, the first."""
        held = [one for one in self.schedules if one["valid_from"] <= day]
        return held[-1] if held else self.schedules[0]

    def answer(self, story: Story, on: date) -> Answer:
        """Where somebody stands on a day."""
        if not story.managed:
            return Answer("NOT_ELIGIBLE")
        if story.born is None:
            return Answer("UNKNOWN")
        if self._band(story.born, on, on) is None:
            return Answer("NOT_ELIGIBLE")
        past = self.history(story, on)
        if self._step(story, past, on, on) is None:
            return Answer("COMPLETE")
        due = self._due(story, past, on)
        dose, late = self._named(story, past, due, on)
        return self._judged(story, past, on, dose, due, late)

    def _judged(self, story: Story, past: History, on: date, dose: str, due: date, late: date) -> Answer:
        standing = [
            one
            for one in story.said
            if one.since <= on and (one.kind == "CONTRAINDICATED" or one.until is None or on < one.until)
        ]
        barred = self._barred(story, on)
        open_to = self._vaccines(story, past, max(on, due), on)
        left = open_to - barred
        unfit = self._unfit(story, on)
        if "" in barred or (open_to and not left):
            return Answer("CONTRAINDICATED", dose)
        if any(one.kind == "REFUSED" for one in standing):
            return Answer("REFUSED", dose)
        ill = due <= on and any(first <= on and (over is None or on < over) for first, over in story.ill)
        if ill or any(one.kind == "DEFERRED" for one in standing) or (left and not left - unfit):
            return Answer("DEFERRED", dose)
        if story.told > past.known:
            return Answer("UNKNOWN")
        kind = "NOT_YET" if on < due else "DUE" if on < late else "OVERDUE"
        ready = {code for code in left - unfit if self._ready(story, past, code, max(on, due), on)}
        return Answer(kind, dose, due, late, frozenset(ready))

    def _barred(self, story: Story, on: date) -> set[str]:
        """What they must not have: that vaccine, under whatever name, or every one (an empty word)."""
        said = {one.product for one in story.said if one.kind == "CONTRAINDICATED" and one.since <= on}
        same = {self.products.get(code, {}).get("substance") for code in said} - {None}
        return said | {code for code, one in self.products.items() if one.get("substance") in same}

    def _unfit(self, story: Story, on: date) -> set[str]:
        return set(self.rule(on)["not_pregnant"]) if story.pregnant else set()

    def _ready(self, story: Story, past: History, code: str, day: date, on: date) -> bool:
        """Whether a basic dose of that vaccine comes late enough after the last one, which may have been another."""
        if past.last is None or past.basic >= past.course:
            return True
        return day >= past.last.day + timedelta(self._gap(self._interval(self.rule(on), past.last.product), code))

    @staticmethod
    def _gap(line: Table, code: str) -> int:
        longer: list[int] = [one["after_days"] for one in line.get("switches", ()) if code in one["vaccines"]]
        return longer[0] if longer else line["after_days"]

    # --- what was given ---------------------------------------------------------------------------------------------

    def history(self, story: Story, on: date) -> History:
        """Count the doses until `on`, each by the rule of its own day."""
        told = sorted(one for one in story.doses if one.day <= on)
        course = next((self._length(one, at) for at, one in enumerate(told, 1) if self._length(one, at)), 2)
        basic, additional, boosters, repeated, last = 0, False, 0, 0, None
        vaccines: list[str] = []
        kept: list[Given] = []
        for one in told:
            if any(self._one_injection(before, one) for before in kept):
                continue
            kept.append(one)
            kind, number = self._meant(story, one, History(basic, course, additional, boosters, last, tuple(vaccines)))
            early = kind == "P" and last is not None and self._too_early(last, one)
            repeated += early
            if not early and kind == "P":
                basic = max(basic + (number == 0), number)
                vaccines += filter(None, [one.product])
            elif kind == "A":
                basic, additional = max(basic, course), True
            elif kind == "B":
                basic, boosters = max(basic, course), max(boosters + (number == 0), number)
            last = one
        known = max(len(kept), min(basic, course) + additional + boosters + repeated)
        return History(basic, course, additional, boosters, last, tuple(vaccines), known)

    def _length(self, one: Given, place: int) -> int:
        """Of the course that this dose was of; 0 where it may have been of none: behind what its vaccine needs."""
        length: int = self.products.get(one.product, {}).get("primary_doses", 2) if one.product else 0
        return length if one.kind == "P" or (one.kind == "" and (one.number or place) <= length) else 0

    @staticmethod
    def _one_injection(before: Given, one: Given) -> bool:
        """Of days so near that they are one, unless both name a vaccine, a class or a number, and not the same. A
        number without a class counts all doses: beside one of a booster it says nothing."""
        if (one.day - before.day).days >= ONE_DOSE_DAYS or len({before.product, one.product} - {""}) > 1:
            return False
        kinds = {before.kind, one.kind}
        if "" in kinds and kinds & {"A", "B"}:
            return True
        return len(kinds - {""}) <= 1 and len({before.number, one.number} - {0}) <= 1

    def _meant(self, story: Story, one: Given, past: History) -> tuple[str, int]:
        """Class and number as written. Without a class the number counts all doses, and the dose after the basic course
        is the additional one of whoever is to have it."""
        if one.kind:
            return one.kind, one.number
        if one.number <= past.course if one.number else past.basic < past.course:
            return "P", one.number
        if one.number <= past.course + 1 and not past.additional and not past.boosters:
            steps = [step for band in self.rule(one.day)["bands"] for step in band.get("further", ())]
            if any(step["dose_class"] == "ADDITIONAL" and self._entitled(step, story, past) for step in steps):
                return "A", 0
        return "B", max(0, one.number - past.course - past.additional)

    def _too_early(self, last: Given, one: Given) -> bool:
        rule = self.rule(one.day)
        least = self._interval(rule, last.product).get("counts_from_days", 0)
        return (one.day - last.day).days < least - rule["grace_days"]

    @staticmethod
    def _interval(rule: Table, product: str) -> Table:
        lines: list[Table] = rule["intervals"]
        return next((line for line in lines if product in line.get("vaccines", ())), lines[-1])

    @staticmethod
    def _entitled(step: Table, story: Story, past: History) -> bool:
        """To an additional dose: after a whole basic course of these vaccines, or with one of the diseases."""
        whole = past.vaccines and all(one in step["after_vaccines"] for one in past.vaccines)
        return bool(whole or story.conditions & set(step["conditions"]))

    @staticmethod
    def _meant_for(step: Table, story: Story) -> bool:
        """Whether a booster is for them: it names nobody, or a group or a disease of theirs."""
        groups, diseases = set(step.get("groups", ())), set(step.get("conditions", ()))
        return not (groups or diseases) or story.group in groups or bool(diseases & story.conditions)

    # --- what comes next --------------------------------------------------------------------------------------------

    def _band(self, born: date, day: date, on: date) -> Table | None:
        """The ages into which somebody falls on `day`, by the rule of `on`."""
        for band in self.rule(on)["bands"]:
            low, high = has_age(born, band["from_months"], day), band.get("below_months")
            if low and not (high and has_age(born, high, day)):
                found: Table = band
                return found
        return None

    def _step(self, story: Story, past: History, day: date, on: date) -> tuple[str, Table] | None:
        """What is still missing at the age of `day`."""
        assert story.born is not None
        band = self._band(story.born, day, on)
        if band is None:
            return None
        if past.basic < past.course:
            return f"PRIMARY {past.basic + 1}", band
        for step in band.get("further", ()):
            if step["dose_class"] == "ADDITIONAL":
                if not past.additional and not past.boosters and self._entitled(step, story, past):
                    return "ADDITIONAL 1", {**step, "band": band}
            elif past.boosters < step["number"] and self._meant_for(step, story):
                return f"BOOSTER {step['number']}", {**step, "band": band}
        return None

    def _allowed(self, story: Story, past: History, day: date, on: date) -> bool:
        """Whether the next dose may be given on that day, by the rule of `on`."""
        found = self._step(story, past, day, on)
        if found is None or day < found[1]["offered_from"] or day < found[1].get("band", found[1])["offered_from"]:
            return False
        if past.last is not None and day < self._rest(story, found, past, on)[0]:
            return False
        months = found[1]["infection_months"]
        return not any(first <= on and first <= day < plus_months(first, months) for first, _over in story.ill)

    def _rest(self, story: Story, found: tuple[str, Table], past: History, on: date) -> tuple[date, date | None]:
        """After the last dose: the first day on which any vaccine that they may have follows, and the last one in
        time."""
        assert past.last is not None
        basic = found[0].startswith("PRIMARY")
        line = self._interval(self.rule(on), past.last.product) if basic else found[1]
        day = past.last.day
        until = day + timedelta(line["until_days"]) if "until_days" in line else None
        if "after_months" in line:
            return plus_months(day, line["after_months"]), until
        gaps = [line["after_days"]]
        if basic and "switches" in line:
            named = self._named_after(found[1], past, on) - self._barred(story, on) - self._unfit(story, on)
            gaps = [self._gap(line, code) for code in named] or gaps
        return day + timedelta(min(gaps)), until

    def _named_after(self, band: Table, past: History, on: date) -> set[str]:
        """What the rule names for the next basic dose after the last one whose vaccine is known."""
        before, offered = past.vaccines[-1] if past.vaccines else "", set(band.get("vaccines", ()))
        if not before:
            return offered
        following = {before} if band.get("same") else set(self._interval(self.rule(on), before).get("then", [before]))
        return following & offered if offered else following

    def _due(self, story: Story, past: History, on: date) -> date:
        day = on
        if self._allowed(story, past, day, on):
            dose = self._step(story, past, on, on)
            while self._allowed(story, past, day - DAY, on):
                if self._named(story, past, day - DAY, on)[0] != (dose and dose[0]):
                    break
                day -= DAY
            return day
        while (day - on).days < FURTHEST:
            day += DAY
            if self._allowed(story, past, day, on):
                return day
        raise AssertionError("never due, and not complete")

    def _named(self, story: Story, past: History, due: date, on: date) -> tuple[str, date]:
        """Which dose it is that day, and the first day on which it is late."""
        found = self._step(story, past, due, on)
        assert found is not None
        until = self._rest(story, found, past, on)[1] if past.last else None
        if until is not None and until >= due:
            return found[0], until + DAY
        return found[0], due + timedelta(self.rule(on)["late_days"]) + DAY

    def _vaccines(self, story: Story, past: History, day: date, on: date) -> set[str]:
        """What may be given that day, before anything is said against it; empty when nothing says so."""
        assert story.born is not None
        found = self._step(story, past, day, on)
        assert found is not None
        name, step = found
        offered = set(step.get("vaccines", ()))
        before = past.vaccines[-1] if past.vaccines else ""
        line = self._interval(self.rule(on), before)
        if name.startswith("PRIMARY") and before:
            offered = self._named_after(step, past, on)
        elif name.startswith("PRIMARY"):
            offered = offered or {code for code, one in self.products.items() if one.get("used_here")}
        elif step.get("same_too") and set(past.vaccines) <= {before, *line.get("vaccines", ())}:
            offered |= set(past.vaccines)
        return {code for code in offered if self._for_age(code, story.born, day)}

    def _for_age(self, code: str, born: date, day: date) -> bool:
        """A vaccine that was never given here is for no age; one whose ages nobody wrote for all."""
        one = self.products.get(code, {})
        ages = one.get("ages", ())
        given = any(age["since"] <= day and has_age(born, age["months_from"], day) for age in ages)
        return bool(one.get("used_here")) and (not ages or given)
