"""The lower half of the F0 form: how this illness was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from covidstation.catalog import Catalog
from covidstation.domain.episodes import (
    MOST_DOSES,
    NOTE_LIMIT,
    CaseClassification,
    EpisodeDraft,
    PathogenTest,
    TestKind,
    TestResult,
)
from covidstation.domain.problems import Problem
from covidstation.i18n import _
from covidstation.services.care.doses import NOTHING, Told
from covidstation.ui.case_words import CLASSES, TEST_KINDS, TEST_RESULTS, dose_words
from covidstation.ui.code_choices import symptom_choices
from covidstation.ui.f0.inputs import on_edit, put_all, read_all
from covidstation.ui.kits import KitCombo, KitSource
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.combos import Combo, FindCombo
from covidstation.ui.parts.edits import DateEdit, LineEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.parts.multichoice import MultiChoice
from covidstation.ui.parts.popup import Choice
from covidstation.ui.parts.rows import SectionHead

_RENAMED = {"tests.0.sampled_on": "report_date", "tests": "test_kind", "kit": "test_kit"}


class IllnessSection(QWidget):
    """Fields of an illness. `edited(name)` fires when a person changed one."""

    edited = Signal(str)

    def __init__(self, catalog: Catalog, today: date) -> None:
        super().__init__()
        self._today = today
        self._with_test = True
        self._class_by_hand = False
        self._base = EpisodeDraft()
        self._make_fields(catalog)
        self._make_rows()
        self.widgets: dict[str, QWidget] = {widget.objectName(): widget for widget in self._in_order()}
        for name, widget in self.widgets.items():
            on_edit(widget, partial(self._hear, name))

    def set_places(self, places: Sequence[str]) -> None:
        """Where tests are usually made; others may be typed."""
        self.place.set_choices([Choice(name, name) for name in dict.fromkeys(filter(None, places))])

    def show_new(self, place: str, doses: Told = NOTHING) -> None:
        """A new illness: found today by a rapid test at that place; `doses` as the book of doses has them."""
        self._base, self._with_test, self._class_by_hand = EpisodeDraft(), True, False
        self._fill(EpisodeDraft(report_date=self._today, doses_known=doses[0], last_dose_on=doses[1]))
        self.doses_row.set_hint(_("theo sổ tiêm") if doses != NOTHING else "")
        self.kind.set_value(TestKind.RAPID_ANTIGEN)
        self.result.set_value(TestResult.POSITIVE)
        self.place.put_text(place)
        self._follow()

    def show_episode(self, episode: EpisodeDraft) -> None:
        """A known illness; its tests have their own place on the person's page."""
        self._base, self._with_test, self._class_by_hand = episode, False, True
        self._fill(episode)
        self.doses_row.set_hint("")
        self._follow()

    def draft(self) -> EpisodeDraft:
        """What stands in the fields; isolation and outcome are those it was filled with."""
        doses = self.doses.value()
        return replace(
            self._base,
            report_date=self.found.day(),
            onset_date=self.onset.day(),
            symptoms=frozenset(map(str, self.symptoms.chosen())) | self._unknown_symptoms(),
            doses_known=doses,
            last_dose_on=self.last_dose.day() if doses != 0 else None,
            classification=self.classification.value(),
            note=self.note.value(),
        )

    def tests(self) -> tuple[PathogenTest, ...]:
        """The test by which it was found: one of a new illness, none where the form corrects a known one."""
        if not self._with_test or self.kind.value() is None:
            return ()
        return (
            PathogenTest(
                kind=self.kind.value(),
                result=self.result.value(),
                sampled_on=self.found.day(),
                place=self.place.value_text(),
                kit=self.kit.name(),
                kit_from=self.source.value(),
            ),
        )

    def unreadable(self) -> list[Problem]:
        """What stands in a field and is no date."""
        dates = (self.found, self.onset, self.last_dose)
        return [Problem(field.objectName(), "forms.bad_date") for field in dates if field.bad()]

    def named(self, problem: Problem) -> Problem:
        """The problem under the name of the field that shows it."""
        return replace(problem, field=_RENAMED.get(problem.field, problem.field))

    def raw(self) -> dict[str, Any]:
        """What stands in the fields; kept as a draft."""
        return {**read_all(self.widgets), "class_by_hand": self._class_by_hand}

    def put_raw(self, raw: dict[str, Any]) -> None:
        """Put a draft back."""
        put_all(self.widgets, raw)
        self._class_by_hand = bool(raw.get("class_by_hand"))
        self._follow()

    def show_more(self, shown: bool) -> None:
        """Unfold or fold what is seldom used."""
        self._more.setVisible(shown)
        self._more_button.set_text(_("Thu gọn") if shown else _("Sinh phẩm, phân loại, ghi chú"))

    def rows_of_more(self) -> frozenset[str]:
        """The fields that are folded away."""
        return frozenset(("test_kit", "test_kit_from", "classification", "note"))

    def _make_fields(self, catalog: Catalog) -> None:
        self.found = DateEdit("report_date", _("Ngày dương tính"), today=self._today)
        kinds: list[tuple[TestKind | None, str]] = [(kind, _(words)) for kind, words in TEST_KINDS.items()]
        self.kind = Combo("test_kind", _("Xét nghiệm"), [*kinds, (None, _("Chưa xét nghiệm"))], width=220)
        results = [(result, _(words)) for result, words in TEST_RESULTS.items()]
        self.result = Combo("test_result", _("Kết quả"), results, width=120)
        self.place = FindCombo("test_place", _("Nơi xét nghiệm"), width=148, free=True)
        self.kit = KitCombo(catalog, self._today, self.kind, name="test_kit")
        self.source = KitSource(name="test_kit_from", width=148)
        symptoms = symptom_choices(catalog, self._today)
        self.symptoms = MultiChoice("symptoms", _("Triệu chứng"), symptoms, width=300, hint=_("không có"))
        self.onset = DateEdit("onset_date", _("Ngày khởi phát"), today=self._today)
        self.doses = Combo("doses_known", _("Vắc xin đã tiêm"), _dose_choices(MOST_DOSES), width=112)
        self.last_dose = DateEdit("last_dose_on", _("Ngày tiêm mũi cuối"), today=self._today)
        classes = [(key, _(words)) for key, words in CLASSES.items()]
        self.classification = Combo("classification", _("Phân loại"), classes, width=220)
        self.note = LineEdit("note", _("Ghi chú"), width=430, limit=NOTE_LIMIT)

    def _make_rows(self) -> None:
        self._more = QWidget()
        self._more.hide()
        self._more_button = Button(_("Sinh phẩm, phân loại, ghi chú"), "quiet", name="more_illness")
        self._more_button.setProperty("aside", True)
        self._more_button.clicked.connect(lambda: self.show_more(self._more.isHidden()))
        self.head = SectionHead(_("Lần mắc này"), "", self._more_button)
        found = Field(_("Ngày &dương tính"), self.found, required=True)
        self.test_row = Field(_("&Xét nghiệm"), self.kind).beside(self.result).beside(self.place, _("tạ&i"))
        symptoms = Field(_("T&riệu chứng"), self.symptoms).beside(self.onset, _("từ ngà&y"))
        doses = Field(_("&Vắc xin đã tiêm"), self.doses).beside(self.last_dose, _("&mũi cuối"))
        self.doses_row, self._dose_label = doses, doses.label_of(self.last_dose)
        self.kit_row = Field(_("Sinh phẩm"), self.kit).beside(self.source, _("nguồn"), name="test_kit_from")
        more = (self.kit_row, Field(_("Phân loại"), self.classification), Field(_("Ghi chú"), self.note))
        column = QVBoxLayout(self._more)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for row in more:
            column.addWidget(row)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        for part in (self.head, found, self.test_row, symptoms, doses, self._more):
            outer.addWidget(part)
        self.found_row = found
        self.rows: tuple[Field, ...] = (found, self.test_row, symptoms, doses, *more)

    def _in_order(self) -> tuple[QWidget, ...]:
        first = (self.found, self.kind, self.result, self.place, self.symptoms, self.onset)
        return (*first, self.doses, self.last_dose, self.kit, self.source, self.classification, self.note)

    def _fill(self, draft: EpisodeDraft) -> None:
        self.found.set_day(draft.report_date)
        self.onset.set_day(draft.onset_date)
        self.symptoms.set_chosen(sorted(draft.symptoms))
        self.doses.set_choices(_dose_choices(max(MOST_DOSES, draft.doses_known or 0)))
        self.doses.set_value(draft.doses_known)
        self.last_dose.set_day(draft.last_dose_on)
        self.classification.set_value(draft.classification)
        self.note.set_value(draft.note)

    def _hear(self, name: str) -> None:
        self._class_by_hand = self._class_by_hand or name == "classification"
        self._follow()
        self.edited.emit(name)

    def _follow(self) -> None:
        """What depends on other fields."""
        self.test_row.setVisible(self._with_test)
        self.kit_row.setVisible(self._with_test)
        tested = self.kind.value() is not None
        self.result.setEnabled(tested)
        self.place.setEnabled(tested)
        self.kit.setEnabled(tested)
        self.source.setEnabled(tested)
        dosed = self.doses.value() != 0
        self.last_dose.setVisible(dosed)
        self._dose_label.setVisible(dosed)
        if self._with_test and not self._class_by_hand:
            sure = tested and self.result.value() is TestResult.POSITIVE
            self.classification.set_value(CaseClassification.CONFIRMED if sure else CaseClassification.SUSPECT)
        today = self.found.day() == self._today
        self.found_row.set_hint(_("hôm nay") if today else "")

    def _unknown_symptoms(self) -> frozenset[str]:
        """Codes that this version has no word for stay."""
        known = {choice.key for choice in self.symptoms.choices()}
        return frozenset(code for code in self._base.symptoms if code not in known)


def _dose_choices(most: int) -> list[tuple[int | None, str]]:
    return [(None, _("chưa rõ")), *((count, dose_words(count)) for count in range(most + 1))]
