"""The page of bars is that of the table, and every command in it is one that can be run."""

import importlib.util
import shlex

from tools import bars
from tools.sources import ROOT


def test_the_page_is_that_of_the_table():
    assert bars.PAGE.read_text(encoding="utf-8") == bars.page(), "run `./run bars --page`"


def test_each_bar_stands_once_and_its_command_names_what_is_there():
    found = bars.read_bars()
    numbers = [bar.n for bar in found]
    assert numbers == sorted(set(numbers)) and set(range(1, 30)) | set(range(33, 39)) == set(numbers)
    for bar in found:
        assert bar.state in bars.STATES
        for command in filter(None, (bar.short, bar.long)):
            words = shlex.split(command)
            assert words[0] == "-m" and importlib.util.find_spec(words[1]), command
            assert all((ROOT / word).exists() for word in words if word.startswith("tests/")), command


def test_a_bar_that_is_missed_is_said(capsys):
    good = bars.Bar(1, "x", "open", short="-c 'print(7)'")
    assert bars.run(good, in_full=False) and "good" in capsys.readouterr().out
    bad = bars.Bar(2, "x", "open", short="-c 'raise SystemExit(1)'")
    assert not bars.run(bad, in_full=False) and "BAD" in capsys.readouterr().out
