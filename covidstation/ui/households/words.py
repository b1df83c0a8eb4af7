"""The words of households: relations, kinds of residence, changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from covidstation.db.queries.residence import Moved, Place
from covidstation.domain.residence import ChangeKind, Living, Relation
from covidstation.i18n import N_, _

RELATIONS: Final[Mapping[Relation, str]] = {
    Relation.UNKNOWN: N_("chưa ghi"),
    Relation.SPOUSE: N_("vợ, chồng"),
    Relation.CHILD: N_("con"),
    Relation.PARENT: N_("bố, mẹ"),
    Relation.SIBLING: N_("anh, chị, em"),
    Relation.GRANDCHILD: N_("cháu"),
    Relation.GRANDPARENT: N_("ông, bà"),
    Relation.CHILD_IN_LAW: N_("con dâu, con rể"),
    Relation.PARENT_IN_LAW: N_("bố, mẹ vợ hoặc chồng"),
    Relation.OTHER_KIN: N_("họ hàng khác"),
    Relation.NOT_KIN: N_("người ngoài họ"),
}
LIVINGS: Final[Mapping[Living, str]] = {
    Living.KNOWN: N_("đang ở"),
    Living.PERMANENT: N_("thường trú"),
    Living.TEMPORARY: N_("tạm trú"),
    Living.LEFT: N_("đã chuyển đi"),
    Living.DIED: N_("đã mất"),
    Living.NEVER: N_("không tính"),
}
CHANGES: Final[Mapping[str, str]] = {
    ChangeKind.BORN.value: N_("Sinh"),
    ChangeKind.CAME.value: N_("Đến ở"),
    ChangeKind.MOVED.value: N_("Chuyển hộ"),
    ChangeKind.SETTLED.value: N_("Đổi thường trú, tạm trú"),
    ChangeKind.LEFT.value: N_("Chuyển đi"),
    ChangeKind.DIED.value: N_("Mất"),
}


def living_words(living: str) -> str:
    """How somebody lives; a code of a newer version reads as living here."""
    known = next((one for one in Living if one.value == living), Living.KNOWN)
    return _(LIVINGS[known])


def place_words(place: Place | None) -> str:
    """`hộ Giàng A Sử, Nậm Ngá`; what is outside the commune has no words."""
    if place is None:
        return ""
    house = _("hộ {head}").format(head=place.head) if place.head else ""
    return ", ".join(filter(None, (house, place.hamlet)))


def change_words(moved: Moved) -> str:
    """What happened, from where to where."""
    before, after = place_words(moved.before), place_words(moved.after)
    if moved.kind == ChangeKind.MOVED.value and before and after:
        return _("từ {before} sang {after}").format(before=before, after=after)
    if moved.kind in (ChangeKind.CAME.value, ChangeKind.BORN.value):
        told = _("về {after}").format(after=after) if after else ""
        born = moved.kind == ChangeKind.BORN.value
        where = _("sinh tại {place}") if born else _("từ {place}")
        return ", ".join(filter(None, (told, where.format(place=moved.place) if moved.place else "")))
    if moved.kind == ChangeKind.LEFT.value:
        told = _("khỏi {before}").format(before=before) if before else ""
        return ", ".join(filter(None, (told, _("đến {place}").format(place=moved.place) if moved.place else "")))
    return ", ".join(filter(None, (after or before, moved.place, moved.note)))
