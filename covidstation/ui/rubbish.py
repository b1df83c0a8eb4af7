"""Python's cycles are cleared away on the main thread, between events, and never anywhere else."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 1000


class Rubbish(QObject):
    """Stands in for the automatic collector.

    Left to itself it runs wherever memory is asked for: on a worker's thread, where no widget may be deleted, or
    inside the event of the very widget it takes away. Both end the program without a word. Here it runs when the
    event loop has nothing else to do, by the interpreter's own thresholds.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self.clear)

    def start(self) -> None:
        """From now on; what the start made is there for good and is not looked at again."""
        gc.disable()
        gc.freeze()
        self._timer.start()

    def stop(self) -> None:
        """The interpreter's own collector again."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()

    def clear(self) -> None:
        """The oldest generation that is due, and the younger ones with it."""
        due = [
            at for at, (made, most) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True)) if made > most
        ]
        if due:
            gc.collect(due[-1])
