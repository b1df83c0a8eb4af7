"""The rooms stay apart and the code stays small."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.looks import looks
from tools.layers import hidden_imports, too_large
from tools.sources import ROOT, Source


def test_each_room_knows_only_the_rooms_below():
    # In a process of its own: the checker sets up logging for the whole process.
    code = "import sys; from tools.layers import contracts_hold; sys.exit(not contracts_hold())"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=50)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.timeout(180)  # whoever comes first looks for all
def test_no_import_hides_in_a_function():
    assert [line for look in looks() for line in look.hidden] == []


@pytest.mark.timeout(180)  # whoever comes first looks for all
def test_files_and_functions_fit_in_a_head():
    assert [line for look in looks() for line in look.large] == []


@pytest.mark.parametrize(
    "text",
    [
        "def f():\n    import csv\n",
        "def f():\n    import csv  # noqa: PLC0415\n",
        "class A:\n    def f(self):\n        if self:\n            from csv import reader\n",
    ],
)
def test_an_import_without_its_reason_is_found(text: str):
    assert hidden_imports(Source.of("x.py", text))


@pytest.mark.parametrize(
    "text",
    [
        "import csv\ndef f():\n    return csv\n",
        "def f():\n    # 80 ms that a start without it saves\n    import csv  # noqa: PLC0415\n",
        "def f():\n    # Both are heavy.\n    import csv  # noqa: PLC0415\n\n    import json  # noqa: PLC0415\n",
        "def f():\n    import csv  # noqa: PLC0415 -- heavy, 80 ms\n",
        "def f():\n    import csv  # noqa: PLC0415  (heavy)\n    import json  # noqa: PLC0415\n",
    ],
)
def test_an_import_with_its_reason_passes(text: str):
    assert hidden_imports(Source.of("x.py", text)) == []


def test_long_files_and_functions_are_found():
    long_function = "def f():\n" + "    x = 1\n" * 60
    assert [line.partition(": ")[2] for line in too_large(Source.of("x.py", long_function))] == [
        "f() has 61 lines, at most 60"
    ]
    assert too_large(Source.of("x.py", "def f():\n" + "    x = 1\n" * 59)) == []
    assert too_large(Source.of("x.py", "x = 1\n" * 451)) == ["x.py: 451 lines, at most 450"]
