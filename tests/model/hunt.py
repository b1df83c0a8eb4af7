"""`python -m tests.model.hunt [MUTANT] [--seconds N] [--from SEED]`: random stories until one finds a fault.

With a mutant's name the program is run with that fault planted in its source; exit status 1 when a story found a fault,
0 when none did in the time. Without one, the program as it is: it must survive.
"""

from __future__ import annotations

import argparse
import importlib.abc
import importlib.util
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.model.mutants import MUTANTS, Edit


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


def hunt(seconds: float, first: int) -> tuple[int, int | None, str]:
    """How many stories were told, the seed of the one that found a fault, and what it found."""

    random_story = import_module("tests.model.stories").random_story  # after the fault was planted
    play, template_of = import_module("tests.model.rest").play, import_module("tests.model.template")
    template_of.cheap_keys()
    with tempfile.TemporaryDirectory(dir=template_of.scratch()) as folder:
        template = template_of.make_template(Path(folder))
        until, seed = time.monotonic() + seconds, first
        while time.monotonic() < until:
            try:
                play(template, random_story(seed))
            except Exception as found:
                return seed - first + 1, seed, f"{type(found).__name__}: {str(found)[:300]}"
            seed += 1
    return seed - first, None, ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mutant", nargs="?", choices=sorted(MUTANTS))
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--from", dest="first", type=int, default=0)
    arguments = parser.parse_args()
    if arguments.mutant:
        sys.meta_path.insert(0, _Planter(MUTANTS[arguments.mutant]))
    told, seed, what = hunt(arguments.seconds, arguments.first)
    sys.stdout.write(
        f"{arguments.mutant or 'as it is'}: {told} stories, "
        + (f"seed {seed} found {what}" if what else "no fault")
        + "\n"
    )
    return 1 if seed is not None else 0


if __name__ == "__main__":
    sys.exit(main())
