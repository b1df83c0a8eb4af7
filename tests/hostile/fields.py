"""Each nasty string into each text field: kept as typed, or refused in a sentence; never anything else.

`python -m tests.hostile.fields` tries every pair; the tests take each field with some of the strings in turn.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from covidstation.domain.text import clean
from covidstation.errors import UserError
from covidstation.messages import sentences
from tests.faults.haste import hurry
from tests.hostile.forms import forms
from tests.hostile.stage import Stage, last_seq, set_stage, texts_since
from tests.hostile.strings import NASTY

LONGEST_SENTENCE = 400
SHARED_MEMORY = Path("/dev/shm")

OWN_FORM = {  # fields that are read as something: which signs between their parts are not kept as they are
    "phone": re.compile(r"[\s.()-]"),
    "person.phone": re.compile(r"[\s.()-]"),
    "station.phone": re.compile(r"[\s.()-]"),
    "cells[phone]": re.compile(r"[\s.()-]"),
    "cells[symptoms]": re.compile(r"[\s,;+/]"),
    "body": re.compile(r'[\s"\\]|\\[nrt]'),  # a title within TOML
}


@dataclass(frozen=True)
class Result:
    """What became of one string in one field; `wrong` is empty when all is well."""

    form: str
    field: str
    string: str
    outcome: str
    wrong: str = ""


def try_one(stage: Stage, folder: Path, name: str, field: str, string: str) -> Result:
    """Fill the field, keep the form in a copy of the register, and look at what is there."""
    form = forms()[name]
    put = form.fields()[field]
    with stage.copied(folder / "copy") as db:
        before = last_seq(db)
        try:
            made = form.act(stage, db, put(NASTY[string]))
        except UserError as trouble:
            return Result(name, field, string, "refused", _wrong_words(sentences(trouble), last_seq(db) != before))
        except Exception as trouble:
            return Result(name, field, string, "broke", f"{type(trouble).__name__}: {str(trouble)[:200]}")
        kept = made if isinstance(made, list) else texts_since(db, before)
    return Result(name, field, string, "kept", _wrong_text(kept, NASTY[string], field))


def _wrong_words(said: list[str], changed: bool) -> str:
    if changed:
        return "refused, and yet something was written"
    if not said or any(not one or len(one) > LONGEST_SENTENCE for one in said):
        return f"no sentence for a person: {said!r}"[:200]
    return ""


def _wrong_text(kept: list[str], typed: str, field: str) -> str:
    hidden = [one for one in kept if any(ord(char) < 32 and char not in "\n\t" for char in one)]
    if hidden:
        return f"control signs kept: {hidden[0]!r}"[:200]
    wanted = clean(typed)
    forms_of = (wanted, wanted.replace(" ", "").upper(), wanted.replace("+84", "0", 1))  # a number at home
    found = any(form in " ".join(text.split()) for text in kept for form in forms_of)
    if (
        found
        or not wanted
        or (field in OWN_FORM and OWN_FORM[field].sub("", wanted) in _without(kept, OWN_FORM[field]))
    ):
        return ""
    return f"lost: {sorted(kept, key=len)[-1][:60]!r}" if kept else "nothing kept"


def _without(kept: list[str], signs: re.Pattern[str]) -> str:
    return "\n".join(signs.sub("", text) for text in kept)


def pairs(every: int = 1) -> Iterator[tuple[str, str, str]]:
    """(form, field, string); with `every` n, each field gets each n-th string, beginning elsewhere each time."""
    strings = list(NASTY)
    start = 0
    for name, form in forms().items():
        for field in form.fields():
            for string in strings[start % every :: every]:
                yield name, field, string
            start += 1


def main() -> int:
    """All pairs, or some; 1 when any went wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("every", type=int, nargs="?", default=1, help="each field gets each such string (1: all)")
    parser.add_argument("--forms", nargs="+", choices=[*forms()], help="only these")
    parser.add_argument("--but", nargs="+", choices=[*forms()], default=[], help="all but these")
    options = parser.parse_args()
    hurry()
    begun, outcomes, wrong = time.perf_counter(), Counter[str](), []
    with tempfile.TemporaryDirectory(dir=SHARED_MEMORY if SHARED_MEMORY.is_dir() else None) as folder:
        stage = set_stage(Path(folder) / "stage")
        for name, field, string in pairs(options.every):
            if name in options.but or name not in (options.forms or [name]):
                continue
            result = try_one(stage, Path(folder), name, field, string)
            outcomes[result.outcome] += 1
            if result.wrong:
                wrong.append(result)
                sys.stdout.write(f"{name}.{field} ← {string}: {result.wrong}\n")
                sys.stdout.flush()
    seconds = time.perf_counter() - begun
    sys.stdout.write(f"{sum(outcomes.values())} tries in {seconds:.0f} s: {dict(outcomes)}, {len(wrong)} wrong\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
