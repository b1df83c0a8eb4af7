"""The shipped lists, packs and rules as domain values, read once from the resources folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from covidstation.domain.age_groups import AgeGroups, parse_age_groups, read_age_groups
from covidstation.domain.chronic_lists import ChronicList, parse_chronic_lists, read_chronic_list
from covidstation.domain.code_lists import (
    ConditionList,
    FacilityList,
    KitList,
    SymptomList,
    known_codes,
    parse_condition_lists,
    parse_facility_lists,
    parse_kit_lists,
    parse_symptom_lists,
    read_condition_list,
    read_facility_list,
    read_kit_list,
    read_symptom_list,
)
from covidstation.domain.codes import (
    Coded,
    Condition,
    EthnicGroup,
    Symptom,
    parse_citizen_provinces,
    parse_ethnic_groups,
    parse_phone_prefixes,
)
from covidstation.domain.consent import ConsentText, parse_consent_texts, read_consent_text
from covidstation.domain.daily_form import DailyForm, parse_daily_forms
from covidstation.domain.dispensing import DispensingRule, parse_dispensing_rules, read_dispensing_rule
from covidstation.domain.district import lay
from covidstation.domain.follow_up import FollowUpRule, parse_follow_up_rules, read_follow_up_rule
from covidstation.domain.guidelines import Guideline, parse_guidelines, read_guideline
from covidstation.domain.handouts import (
    CommitmentForm,
    LeafletForm,
    parse_commitments,
    parse_leaflets,
    read_commitment,
    read_leaflet,
)
from covidstation.domain.hours import HoursRule, parse_hours_rules, read_hours_rule
from covidstation.domain.medicine_list import MedicineList, parse_medicine_lists, read_medicine_list
from covidstation.domain.notifiable import NotifiableRule, parse_notifiable_rules, read_notifiable_rule
from covidstation.domain.packs import LegalPack, parse_pack
from covidstation.domain.quarantine import QuarantineRule, parse_quarantine_rules, read_quarantine_rule
from covidstation.domain.retention import RetentionRule, parse_retention_rules, read_retention_rule
from covidstation.domain.reviews import ReviewPack, parse_review_packs, read_review_pack
from covidstation.domain.risk import RiskTable, parse_risk_tables, read_risk_table
from covidstation.domain.rule_sets import Dated, Family, RuleError, RuleVersion, rule_tables, with_versions
from covidstation.domain.rules import IsolationRule, parse_isolation_rules, read_isolation_rule
from covidstation.domain.supply_rules import SupplyRule, parse_supply_rules, read_supply_rule
from covidstation.domain.targets import TargetRule, parse_target_rules, read_target_rule
from covidstation.domain.terminology import Terminology, parse_terminology
from covidstation.domain.units import Units
from covidstation.domain.vaccination.cold_rules import ColdChainRule, parse_cold_rules, read_cold_rule
from covidstation.domain.vaccination.coverage import CoverageRule, parse_coverage_rules, read_coverage_rule
from covidstation.domain.vaccination.priority import PriorityList, parse_priority_lists, read_priority_list
from covidstation.domain.vaccination.products import Products, parse_products, products_on, read_products
from covidstation.domain.vaccination.schedule_rules import ScheduleRule, parse_schedule_rules, read_schedule_rule
from covidstation.domain.vaccination.screening import ScreeningRule, parse_screening_rules, read_screening_rule


@dataclass(frozen=True)
class Catalog:
    """Everything coded or dated that comes with the program.

    The unit tables are read at their first use: a start that needs no commune does not wait for them.
    """

    folder: Path
    ethnic_groups: Mapping[str, EthnicGroup]
    citizen_provinces: Mapping[str, Coded]
    phone_prefixes: Mapping[str, str]

    @cached_property
    def condition_lists(self) -> tuple[ConditionList, ...]:
        """The underlying diseases, by date."""
        return parse_condition_lists(_read(self.folder / "rules" / "conditions.toml"))

    @cached_property
    def symptom_lists(self) -> tuple[SymptomList, ...]:
        """The symptoms that are asked for, by date."""
        return parse_symptom_lists(_read(self.folder / "rules" / "symptoms.toml"))

    @cached_property
    def facility_lists(self) -> tuple[FacilityList, ...]:
        """Where people are sent, by date."""
        return parse_facility_lists(_read(self.folder / "rules" / "facilities.toml"))

    @cached_property
    def kit_lists(self) -> tuple[KitList, ...]:
        """Test kits, by date."""
        return parse_kit_lists(_read(self.folder / "rules" / "test_kits.toml"))

    @property
    def conditions(self) -> Mapping[str, Condition]:
        """Every underlying disease that any list has, by its code."""
        return self._known("conditions", self.condition_lists)

    @property
    def symptoms(self) -> Mapping[str, Symptom]:
        """Every symptom that any list has, by its code."""
        return self._known("symptoms", self.symptom_lists)

    def _known(self, name: str, lists: tuple[Any, ...]) -> Mapping[str, Any]:
        held = vars(self).get(f"_{name}")
        if held is None or held[0] is not lists:  # a copy with other lists has kept the old words
            held = vars(self)[f"_{name}"] = (lists, known_codes((one.valid_from, one.codes) for one in lists))
        known: Mapping[str, Any] = held[1]
        return known

    @cached_property
    def units(self) -> Units:
        """Provinces, districts and communes with their days of validity."""
        provinces, districts, communes = (
            _read(self.folder / "codes" / f"{name}.csv") for name in ("provinces", "districts", "communes")
        )
        return Units(provinces, districts, communes)

    @cached_property
    def terminology(self) -> Terminology:
        """The codes of published systems that exports use."""
        return parse_terminology(_read(self.folder / "codes" / "standard_codes.csv"))

    @cached_property
    def packs(self) -> tuple[LegalPack, ...]:
        """The legal regimes, oldest first."""
        found = [parse_pack(_read(path)) for path in sorted((self.folder / "packs").glob("*.toml"))]
        return tuple(sorted(found, key=lambda pack: pack.valid_from))

    @cached_property
    def isolation_rules(self) -> tuple[IsolationRule, ...]:
        """How long home isolation lasts, by date."""
        return parse_isolation_rules(_read(self.folder / "rules" / "isolation.toml"))

    @cached_property
    def hours_rules(self) -> tuple[HoursRule, ...]:
        """The hours of a decision and the longest isolation, by date."""
        return parse_hours_rules(_read(self.folder / "rules" / "isolation_hours.toml"))

    @cached_property
    def follow_up_rules(self) -> tuple[FollowUpRule, ...]:
        """The months after an illness, by date."""
        return parse_follow_up_rules(_read(self.folder / "rules" / "follow_up.toml"))

    @cached_property
    def age_groups(self) -> tuple[AgeGroups, ...]:
        """Elders, small children and the ages of a table, by date."""
        return parse_age_groups(_read(self.folder / "rules" / "age_groups.toml"))

    @cached_property
    def dispensing_rules(self) -> tuple[DispensingRule, ...]:
        """For how many days medicines are handed out, by date."""
        return parse_dispensing_rules(_read(self.folder / "rules" / "dispensing.toml"))

    @cached_property
    def review_packs(self) -> tuple[ReviewPack, ...]:
        """What is asked from door to door, by date."""
        return parse_review_packs(_read(self.folder / "rules" / "review.toml"))

    @cached_property
    def screening_rules(self) -> tuple[ScreeningRule, ...]:
        """What is looked at before a vaccine, and the time after it, by date."""
        return parse_screening_rules(_read(self.folder / "rules" / "vaccine_screening.toml"))

    @cached_property
    def cold_rules(self) -> tuple[ColdChainRule, ...]:
        """At which temperature vaccines are kept, and when it is read, by date."""
        return parse_cold_rules(_read(self.folder / "rules" / "cold_chain.toml"))

    @cached_property
    def chronic_lists(self) -> tuple[ChronicList, ...]:
        """The chronic diseases that are followed, by date."""
        return parse_chronic_lists(_read(self.folder / "rules" / "chronic_conditions.toml"))

    @cached_property
    def target_rules(self) -> tuple[TargetRule, ...]:
        """What they are to reach and when they are overdue, by date."""
        return parse_target_rules(_read(self.folder / "rules" / "targets.toml"))

    @cached_property
    def quarantine_rules(self) -> tuple[QuarantineRule, ...]:
        """How long a contact (F1) keeps apart, by date."""
        return parse_quarantine_rules(_read(self.folder / "rules" / "quarantine.toml"))

    @cached_property
    def risk_tables(self) -> tuple[RiskTable, ...]:
        """The risk groups as decision tables, by date."""
        return parse_risk_tables(_read(self.folder / "rules" / "risk.toml"))

    @cached_property
    def guidelines(self) -> tuple[Guideline, ...]:
        """Home care: eligibility, danger signs, rounds, by date."""
        return parse_guidelines(_read(self.folder / "rules" / "guideline.toml"))

    @cached_property
    def medicine_lists(self) -> tuple[MedicineList, ...]:
        """What is given to F0 at home, by date."""
        return parse_medicine_lists(_read(self.folder / "rules" / "medicines.toml"))

    @cached_property
    def notifiable_rules(self) -> tuple[NotifiableRule, ...]:
        """Within how many hours the national system must hear of a case, by date."""
        return parse_notifiable_rules(_read(self.folder / "rules" / "notifiable.toml"))

    @cached_property
    def daily_forms(self) -> tuple[DailyForm, ...]:
        """How the daily report is headed, by date."""
        return parse_daily_forms(_read(self.folder / "rules" / "daily_report.toml"))

    @cached_property
    def commitments(self) -> tuple[CommitmentForm, ...]:
        """The commitment of a person at home, by date."""
        return parse_commitments(_read(self.folder / "rules" / "commitment.toml"))

    @cached_property
    def leaflets(self) -> tuple[LeafletForm, ...]:
        """The words around the danger signs, by date."""
        return parse_leaflets(_read(self.folder / "rules" / "leaflet.toml"))

    @cached_property
    def consent_texts(self) -> tuple[ConsentText, ...]:
        """What is read out before a yes or a no, every version that ever was in force."""
        return parse_consent_texts(_read(self.folder / "rules" / "consent.toml"))

    @cached_property
    def retention_rules(self) -> tuple[RetentionRule, ...]:
        """How long whose records are kept, by date."""
        return parse_retention_rules(_read(self.folder / "rules" / "retention.toml"))

    @cached_property
    def supply_rules(self) -> tuple[SupplyRule, ...]:
        """How far ahead the store looks, and common items, by date."""
        return parse_supply_rules(_read(self.folder / "rules" / "supplies.toml"))

    @cached_property
    def vaccine_schedules(self) -> tuple[ScheduleRule, ...]:
        """Who is due for which dose, by date."""
        return parse_schedule_rules(_read(self.folder / "rules" / "vaccine_schedule.toml"))

    @cached_property
    def vaccine_priorities(self) -> tuple[PriorityList, ...]:
        """Groups that are vaccinated first, by date."""
        return parse_priority_lists(_read(self.folder / "rules" / "vaccine_priority.toml"))

    @cached_property
    def coverage_rules(self) -> tuple[CoverageRule, ...]:
        """What share of the population is to be vaccinated, by date."""
        return parse_coverage_rules(_read(self.folder / "rules" / "vaccine_coverage.toml"))

    @cached_property
    def vaccine_products(self) -> tuple[Products, ...]:
        """The vaccines, by date."""
        return parse_products(_read(self.folder / "rules" / "vaccine_products.toml"))

    def vaccine_courses(self, day: date) -> dict[str, int]:
        """How many doses make a basic course, by the code of the vaccine, as the list of that day says."""
        return {one.code: one.primary_doses for one in products_on(self.vaccine_products, day).products}

    def rule_tables(self, family: Family) -> list[dict[str, Any]]:
        """The shipped rules of a family as plain tables."""
        return rule_tables(_read(self.folder / "rules" / f"{family.value}.toml"))

    def rules_of(self, family: Family) -> tuple[Dated, ...]:
        """The rules of a family, as this catalog has them."""
        found: tuple[Dated, ...] = getattr(self, RULE_BOOKS[family].name)
        return found

    def strange_codes(self, rule: Dated) -> tuple[str, ...]:
        """What a rule names and none of this catalog's lists has."""
        known: dict[Family, Callable[[], Iterable[str]]] = {
            Family.VACCINES: lambda: (one.code for shelf in self.vaccine_products for one in shelf.products),
            Family.CONDITIONS: lambda: self.conditions,
            Family.PRIORITY: lambda: (one.code for held in self.vaccine_priorities for one in held.groups),
        }
        found = (codes - set(known[family]()) for family, codes in rule.named_codes.items() if codes)
        return tuple(sorted(code for strange in found for code in strange))

    def with_district(self, packs: Mapping[Family, Sequence[tuple[Dated, date | None]]]) -> Catalog:
        """This catalog with the district's rules laid over the shipped ones, as `domain.district.lay`."""
        found = {family: rules for family, rules in packs.items() if rules}
        if not found:
            return self
        laid = copy(self)
        for family, rules in found.items():
            vars(laid)[RULE_BOOKS[family].name] = lay(self.rules_of(family), rules)
        return laid

    def with_rules(self, versions: Mapping[Family, Sequence[RuleVersion]]) -> Catalog:
        """This catalog with a station's versions of the rules; one that cannot be read is passed over."""
        edited = {family: found for family, found in versions.items() if found and family in RULE_BOOKS}
        if not edited:
            return self
        laid = copy(self)  # shares the lists that were read already
        for family, found in edited.items():
            rules = self.rules_of(family)
            for version in found:
                try:
                    rules = with_versions(rules, [version], RULE_BOOKS[family].make)
                except RuleError:
                    continue
            vars(laid)[RULE_BOOKS[family].name] = rules  # where cached_property keeps its value
        return laid


