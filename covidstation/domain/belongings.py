"""What belongs to a person, and goes with them when another station looks after them.

One place for every table that travels: it is listed here as a person's, or named as not belonging to one. A test holds
the list against the tables of the register.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

PERSON: Final = "person"


@dataclass(frozen=True, slots=True)
class Belonging:
    """A table of a person's rows: by `person_id`, but for the person itself, a paper (whom `paper_subject` names) and
    its delivery.

    `here`: fields that speak of the place where the row was written, and mean nothing at another station: they are
    left out when the row goes to one that lacks it, and left alone when it comes back to one that has it.
    `counted`: a report counts these rows, so the next station must know that another one has counted them.
    """

    table: str
    here: frozenset[str] = frozenset()
    counted: bool = False


_LIVED: Final = frozenset(
    f"{name}_{when}" for name in ("living", "hamlet", "household") for when in ("before", "after")
) | {"relation_before", "headed"}

_PLACED: Final = frozenset(
    {"hamlet_id", "household_id", "moved_to", "merged_into", "merged_rows", "living", "relation"}
)

BELONGINGS: Final = (
    Belonging(PERSON, here=_PLACED),
    Belonging("episode", counted=True),
    Belonging("contact", here=frozenset({"source_episode_id", "source_words"}), counted=True),
    Belonging("pathogen_test", counted=True),
    Belonging("risk_assessment"),
    Belonging("visit"),
    Belonging("alert"),
    Belonging("phone_call"),
    Belonging("hospitalization"),
    Belonging("treatment", here=frozenset({"lot_id"})),
    Belonging("prescription", here=frozenset({"item_id"})),
    Belonging("dispensing"),
    Belonging("isolation_change"),
    Belonging("follow_up"),
    Belonging("case_notice"),
    Belonging("consent"),
    Belonging("residence", here=_LIVED),
    Belonging("chronic_condition"),
    Belonging("chronic_visit"),
    Belonging("vulnerability", here=frozenset({"review_id"})),
    Belonging("vaccine_dose", here=frozenset({"lot_id", "session_id", "vial_id", "drawn"})),
    Belonging("vaccine_stance"),
    Belonging("session_person"),
    Belonging("adverse_event", here=frozenset({"session_id"})),
    Belonging("paper_subject"),
    Belonging("paper", counted=True),
    Belonging("paper_delivery"),
)
"""In the order in which they are written: what is named comes before what names it."""

BY_TABLE: Final[Mapping[str, Belonging]] = MappingProxyType({one.table: one for one in BELONGINGS})

NOT_BELONGING: Final[Mapping[str, str]] = MappingProxyType(
    {
        "household": "the people under one roof stay; whoever goes has a household of the new commune",
        "hamlet": "of the commune",
        "sub_point": "of the station",
        "station": "of the station",
        "app_user": "of the station",
        "duty": "of the station",
        "vaccination_session": "of the station",
        "vaccination_target": "of the station",
        "session_take": "of the station's store",
        "session_vial": "of the station's store",
        "session_waste": "of the station's store",
        "fridge": "of the station",
        "fridge_reading": "of the station's fridge",
        "fridge_verdict": "of the station's store",
        "review": "of the station",
        "review_visit": "of a household of the station",
        "work_share": "of the station",
        "daily_report": "sums over many people, as they were sent",
        "pack_edit": "of the station",
        "rule_version": "of the station",
        "purge": "names nobody",
        "district_message": "said by the station that said it",
        "conflict_decision": "about values that were decided there",
        "echo": "lines of the district",
        "supply_item": "of the station",
        "supply_lot": "of the station",
        "supply_movement": "of the station's store; it names nobody: whom it served stands in the row that it links",
    }
)
"""Every other table that travels, and why it stays."""
