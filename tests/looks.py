"""One look at each of the project's files for all tests that read them: parsing takes longer than looking."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache

from tools.doors import open_doors
from tools.layers import hidden_imports, too_large
from tools.sources import Source, sources

PROGRAM = "covidstation/"


@dataclass(frozen=True, slots=True)
class Look:
    """What was found in one file; `imports` are the names of whole packages."""

    path: str
    imports: frozenset[str]
    hidden: tuple[str, ...]
    large: tuple[str, ...]
    doors: tuple[str, ...]

    @property
    def shipped(self) -> bool:
        return self.path.startswith(PROGRAM)


@cache
def looks() -> tuple[Look, ...]:
    """Of every file that is checked; the trees themselves would fill half a gigabyte."""
    return tuple(_look(source) for source in sources())


def _look(source: Source) -> Look:
    return Look(
        source.path,
        frozenset(_imports(source.tree)),
        tuple(hidden_imports(source)),
        tuple(too_large(source)),
        tuple(open_doors(source)) if source.path.startswith(PROGRAM) else (),
    )


def _imports(tree: ast.Module) -> set[str]:
    names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    names += [
        node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module and not node.level
    ]
    return {name.partition(".")[0] for name in names}