@dataclass(frozen=True, slots=True)
class RuleBook:
    """Where a family's rules stand in the catalog, and what reads one of them (raises RuleError)."""

    name: str
    make: Callable[[dict[str, Any]], Dated]


RULE_BOOKS: Final[Mapping[Family, RuleBook]] = MappingProxyType(
    {
        Family.ISOLATION: RuleBook("isolation_rules", read_isolation_rule),
        Family.GUIDELINE: RuleBook("guidelines", read_guideline),
        Family.RISK: RuleBook("risk_tables", read_risk_table),
        Family.QUARANTINE: RuleBook("quarantine_rules", read_quarantine_rule),
        Family.MEDICINES: RuleBook("medicine_lists", read_medicine_list),
        Family.FOLLOW_UP: RuleBook("follow_up_rules", read_follow_up_rule),
        Family.HOURS: RuleBook("hours_rules", read_hours_rule),
        Family.NOTIFIABLE: RuleBook("notifiable_rules", read_notifiable_rule),
        Family.COMMITMENT: RuleBook("commitments", read_commitment),
        Family.LEAFLET: RuleBook("leaflets", read_leaflet),
        Family.CONDITIONS: RuleBook("condition_lists", read_condition_list),
        Family.SYMPTOMS: RuleBook("symptom_lists", read_symptom_list),
        Family.FACILITIES: RuleBook("facility_lists", read_facility_list),
        Family.KITS: RuleBook("kit_lists", read_kit_list),
        Family.CONSENT: RuleBook("consent_texts", read_consent_text),
        Family.AGE_GROUPS: RuleBook("age_groups", read_age_groups),
        Family.DISPENSING: RuleBook("dispensing_rules", read_dispensing_rule),
        Family.REVIEW: RuleBook("review_packs", read_review_pack),
        Family.SUPPLIES: RuleBook("supply_rules", read_supply_rule),
        Family.CHRONIC: RuleBook("chronic_lists", read_chronic_list),
        Family.TARGETS: RuleBook("target_rules", read_target_rule),
        Family.RETENTION: RuleBook("retention_rules", read_retention_rule),
        Family.VACCINES: RuleBook("vaccine_products", read_products),
        Family.SCHEDULE: RuleBook("vaccine_schedules", read_schedule_rule),
        Family.PRIORITY: RuleBook("vaccine_priorities", read_priority_list),
        Family.COVERAGE: RuleBook("coverage_rules", read_coverage_rule),
        Family.SCREENING: RuleBook("screening_rules", read_screening_rule),
        Family.COLD_CHAIN: RuleBook("cold_rules", read_cold_rule),
    }
)
"""The families that a station can edit, in the order of its settings."""


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def load_catalog(folder: Path) -> Catalog:
    """Read the lists of `folder` (see `covidstation.paths.resources`).

    Raises OSError for a missing file and ValueError for a damaged one; packs, rules and units are read, and
    may raise, at their first use.
    """
    codes = folder / "codes"
    return Catalog(
        folder=folder,
        ethnic_groups=parse_ethnic_groups(_read(codes / "ethnic_groups.csv")),
        citizen_provinces=parse_citizen_provinces(_read(codes / "citizen_provinces.csv")),
        phone_prefixes=parse_phone_prefixes(_read(codes / "phone_prefixes.csv")),
    )
