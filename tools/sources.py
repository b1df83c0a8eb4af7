"""The project's own Python files, parsed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
CHECKED = ("covidstation", "tools", "benchmarks", "tests")


@dataclass(frozen=True, slots=True)
class Source:
    """One file: its path from the root with forward slashes, its text and its tree."""

    path: str
    text: str
    tree: ast.Module

    @classmethod
    def of(cls, path: str, text: str) -> Source:
        """Parse the text. Raises SyntaxError."""
        return cls(path, text, ast.parse(text))

    @property
    def lines(self) -> list[str]:
        """The lines, counted from 0."""
        return self.text.splitlines()


def sources(*folders: str) -> Iterator[Source]:
    """Every Python file of those folders, or of all that are checked, by path."""
    for folder in folders or CHECKED:
        for file in sorted((ROOT / folder).rglob("*.py")):
            yield Source.of(file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8"))
