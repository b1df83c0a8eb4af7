"""Answers that are kept for as long as nothing was written into what they were read from.

Triggers count in `touched` how often each table was written into, whoever wrote. An answer is kept with the tables that
its own statements named and with their counts from before it was asked; it is given again only while all of them are
the same. One that reads a table that nobody counts is never kept: what is forgotten there costs time, not truth.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeVar, cast

from sqlalchemy import event, select

from covidstation.db.rows import Base, TouchedRow
from covidstation.db.session import Database

T = TypeVar("T")
_MOST: Final = 64  # answers of one register
_words: ContextVar[set[str] | None] = ContextVar("words", default=None)


@dataclass(frozen=True, slots=True)
class _Answer:
    value: object
    of: object
    counts: Mapping[str, int]


def kept(
    db: Database, key: Hashable, ask: Callable[[], T], *, of: object = None, counts: Mapping[str, int] | None = None
) -> T:
    """What `ask` answers, or the same as before. `key`: what was asked, with all that the answer depends on besides the
    register; `of`: what else it depends on, the same only if it is the same object. `counts`: those of a moment ago,
    for whoever asks for several things at once.

    The answer must be frozen, and the same for every user: whoever calls has been asked for their rights. `ask` opens
    its own snapshots: one from before would be older than the counts.
    """
    answers = _answers_of(db)
    before = counts_of(db) if counts is None else counts
    answer: _Answer | None = answers.get(key)
    if answer is None or answer.of is not of or any(before.get(one) != n for one, n in answer.counts.items()):
        with _listening() as words:
            value = ask()
        tables = frozenset().union(*map(_tables, words))
        answer = _Answer(value, of, {one: before.get(one, -1) for one in tables})
        if tables <= before.keys():
            answers[key] = answer
            answers.move_to_end(key)
            while len(answers) > _MOST:
                answers.popitem(last=False)
        else:
            answers.pop(key, None)
    _tell_outer(answer.counts)
    return cast(T, answer.value)


def _answers_of(db: Database) -> OrderedDict[Hashable, Any]:
    if not event.contains(db.engine, "before_cursor_execute", _hear):
        event.listen(db.engine, "before_cursor_execute", _hear)
    return db.answers


def counts_of(db: Database) -> Mapping[str, int]:
    """How often each table was written into until now."""
    with db.read() as session:
        return {table: turn for table, turn in session.execute(_COUNTS)}


_COUNTS: Final = select(TouchedRow.tbl, TouchedRow.turn)


@contextmanager
def _listening() -> Iterator[set[str]]:
    heard: set[str] = set()
    token = _words.set(heard)
    try:
        yield heard
    finally:
        _words.reset(token)
        _tell_outer(heard)


def _hear(_connection: Any, _cursor: Any, statement: str, _values: Any, _context: Any, _many: bool) -> None:
    _tell_outer((statement,))


def _tell_outer(said: Any) -> None:
    """Statements, or names of tables, of an answer inside another one."""
    heard = _words.get()
    if heard is not None:
        heard.update(said)


@lru_cache(maxsize=1024)
def _tables(statement: str) -> frozenset[str]:
    """The tables that it may read: each whose name it holds, were it but a column's."""
    return frozenset(re.findall(r"\w+", statement)) & Base.metadata.tables.keys() - {TouchedRow.__tablename__}
