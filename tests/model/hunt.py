"""`python -m tests.model.hunt [MUTANT] [--seconds N] [--from SEED] [--database KIND]`: random stories until one finds
a fault.

With a mutant's name the program is run with that fault planted in its source; exit status 1 when a story found a fault,
0 when none did in the time, which is the processor's, so that a busy machine hunts as far. Without one, the program as
it is: it must survive.
"""

from __future__ import annotations

import argparse
import importlib.abc
import importlib.util
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder
from itertools import chain, count
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.model.mutants import MUTANTS, Edit

SQLITE, POSTGRESQL = "sqlite", "postgresql"


class _Planter(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads the named modules with their faults."""

    def __init__(self, edits: Sequence[Edit]) -> None:
        self.edits = {edit.module: [one for one in edits if one.module == edit.module] for edit in edits}

    def find_spec(self, fullname: str, path: Any, target: ModuleType | None = None) -> ModuleSpec | None:
        if fullname not in self.edits:
            return None
        found = PathFinder.find_spec(fullname, path, target)
        assert found is not None
        return importlib.util.spec_from_file_location(fullname, found.origin, loader=self)

    def exec_module(self, module: ModuleType) -> None:
        path = Path(module.__spec__.origin)
        source = path.read_text(encoding="utf-8")
        for edit in self.edits[module.__name__]:
            assert source.count(edit.old) == 1, f"{edit.module}: {edit.old!r}"
            source = source.replace(edit.old, edit.new)
        exec(compile(source, str(path), "exec"), module.__dict__)


@contextmanager
def databases(kind: str) -> Iterator[Any]:
    """Where the hubs live: in files, or on a server that is gone afterwards."""
    places = import_module("tests.model.databases")  # after the fault was planted
    if kind == SQLITE:
        yield places.Files()
        return
    with import_module("tests.hub.postgres").server() as url:
        yield places.OnServer(url)


def hunt(seconds: float, first: int, kind: str = SQLITE) -> tuple[int, str, str]:
    """How many stories were told, the name or seed of the one that found a fault, and what it found; empty for none.

    Stories that once found something come first, then a short one and a long one for each seed from `first` on.
    """

    stories = import_module("tests.model.stories")  # after the fault was planted
    play, template_of = import_module("tests.model.rest").play, import_module("tests.model.template")
    known = import_module("tests.model.found").FOUND.items() if not first else ()
    random = (
        (f"{kind} {seed}", tell(seed))
        for seed in count(first)
        for kind, tell in (("short", stories.short_story), ("seed", stories.random_story))
    )
    template_of.cheap_keys()
    told = 0
    with tempfile.TemporaryDirectory(dir=import_module("tests.haste").scratch()) as folder, databases(kind) as places:
        try:
            template = template_of.make_template(Path(folder), places)
        except Exception as found:
            return told, "the founding", _in_words(found)
        until = time.process_time() + seconds
        for name, story in chain(known, random):
            if time.process_time() > until:
                break
            told += 1
            try:
                play(template, story)
            except Exception as found:
                return told, name, _in_words(found)
    return told, "", ""


def _in_words(found: Exception) -> str:
    return f"{type(found).__name__}: {str(found)[:300]}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mutant", nargs="?", choices=sorted(MUTANTS))
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--from", dest="first", type=int, default=0)
    parser.add_argument("--database", choices=(SQLITE, POSTGRESQL), default=SQLITE)
    arguments = parser.parse_args()
    if arguments.mutant:
        sys.meta_path.insert(0, _Planter(MUTANTS[arguments.mutant]))
    told, story, what = hunt(arguments.seconds, arguments.first, arguments.database)
    sys.stdout.write(
        f"{arguments.mutant or 'as it is'}: {told} stories, "
        + (f"“{story}” found {what}" if what else "no fault")
        + "\n"
    )
    return 1 if what else 0


if __name__ == "__main__":
    sys.exit(main())
