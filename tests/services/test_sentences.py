"""Every trouble that the rooms below the windows can raise has its sentence."""

import ast
import re

from covidstation.domain.problems import Problem
from covidstation.messages import SENTENCES, sentence
from covidstation.services.upkeep.check import SENTENCES as FINDINGS
from tools.sources import sources

CODE = re.compile(r"[a-z_]+(\.[a-z_]+)+")
RAISED = {"UserError", "BundleRefused", "Problem"}


def codes():
    """(place, code) of every literal code that makes a trouble."""
    for source in sources("covidstation"):
        for node in ast.walk(source.tree):
            if not isinstance(node, ast.Call) or getattr(node.func, "id", "") not in RAISED:
                continue
            for argument in node.args[:2]:
                value = getattr(argument, "value", None)
                if isinstance(value, str) and CODE.fullmatch(value):
                    yield f"{source.path}:{node.lineno}", value


def test_every_code_has_a_sentence():
    found = list(codes())
    assert len(found) > 100
    assert [(place, code) for place, code in found if code not in SENTENCES and code not in FINDINGS] == []


def test_no_sentence_is_a_stub():
    for code, text in SENTENCES.items():
        assert len(text) >= 4, code
        assert not re.search(r"TODO|xxx|\{\}", text), code


def test_a_number_stays_on_the_line_of_its_unit_and_nothing_else_breaks_the_sentence():
    problem = Problem(
        "spo2", "rounds.spo2_impossible", {"value": "9\u00a0%", "from": "50\u200b", "to": "1\n0  0\u00a0"}
    )
    assert "9\u00a0% không thể có, từ 50 đến 1 0 0." in sentence(problem)
