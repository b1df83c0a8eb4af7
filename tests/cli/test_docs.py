"""docs/command-line.md says every command, option and key that there is, and no other."""

import argparse
import ast
import re

import pytest

from covidstation.cli import build_parser
from covidstation.services.exchange.bundles import Exported, Taken
from covidstation.services.scans import ScanOutcome
from covidstation.services.upkeep.check import SENTENCES
from tools.sources import ROOT

TEXT = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## ([a-z-]+)\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL))
RESULTS = ROOT / "covidstation" / "cli"


def commands() -> dict[str, argparse.ArgumentParser]:
    (action,) = [action for action in build_parser()._actions if action.dest == "command"]
    return dict(action.choices)


def options(parser: argparse.ArgumentParser) -> set[str]:
    return {name for action in parser._actions for name in action.option_strings if name.startswith("--")} - {"--help"}


def below(parser: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
    """The command itself and its acts, where it has some."""
    acts = [action.choices for action in parser._actions if isinstance(action.choices, dict)]
    return [parser, *(act for choices in acts for act in choices.values())]


def dict_keys(function: str) -> set[str]:
    """The literal keys of the objects that a function of the command line makes."""
    found = set()
    for file in RESULTS.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name == function:
                for inner in ast.walk(node):
                    if isinstance(inner, ast.Dict):
                        found |= {key.value for key in inner.keys if isinstance(key, ast.Constant)}
    return found


def told_keys(command: str) -> set[str]:
    """The keys of the JSON table of a section, without what stands before their dot."""
    (table,) = re.findall(r"\| key \| meaning \|\n\|---\|---\|\n((?:\|.*\n)+)", SECTIONS[command])
    keys = set()
    for row in table.splitlines():
        for name in re.findall(r"`([^`]+)`", row.split("|")[1]):
            keys |= {part.removesuffix("[]") for part in name.split(".")}
    return keys


def test_every_command_has_its_section():
    assert commands().keys() == SECTIONS.keys()


@pytest.mark.parametrize("command", sorted(commands()))
def test_every_option_is_told(command):
    told = set(re.findall(r"--[a-z][a-z-]*", SECTIONS[command])) - {"--"}
    own = set().union(*map(options, below(commands()[command])))
    assert told - options(build_parser()) == own, "beside those that stand before the command"


def test_the_words_before_the_command_are_told():
    head = TEXT.split("## init")[0]
    assert options(build_parser()) <= set(re.findall(r"--[a-z][a-z-]*", head))


@pytest.mark.parametrize(
    ("command", "functions"),
    [
        ("init", ["_init"]),
        ("status", ["status_result"]),
        ("check", ["_check", "finding_result"]),
        ("export", ["export_result"]),
        ("import", ["import_result", "_came_back"]),
        ("sync", ["sync_result"]),
        ("papers", ["_papers", "issued_result"]),
        ("report", ["report_result"]),
        ("export-fhir", ["fhir"]),
        ("export-csv", ["five_parts"]),
        ("scan", ["scan_result", "certificate_result", "content_result", "offers_result"]),
        ("trust", ["trust_result", "list_result"]),
        ("update", ["look_result", "installed_result"]),
        ("users", ["users_result", "act_on_users", "one_time_result"]),
        ("recover", ["one_time_result"]),
        ("backup", ["run_backup"]),
        ("restore", ["run_restore", "copy_result"]),
    ],
)
def test_every_key_is_told(command, functions):
    made = set().union(*map(dict_keys, functions))
    params = {name for text in SENTENCES.values() for name in re.findall(r"\{(\w+)\}", text)}
    assert told_keys(command) == made | (params if command == "check" else set())


def test_the_fields_of_a_card_are_told():
    (row,) = [line for line in SECTIONS["scan"].splitlines() if line.startswith("| `fields`")]
    assert set(re.findall(r"`(\w+)`", row)) - {"fields"} == dict_keys("draft_result")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("check", set(SENTENCES)),
        ("export", {one.value for one in Exported}),
        ("import", {one.value for one in Taken}),
        ("scan", {one.value for one in ScanOutcome}),
    ],
)
def test_every_word_of_a_value_is_told(command, words):
    assert words <= set(re.findall(r"`([^`]+)`", SECTIONS[command]))


def test_the_examples_are_commands():
    for line in re.findall(r"^covidstation .*$", TEXT, re.MULTILINE):
        named = set(re.findall(r"\b(?:" + "|".join(commands()) + r")\b", line))
        assert named or "the window" in line or line.endswith("\\"), line
