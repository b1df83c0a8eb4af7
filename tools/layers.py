"""Holds the rooms apart and the code small: import contracts, imports inside functions, sizes (docs/adr/0001)."""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Iterator

from importlinter.cli import lint_imports

from tools.sources import ROOT, Source, sources

FILE_LINES = 450
FUNCTION_LINES = 60
FROZEN = "/migrations/versions/"  # a released migration is never reworked to be shorter
MARK = "noqa: PLC0415"

Function = ast.FunctionDef | ast.AsyncFunctionDef


def contracts_hold() -> bool:
    """Run the contracts of pyproject.toml; what they break is printed."""
    os.chdir(ROOT)
    return lint_imports(no_cache=True, no_logo=True) == 0


def functions(source: Source) -> Iterator[Function]:
    """Every function of the file, inner ones too."""
    return (node for node in ast.walk(source.tree) if isinstance(node, Function))


def hidden_imports(source: Source) -> list[str]:
    """Imports inside a function that do not say why: they hide a circle, or slow a click down."""
    lines = source.lines
    return [
        f"{source.path}:{node.lineno}: import inside {function.name}()"
        for function in functions(source)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom) and not _says_why(lines, node.lineno - 1)
    ]


def _says_why(lines: list[str], at: int) -> bool:
    """Marked, with the reason behind the mark or in a comment above; imports that stand together share one."""
    if MARK not in lines[at]:
        return False
    while at > 0 and (not lines[at].strip() or MARK in lines[at]):
        if lines[at].partition(MARK)[2].strip(" -:,"):
            return True
        at -= 1
    return lines[at].lstrip().startswith("#")


def too_large(source: Source) -> list[str]:
    """Files and functions past the sizes that a reader holds in the head."""
    if FROZEN in source.path:
        return []
    count = len(source.lines)
    found = [f"{source.path}: {count} lines, at most {FILE_LINES}"] if count > FILE_LINES else []
    for function in functions(source):
        length = (function.end_lineno or function.lineno) - function.lineno + 1
        if length > FUNCTION_LINES:
            found.append(
                f"{source.path}:{function.lineno}: {function.name}() has {length} lines, at most {FUNCTION_LINES}"
            )
    return found


def main() -> int:
    """Print what is wrong; 0 when nothing is."""
    wrong = [line for source in sources() for line in (*hidden_imports(source), *too_large(source))]
    print("\n".join(wrong), end="\n" if wrong else "")
    return 0 if contracts_hold() and not wrong else 1


if __name__ == "__main__":
    sys.exit(main())
