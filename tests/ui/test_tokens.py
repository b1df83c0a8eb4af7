"""Every pair of colours that meets on a screen, by the WCAG 2.1 formula; and the look's other fixed rules."""

from __future__ import annotations

import re
import unicodedata

import pytest
from PySide6.QtGui import QFontMetrics, QRawFont

from covidstation.paths import resources
from covidstation.ui.look import fonts, icons
from covidstation.ui.look.gallery import Gallery
from covidstation.ui.look.palette import palette, tokens_of
from covidstation.ui.look.style import style_sheet
from covidstation.ui.look.tokens import DARK, LIGHT, Tokens

TEXT, MARK = 4.5, 3.0
SCHEMES = pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
GROUNDS = ("base", "window", "alt", "raised", "hover", "accent_soft", "danger_soft", "warn_soft", "ok_soft")


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_formula_against_known_values():
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@SCHEMES
@pytest.mark.parametrize("ground", GROUNDS)
def test_words_on_every_ground(tokens: Tokens, ground: str):
    for ink in ("text", "muted"):
        assert contrast(getattr(tokens, ink), getattr(tokens, ground)) >= TEXT, (ink, ground)
    assert contrast(tokens.border, getattr(tokens, ground)) >= MARK


@SCHEMES
@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        ("accent", "base"),
        ("accent", "window"),
        ("accent", "alt"),
        ("accent", "raised"),
        ("accent", "hover"),
        ("accent", "accent_soft"),
        ("on_fill", "accent_fill"),
        ("on_fill", "danger_fill"),
        ("danger", "base"),
        ("danger", "danger_soft"),
        ("danger", "accent_soft"),
        ("warn", "base"),
        ("warn", "window"),
        ("warn", "warn_soft"),
        ("warn", "danger_soft"),
        ("warn", "accent_soft"),
        ("ok", "base"),
        ("ok", "ok_soft"),
        ("muted", "desk"),
    ],
)
def test_coloured_words(tokens: Tokens, ink: str, ground: str):
    assert contrast(getattr(tokens, ink), getattr(tokens, ground)) >= TEXT


@SCHEMES
def test_bars_and_lines(tokens: Tokens):
    assert contrast(tokens.danger_line, tokens.danger_soft) >= MARK
    assert contrast(tokens.accent, tokens.accent_soft) >= MARK
    assert contrast(tokens.accent, tokens.base) >= MARK


@SCHEMES
@pytest.mark.parametrize("tone", ["green", "yellow", "orange", "red", "grey", "blue", "plain"])
def test_chips(tokens: Tokens, tone):
    chip = tokens.chips[tone]
    assert contrast(chip.text, chip.ground) >= TEXT
    assert contrast(chip.mark, chip.ground) >= MARK
    assert contrast(chip.mark, tokens.base) >= MARK


def test_figures_of_the_design_are_those_computed():
    assert contrast(LIGHT.text, LIGHT.base) == pytest.approx(15.8, abs=0.1)
    assert contrast(DARK.text, DARK.base) == pytest.approx(14.0, abs=0.1)
    assert contrast(LIGHT.chips["orange"].text, LIGHT.chips["orange"].ground) == pytest.approx(6.3, abs=0.1)


@SCHEMES
def test_style_sheet_uses_tokens_alone_and_is_short(tokens: Tokens):
    sheet = style_sheet(tokens)
    known = {value for value in vars_of(tokens) if value.startswith("#")}
    assert set(re.findall(r"#[0-9A-Fa-f]{6}", sheet)) <= known
    assert sheet.count("{") < 60
    assert ":focus" not in sheet


def vars_of(tokens: Tokens) -> list[str]:
    return [str(getattr(tokens, name)) for name in Tokens.__dataclass_fields__]


@SCHEMES
def test_palette_leads_back_to_its_tokens(tokens: Tokens, qtbot, qapp):
    sheet = Gallery()
    qtbot.addWidget(sheet)
    sheet.setPalette(palette(tokens))
    assert tokens_of(sheet) is tokens


def test_switching_the_scheme_while_running(theme, shown):
    sheet = shown(Gallery())
    bright = sheet.grab().toImage().pixelColor(2, 2)
    theme.choose("dark")
    assert tokens_of(sheet) is DARK
    dark = sheet.grab().toImage().pixelColor(2, 2)
    assert (bright.name().upper(), dark.name().upper()) == (LIGHT.base, DARK.base)


def test_fonts_hold_all_of_vietnamese_and_have_equal_digits(qapp):
    letters = "aăâbcdđeêghiklmnoôơpqrstuưvxy"
    tones = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
    wanted = {unicodedata.normalize("NFC", one + tone) for one in letters for tone in tones if one in "aăâeêioôơuưy"}
    wanted |= set(letters) | {sign.upper() for sign in wanted} | set("→✓≥≤–…“”ČčÑñŎŏŬŭ")
    for weight in ("Regular", "Medium", "SemiBold"):
        raw = QRawFont(str(resources() / "fonts" / f"IBMPlexSans-{weight}.ttf"), 14)
        missing = [sign for sign in wanted if not raw.supportsCharacter(ord(sign))]
        assert not missing, (weight, missing)
    metrics = QFontMetrics(fonts.font("body"))
    assert len({metrics.horizontalAdvance(digit) for digit in "0123456789"}) == 1


def test_weights_are_real_and_nothing_is_under_nine_points(qapp):
    widths = [
        QFontMetrics(fonts.font(role)).horizontalAdvance("Giàng A Páo mmmm") for role in ("body", "strong", "name")
    ]
    assert widths == sorted(set(widths))
    assert min(fonts.font(role).pointSizeF() for role in fonts.Role.__args__) >= 9


def test_each_icon_draws_and_is_one_colour(qapp):
    files = sorted((resources() / "icons").glob("*.svg"))
    assert len(files) >= 38
    for file in files:
        image = icons.pixmap(file.stem, 24, "#A3170F", 2.0).toImage()
        inked = [image.pixelColor(x, y) for x in range(48) for y in range(48) if image.pixelColor(x, y).alpha() == 255]
        assert inked, file.stem
        assert all(abs(pixel.red() - 0xA3) < 3 and pixel.green() < 30 for pixel in inked), file.stem
        source = file.read_text(encoding="utf-8")
        assert 'viewBox="0 0 24 24"' in source and 'stroke-width="1.7"' in source


def test_gallery_grabs_in_both_schemes(theme, shown):
    sheet = shown(Gallery())
    sheet.resize(1366, 768)
    for choice in ("light", "dark"):
        theme.choose(choice)
        image = sheet.grab().toImage()
        colours = {image.pixelColor(x, y).name() for x in range(0, 1366, 7) for y in range(0, 768, 7)}
        assert len(colours) > 15
    assert sheet.minimumSizeHint().height() <= 768 and sheet.minimumSizeHint().width() <= 1366
