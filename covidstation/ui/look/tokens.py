"""Every colour of the windows. Ratios of each pair are computed by tests/ui/test_tokens.py (WCAG 2.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

Tone = Literal["green", "yellow", "orange", "red", "grey", "blue", "plain"]
"""A chip's colour. A coloured mark is a risk class or an F0/F1 state; `plain` (no mark) states a fact."""

Ink = Literal["text", "muted", "accent", "danger", "warn", "ok", "on_fill", "border"]
"""Token names that words and icons may take."""


@dataclass(frozen=True, slots=True)
class ChipColours:
    """A chip: the word, its ground, the 8-px mark before it."""

    text: str
    ground: str
    mark: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one scheme as #RRGGBB. Red, orange, yellow and green belong to risk and danger alone."""

    dark: bool
    base: str
    window: str
    alt: str
    raised: str
    hover: str
    line: str
    border: str
    text: str
    muted: str
    accent: str
    accent_fill: str
    accent_soft: str
    on_fill: str
    danger: str
    danger_fill: str
    danger_soft: str
    danger_line: str
    warn: str
    warn_soft: str
    ok: str
    ok_soft: str
    desk: str
    chips: Mapping[Tone, ChipColours]

    def ink(self, name: Ink) -> str:
        """The colour of that name."""
        value: str = getattr(self, name)
        return value


def _chips(**tones: ChipColours) -> Mapping[Tone, ChipColours]:
    return MappingProxyType({**tones, "plain": tones["grey"]})  # type: ignore[dict-item]


LIGHT: Final = Tokens(
    dark=False,
    base="#FFFFFF",
    window="#F3F5F7",
    alt="#F8F9FB",
    raised="#FFFFFF",
    hover="#EDF1F5",
    line="#DFE4EA",
    border="#7C8896",
    text="#1A2330",
    muted="#566272",
    accent="#1B5FA6",
    accent_fill="#1B5FA6",
    accent_soft="#E4EEF9",
    on_fill="#FFFFFF",
    danger="#A3170F",
    danger_fill="#A3170F",
    danger_soft="#FDECEA",
    danger_line="#C8372D",
    warn="#7A4300",
    warn_soft="#FFF1DC",
    ok="#1B6130",
    ok_soft="#E3F3E7",
    desk="#E6EAEE",
    chips=_chips(
        green=ChipColours("#1B6130", "#E1F2E5", "#2E8B4A"),
        yellow=ChipColours("#665000", "#FFF2BF", "#AE8400"),
        orange=ChipColours("#8A3A00", "#FFE2CA", "#D1650E"),
        red=ChipColours("#96150E", "#FBDAD7", "#C8281E"),
        grey=ChipColours("#3D4856", "#E8ECF0", "#7B8795"),
        blue=ChipColours("#1B5FA6", "#E4EEF9", "#1B5FA6"),
    ),
)

DARK: Final = Tokens(
    dark=True,
    base="#191E25",
    window="#12161B",
    alt="#1D232B",
    raised="#222A33",
    hover="#232B34",
    line="#2D3640",
    border="#738090",
    text="#E7EBF0",
    muted="#A5B0BD",
    accent="#86B9F5",
    accent_fill="#2B6CB5",
    accent_soft="#1F3147",
    on_fill="#FFFFFF",
    danger="#FFB3AA",
    danger_fill="#B8352B",
    danger_soft="#371E1E",
    danger_line="#E5695F",
    warn="#F5C583",
    warn_soft="#33291A",
    ok="#8FD9A4",
    ok_soft="#182C20",
    desk="#0E1216",
    chips=_chips(
        green=ChipColours("#8FD9A4", "#193023", "#56B874"),
        yellow=ChipColours("#EFD078", "#3A3108", "#D9B02C"),
        orange=ChipColours("#FFB988", "#472A0E", "#F08A3C"),
        red=ChipColours("#FFB3AA", "#4A1F1C", "#F0665B"),
        grey=ChipColours("#C3CCD6", "#2A323C", "#8B97A5"),
        blue=ChipColours("#86B9F5", "#1F3147", "#86B9F5"),
    ),
)
