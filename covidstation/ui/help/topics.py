"""The pages of the help: which there are, their titles and files, and which one belongs to which screen."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from covidstation.i18n import LANGUAGES, language
from covidstation.paths import resources

FIRST: Final = "start"
TOPICS: Final = (
    "start",
    "scan",
    "certificates",
    "new-f0",
    "triage",
    "line-list",
    "medicines",
    "rounds",
    "register",
    "person",
    "contacts",
    "households",
    "chronic",
    "dispensing",
    "reviews",
    "vaccination",
    "vaccine-session",
    "vaccine-coverage",
    "doses",
    "supplies",
    "allotments",
    "cold-chain",
    "papers",
    "missing",
    "reports",
    "exports",
    "sync",
    "conflicts",
    "station-keys",
    "district",
    "safety",
    "restore",
    "privacy",
    "settings",
    "users",
    "locking",
    "audit",
    "rules",
    "keys",
    "update",
    "training",
)
"""In the order of the index; each is a Markdown file of that name in every language's folder."""

OF_SCREEN: Final = {
    "today": "start",
    "f0_form": "new-f0",
    "f0_list": "register",
    "rounds": "rounds",
    "line_list": "line-list",
    "person": "person",
    "contacts": "contacts",
    "households": "households",
    "household": "households",
    "chronic": "chronic",
    "medicines_due": "dispensing",
    "reviews": "reviews",
    "vulnerable": "reviews",
    "vaccination": "vaccination",
    "session": "vaccine-session",
    "reactions": "vaccine-session",
    "coverage": "vaccine-coverage",
    "vaccine_targets": "vaccine-coverage",
    "supplies": "supplies",
    "supply": "supplies",
    "fridge": "cold-chain",
    "paper": "papers",
    "book": "papers",
    "missing": "missing",
    "reports": "reports",
    "sync": "sync",
    "district": "district",
    "settings": "settings",
}
"""Page's object name → what F1 opens there."""


def help_root() -> Path:
    """Nothing outside this folder is ever shown as help."""
    return resources() / "help"


def topic_of(screen: str) -> str:
    """The topic for that page; the first one for a page that has none."""
    return OF_SCREEN.get(screen, FIRST)


def topic_file(topic: str) -> Path:
    """The topic's file in the language in use."""
    spoken = language()
    return help_root() / (spoken if spoken in LANGUAGES else "vi") / f"{topic}.md"


def title_of(topic: str) -> str:
    """The topic's name: the first heading of its file."""
    first = topic_file(topic).read_text(encoding="utf-8").split("\n", 1)[0]
    return first.removeprefix("#").strip()
