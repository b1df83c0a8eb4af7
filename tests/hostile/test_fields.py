"""Every text field with nasty strings: kept as typed, or refused in a sentence."""

import dataclasses
import importlib
import pkgutil

import pytest

import covidstation.domain
import covidstation.services
from tests.hostile.fields import pairs, try_one
from tests.hostile.forms import forms
from tests.hostile.stage import set_stage
from tests.hostile.strings import NASTY

EVERY = 40  # of the strings a field gets one in so many, each field others


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    return set_stage(tmp_path_factory.mktemp("stage") / "register")


def test_the_corpus_is_large_and_its_strings_differ():
    assert len(NASTY) >= 60
    assert len(set(NASTY.values())) == len(NASTY)


@pytest.mark.parametrize("form", forms())
def test_each_field_keeps_it_or_says_why(stage, tmp_path, form):
    tried = [one for one in pairs(EVERY) if one[0] == form]
    assert tried
    results = [try_one(stage, tmp_path, *one) for one in tried]
    assert [one for one in results if one.wrong] == []


@pytest.mark.parametrize("string", NASTY)
def test_each_string_as_a_name(stage, tmp_path, string):
    result = try_one(stage, tmp_path, "register person", "full_name", string)
    assert result.wrong == ""


def test_every_draft_of_the_program_is_tried():
    """A new form that is in no row of `forms` fails here."""
    tried = {kind for form in forms().values() for kind in _kinds(form.draft)}
    assert sorted(kind.__name__ for kind in _drafts() - tried) == []


def _drafts():
    found = set()
    for package in (covidstation.domain, covidstation.services):
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            for kind in vars(importlib.import_module(module.name)).values():
                if (
                    isinstance(kind, type)
                    and kind.__name__.endswith("Draft")
                    and kind.__name__ != "Draft"
                    and dataclasses.is_dataclass(kind)
                ):
                    found.add(kind)
    return found


def _kinds(value):
    if dataclasses.is_dataclass(value):
        yield type(value)
        for field in dataclasses.fields(value):
            yield from _kinds(getattr(value, field.name))
    elif isinstance(value, tuple):
        for one in value:
            yield from _kinds(one)
