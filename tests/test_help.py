"""The help is whole: a page for each screen, links and pictures that exist, words that the program really shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from covidstation.ui.help.topics import OF_SCREEN, TOPICS, help_root
from covidstation.ui.main import HOMES, Pages, entries
from tools.texts import extract

LANGUAGES = ("vi", "en")
LINK = re.compile(r"(!?)\[[^\]]+\]\(([^)]+)\)")
QUOTED = re.compile(r"“([^”]+)”")
FILES = [
    pytest.param(help_root() / language / f"{topic}.md", id=f"{language}/{topic}")
    for language in LANGUAGES
    for topic in TOPICS
]


@pytest.fixture(scope="module")
def said() -> str:
    """All that the program says, without the marks of mnemonics."""
    found = []
    for message in extract():
        forms = message.id if isinstance(message.id, tuple | list) else (message.id,)
        found.extend(form.replace("&", "") for form in forms if form)
    return "\n".join(found)


@pytest.mark.parametrize("file", FILES)
def test_every_topic_has_its_page_and_begins_with_its_title(file: Path) -> None:
    assert re.match(r"# \S.+\n\n", file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("topic", TOPICS)
def test_a_page_is_long_enough_to_help_and_short_enough_to_be_read(topic: str) -> None:
    words = len((help_root() / "vi" / f"{topic}.md").read_text(encoding="utf-8").split())
    assert 150 <= words <= 400


def test_every_screen_has_its_topic() -> None:
    assert set(OF_SCREEN) == set(Pages.NAMES) - {"help"}
    assert set(OF_SCREEN.values()) <= set(TOPICS)
    assert {HOMES.get(entry.key, entry.key) for entry in entries()} <= set(OF_SCREEN)


@pytest.mark.parametrize("file", FILES)
def test_links_and_pictures_exist(file: Path) -> None:
    for mark, target in LINK.findall(file.read_text(encoding="utf-8")):
        if mark:
            assert target.startswith("../pictures/") and target.endswith("-light.png"), target
            for scheme in ("light", "dark"):
                assert (file.parent / target.replace("-light", f"-{scheme}")).is_file(), target
        else:
            assert target.removesuffix(".md") in TOPICS, target


def test_pictures_are_small_and_all_used() -> None:
    pictures = list((help_root() / "pictures").iterdir())
    texts = "".join(file.read_text(encoding="utf-8") for file in help_root().rglob("*.md"))
    assert sum(picture.stat().st_size for picture in pictures) <= 1_500_000
    assert [one.name for one in pictures if one.name.replace("-dark", "-light") not in texts] == []


@pytest.mark.parametrize("file", FILES)
def test_words_in_quotes_stand_in_the_program(file: Path, said: str) -> None:
    strange = [
        words
        for words in QUOTED.findall(file.read_text(encoding="utf-8"))
        if not re.search(rf"(?<!\w){re.escape(words.removesuffix(' …'))}(?!\w)", said, re.IGNORECASE)
    ]
    assert strange == []
