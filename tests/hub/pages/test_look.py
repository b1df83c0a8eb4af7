"""The style sheet has the colours of the windows, and every pair of them can be read."""

from __future__ import annotations

import re

import pytest

from covidstation.paths import resources
from covidstation.ui.look.tokens import DARK, LIGHT, Tokens

CSS = (resources() / "hub" / "hub.css").read_text(encoding="utf-8")
_VARIABLE = re.compile(r"--([a-z-]+): (#[0-9A-F]{6});")


def variables(dark: bool) -> dict[str, str]:
    light, _, rest = CSS.partition("@media (prefers-color-scheme: dark)")
    return dict(_VARIABLE.findall(rest if dark else light))


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_colours_are_those_of_the_windows(tokens: Tokens):
    found = variables(tokens.dark)
    plain = {name.replace("_", "-"): getattr(tokens, name) for name in Tokens.__dataclass_fields__}
    wanted = {name: value for name, value in plain.items() if isinstance(value, str) and name != "desk"}
    for tone, chip in tokens.chips.items():
        if tone != "plain":
            wanted |= {f"{tone}-text": chip.text, f"{tone}-ground": chip.ground, f"{tone}-mark": chip.mark}
    assert found == wanted


def test_no_colour_stands_anywhere_else():
    rules = re.sub(r"--[a-z-]+: #[0-9A-F]{6};", "", CSS)
    assert set(re.findall(r"#[0-9A-Fa-f]{3,6}\b", rules)) <= {"#fff", "#000"}  # of paper
    assert "url(" not in CSS and "@import" not in CSS


def test_every_variable_that_is_used_is_there():
    used = set(re.findall(r"var\(--([a-z-]+)\)", CSS))
    assert used <= set(variables(False)) == set(variables(True))


def test_the_style_sheet_is_small():
    assert len(CSS.encode()) < 16_000
