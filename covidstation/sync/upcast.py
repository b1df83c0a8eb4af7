"""Lines of an older data schema, read as if they had been written today (docs/bundle-format-1.md §13).

`STEPS` has one function for each table and version whose fields changed their meaning: it takes the fields of version
v and gives those of v + 1. A field that was only added needs no step. The line itself is kept as it came.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from covidstation.db.journal import SCHEMA
from covidstation.domain.ops import Op

Step = Callable[[Mapping[str, Any]], Mapping[str, Any]]

STEPS: Final[Mapping[tuple[str, int], Step]] = MappingProxyType({})
"""By table and version."""


def upcast(op: Op, steps: Mapping[tuple[str, int], Step] = STEPS, schema: int = SCHEMA) -> Op:
    """The operation in this program's schema; one of a newer schema stays as it is."""
    if op.schema >= schema:
        return op
    fields = op.fields
    for version in range(op.schema, schema):
        step = steps.get((op.table, version))
        if step is not None and op.action != "d":
            fields = step(fields)
    return replace(op, fields=fields, schema=schema)
