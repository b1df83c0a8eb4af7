"""The short form of the soak (bar 33): a long day in ninety seconds, and nothing that was not entered has grown."""

import json
import os
import subprocess
import sys

import pytest

from tests.faults.soak_marks import COUNTED, Mark, broken
from tools.sources import ROOT


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_long_day_leaves_nothing_behind():
    """Memory is judged by the long run alone: in a minute Python and Qt still fill their caches."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.soak", "--minutes", "1.5"],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=580,
        check=False,
    )
    found = json.loads(done.stdout)
    assert [one for one in found["broken"] if not one.startswith("memory")] == []
    assert found["acts"] > 20 and found["papers"] > 0


STEADY = Mark(1.0, 300 << 20, 14, 4, 1400, 20, 2600, 280_000, 180_000, 16_512, 5_000)


def marks(**last):
    values = {name: getattr(STEADY, name) for name in Mark.__slots__}
    return [STEADY] * 10 + [Mark(**{**values, **last})] * 2


@pytest.mark.parametrize("name", COUNTED)
def test_one_more_of_anything_is_found(name):
    assert list(broken(marks(**{name: getattr(STEADY, name) + 1}))) != []


def test_memory_and_logs_have_their_bounds():
    assert list(broken(marks())) == []
    assert list(broken(marks(rss=round((300 << 20) * 1.04)))) == []
    assert "memory" in " ".join(broken(marks(rss=round((300 << 20) * 1.06))))
    assert list(broken(marks(python=300_000))) == []  # what was entered is shown
    assert "behind the lock" in " ".join(broken(marks(locked=182_000)))
    assert list(broken(marks(wal=16 << 20))) and list(broken(marks(log=5 << 20)))
