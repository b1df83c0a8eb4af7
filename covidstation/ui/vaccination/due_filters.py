"""The filters over the list of who is due; any of them go together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from covidstation.db.queries.places import Hamlet
from covidstation.db.queries.vaccine_due import ANY_DISEASE, DueCounts, DueFilter
from covidstation.domain.age_groups import AgeSpan, age_groups_on
from covidstation.domain.vaccination.goals import Meant
from covidstation.domain.vaccination.priority import PriorityList
from covidstation.i18n import _
from covidstation.messages.vaccine_coverage import LEVEL_WORDS, meant_words, place_words
from covidstation.ui.desk import Desk
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.edits import LineEdit
from covidstation.ui.parts.segments import Segments
from covidstation.ui.register_page import filter_bar
from covidstation.ui.vaccination.due_words import AWAY, STAGES, VIEWS

VIEW_KEYS: Final = frozenset(key for key, _kinds, _words in VIEWS)
_KINDS: Final = {key: kinds for key, kinds, _words in VIEWS}
_STAGES: Final = {key: stages for key, stages, _words in STAGES}


class DueFilters(QObject):
    """Lists, doses had, hamlet, ages, group, disease, words; and, when another page asked for them, those who lack what
    a target wants. `changed` when somebody chose."""

    changed = Signal()
    said = Signal()  # other words say what is shown

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self.lacks: Meant | None = None
        self._hamlets: Sequence[Hamlet] = ()
        self._left: Mapping[UUID | None, int] | None = None
        self._groups: PriorityList | None = None
        self._make(desk)
        self.views.chosen.connect(lambda _key: self.changed.emit())
        for combo in (self.stage, self.ages, self.group, self.disease):
            combo.picked.connect(lambda _key: self.changed.emit())
        self.scope.clicked.connect(self._let_all)

    def _make(self, desk: Desk) -> None:
        self.views = Segments("vaccination_filter", _("Danh sách"), [(key, _(words)) for key, _k, words in VIEWS])
        stages = [(key, _(words)) for key, _stages, words in STAGES]
        stages.append((AWAY, _("Không thể đến điểm tiêm")))
        self.stage = Combo("vaccination_stage", _("Lọc theo mũi đã tiêm"), stages, width=196)
        self.hamlet = Combo("vaccination_hamlet", _("Lọc theo bản"), [(None, _("Mọi bản"))], width=140)
        spans = age_groups_on(desk.catalog.age_groups, desk.now().date()).spans
        ages = [(None, _("Mọi tuổi")), *((span, _span_words(span)) for span in spans)]
        self.ages = Combo("vaccination_ages", _("Lọc theo tuổi"), ages, width=124)
        self.group = Combo("vaccination_group", _("Lọc theo nhóm ưu tiên"), [("", _("Mọi nhóm"))], width=190)
        known = [(code, one.label) for code, one in desk.catalog.conditions.items()]
        diseases = [("", _("Mọi bệnh nền")), (ANY_DISEASE, _("Có bệnh nền")), *known]
        self.disease = Combo("vaccination_disease", _("Lọc theo bệnh nền"), diseases, width=160)
        self.typed = LineEdit("vaccination_text", _("Lọc trong bảng"), width=130, hint=_("Lọc trong bảng"), limit=100)
        self.scope = Button(_("Bỏ lọc c&hỉ tiêu"), "quiet", icon="x", name="vaccination_scope")
        self.scope.hide()

    def bars(self) -> tuple[QWidget, QWidget]:
        """The two rows."""
        second = filter_bar(self.stage, self.hamlet, self.ages, self.group, self.disease, self.typed, self.scope)
        return filter_bar(self.views), second

    def wanted(self) -> DueFilter:
        """What is chosen."""
        stage = self.stage.value()
        return DueFilter(
            kinds=_KINDS[self.views.value()],
            stages=_STAGES.get(stage, frozenset()),
            hamlet_id=self.hamlet.value(),
            ages=self.ages.value(),
            group=self.group.value() or "",
            disease=self.disease.value() or "",
            away=stage == AWAY,
            typed=self.typed.value(),
            lacks=self.lacks,
        )

    def words(self) -> str:
        """The same in words, for paper."""
        combos = (self.stage, self.hamlet, self.ages, self.group, self.disease)
        chosen = [combo.currentText() for combo in combos if combo.value()]
        typed = self.typed.value()
        chosen += [_("có chữ “{typed}”").format(typed=typed)] if typed else []
        return ", ".join(filter(None, (self.views.title(), self.lacking_words(), *chosen)))

    def show_list(self, view: str, hamlet: UUID | None) -> None:
        """One of the lists, of one hamlet or of all."""
        self._forget()
        self.views.set_value(view)
        if hamlet is not None and hamlet not in self.hamlet.all_keys():  # its name comes with the others
            self.hamlet.set_choices([(None, _("Mọi bản")), (hamlet, "…")])
        self.hamlet.set_value(hamlet)

    def show_lacking(self, meant: Meant) -> None:
        """Everybody whom that means and who has not reached it, in whatever list they are."""
        self._forget()
        self.views.set_value("all")
        self.lacks = meant
        for combo, nothing in self._nothings():
            combo.set_value(nothing)
        self.typed.clear()
        self._say_scope()

    def show_hamlets(self, found: Sequence[Hamlet]) -> None:
        """The choices of hamlets; with how many are missing there, while those are shown."""
        self._hamlets = found
        left = self._left

        def words(title: str, key: UUID | None) -> str:
            if left is None:
                return title
            return f"{title} ({sum(left.values()) if key is None else left.get(key, 0)})"

        choices = [(None, words(_("Mọi bản"), None)), *((one.id, words(one.title, one.id)) for one in found)]
        self.hamlet.set_choices(choices)

    def show_left(self, left: Mapping[UUID | None, int]) -> None:
        """How many are missing in which hamlet."""
        if self.lacks is not None:
            self._left = left
            self.show_hamlets(self._hamlets)
            self._say_scope()

    def show_groups(self, found: PriorityList) -> None:
        """The choices of groups."""
        self._groups = found
        self.group.set_choices([("", _("Mọi nhóm")), *((one.code, one.label) for one in found.groups)])
        self._say_scope()

    def _nothings(self) -> tuple[tuple[Combo, Any], ...]:
        return (self.stage, ""), (self.hamlet, None), (self.ages, None), (self.group, ""), (self.disease, "")

    def _let_all(self) -> None:
        self._forget()
        self.changed.emit()

    def _forget(self) -> None:
        self.lacks, self._left = None, None
        self._say_scope()
        self.show_hamlets(self._hamlets)

    def lacking_words(self) -> str:
        """Who is shown because another page asked for them; empty for nobody."""
        if self.lacks is None:
            return ""
        group = self._groups.group(self.lacks.group) if self._groups is not None else None
        hamlet = next((one.title for one in self._hamlets if one.id == self.lacks.hamlet_id), "")
        gone = bool(self._hamlets) and self.lacks.hamlet_id is not None and not hamlet
        place = place_words(hamlet, ended=gone)
        who = meant_words(self.lacks, group.label if group else self.lacks.group, place)
        return _("chưa có {level}: {who}").format(level=_(LEVEL_WORDS[self.lacks.level]).lower(), who=who)

    def _say_scope(self) -> None:
        self.scope.setVisible(self.lacks is not None)
        self.said.emit()


def _span_words(span: AgeSpan) -> str:
    first, end = span
    if end is None:
        return _("từ {first} tuổi").format(first=first)
    if not first:
        return _("dưới {end} tuổi").format(end=end)
    last = end - 1
    return _("{first} tuổi").format(first=first) if first == last else f"{first}–{last} " + _("tuổi")


def all_of(counts: DueCounts) -> Mapping[str, int]:
    """How many are in which list."""
    return {key: counts.count(kinds) for key, kinds, _words in VIEWS}
