"""The only thread code of the program: work off the main thread, answers back on it."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

from covidstation.errors import UserError

log = logging.getLogger(__name__)

T = TypeVar("T")
Ok = Callable[[T], object]
Fail = Callable[[UserError], object]


class TaskRunner(Protocol):
    """What pages need: `Tasks` in the program, `InlineTasks` in tests."""

    def run(self, parent: QObject, op: Callable[[], T], ok: Ok[T], fail: Fail | None = None) -> None:
        """`op` on the database thread, then `ok(result)` or `fail(error)` on the main one."""

    def background(self, parent: QObject, op: Callable[[], T], ok: Ok[T], fail: Fail | None = None) -> None:
        """The same on the pool for slow work that must not stand in the database's queue (PDF, USB)."""

    def alone(self, parent: QObject, op: Callable[[], T], ok: Ok[T], fail: Fail | None = None) -> None:
        """The same on a thread of its own, for what may wait minutes for a network; nobody waits for it at the end."""


def _unhandled(trouble: BaseException) -> None:
    sys.excepthook(type(trouble), trouble, trouble.__traceback__)


class _Settler:
    """Calls back on the main thread; shared by both runners."""

    def __init__(
        self, present: Callable[[QObject, UserError], object], unhandled: Callable[[BaseException], object]
    ) -> None:
        self.present = present
        self.unhandled = unhandled

    def settle(self, parent: QObject, future: Future[T], ok: Ok[T], fail: Fail | None) -> None:
        """Nothing is called when the parent is gone."""
        if future.cancelled() or not shiboken6.isValid(parent):
            return
        trouble = future.exception()
        if trouble is None:
            ok(future.result())
        elif not isinstance(trouble, UserError):
            self.unhandled(trouble)
        elif fail is not None:
            fail(trouble)
        else:
            self.present(parent, trouble)


def _no_presenter(_parent: QObject, trouble: UserError) -> None:
    log.error("no presenter for %s", trouble.code)


class Tasks(QObject):
    """`run`: one database thread, in order. `background`: two threads for slow reads.

    `present(parent, error)` shows a UserError when the caller gave no `fail`; `unhandled(exception)` is the last
    resort for anything else (a bug): by default the process's except hook.
    """

    _done = Signal(object)

    def __init__(
        self,
        present: Callable[[QObject, UserError], object] = _no_presenter,
        unhandled: Callable[[BaseException], object] = _unhandled,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._database = ThreadPoolExecutor(1, thread_name_prefix="database")
        self._slow = ThreadPoolExecutor(2, thread_name_prefix="slow")
        self._settler = _Settler(present, unhandled)
        self._closed = False
        self._done.connect(self._settle, Qt.ConnectionType.QueuedConnection)

    def run(self, parent: QObject, op: Callable[[], T], ok: Ok[T], fail: Fail | None = None) -> None:
        """`op()` on the one database thread, in the order of asking; see the class for `ok` and `fail`."""
        self._submit(self._database, parent, op, ok, fail)

    def background(self, parent: QObject, op: Callable[[], T], ok: Ok[T], fail: Fail | None = None) -> None:
        """`op()` on the slow pool: it must not touch the database."""
        self._submit(self._slow, parent, op, ok, fail)

    def alone(self, parent: QObject, op: Callable[[], T], ok: Ok[T], fail: Fail | None = None) -> None:
        """`op()` on a thread of its own, which ends with the process: whatever it does may be cut off at any point."""
        if self._closed:
            return
        future: Future[T] = Future()
        future.add_done_callback(self._finished(parent, ok, fail))

        def work() -> None:
            try:
                future.set_result(op())
            except BaseException as trouble:
                future.set_exception(trouble)

        threading.Thread(target=work, name="alone", daemon=True).start()

    def close(self) -> None:
        """Finish what runs, drop what waits on the slow pool, call nothing back any more."""
        self._closed = True
        self._slow.shutdown(wait=True, cancel_futures=True)
        self._database.shutdown(wait=True)

    def _submit(
        self, pool: ThreadPoolExecutor, parent: QObject, op: Callable[[], T], ok: Ok[T], fail: Fail | None
    ) -> None:
        if not self._closed:
            pool.submit(op).add_done_callback(self._finished(parent, ok, fail))

    def _finished(self, parent: QObject, ok: Ok[T], fail: Fail | None) -> Callable[[Future[T]], None]:
        def finished(future: Future[T]) -> None:
            if not self._closed and shiboken6.isValid(self):
                self._done.emit(lambda: self._settler.settle(parent, future, ok, fail))

        return finished

    def _settle(self, call: Callable[[], None]) -> None:
        if not self._closed:
            call()


class InlineTasks:
    """For tests: the same contract, everything at once on the calling thread; keeps what was presented."""

    def __init__(self) -> None:
        self.presented: list[UserError] = []
        self._settler = _Settler(lambda _parent, trouble: self.presented.append(trouble), self._raise)

    @staticmethod
    def _raise(trouble: BaseException) -> None:
        raise trouble

    def run(self, parent: QObject, op: Callable[[], T], ok: Ok[T], fail: Fail | None = None) -> None:
        """As `Tasks.run`; a bug in `op` is raised here."""
        future: Future[T] = Future()
        try:
            future.set_result(op())
        except Exception as trouble:
            future.set_exception(trouble)
        self._settler.settle(parent, future, ok, fail)

    background = alone = run
