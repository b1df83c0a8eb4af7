"""Targets in the life of a register: one is given and corrected, another is closed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from covidstation.db.session import Database
from covidstation.domain.vaccination.coverage import Level
from covidstation.domain.vaccination.goals import GoalDraft
from covidstation.services.vaccination.targets import add_target, close_target, edit_target
from tests.services.samples import NOW, TODAY, USER, catalog

PLAIN: dict[str, Any] = {"catalog": catalog(), "by": None, "now": NOW}
GOAL = GoalDraft(level=Level.BASIC, percent=90, given_on=TODAY, until=TODAY + timedelta(days=60))


def aimed(db: Database) -> None:
    made = add_target(db, GOAL, by_name=USER, **PLAIN).value
    edit_target(db, made.id, replace(GOAL, in_charge="Chị Lò"), **PLAIN)
    other = add_target(db, replace(GOAL, percent=None, count=50), by_name=USER, **PLAIN).value
    close_target(db, other.id, by=None, now=NOW)
