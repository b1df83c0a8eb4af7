"""Enter goes to the next field, Ctrl+Enter saves: one object on a form's container."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

_ENTERS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class FormKeys(QObject):
    """`FormKeys(form, save=self.save, leave=self.leave)`: works for whatever stands in `form` now and later.

    It hears the keys that the fields did not use themselves (Qt hands those to the container), so a field with an
    open list keeps its Enter and Esc. A focused button keeps Enter too: it is pressed.
    """

    def __init__(
        self,
        form: QWidget,
        *,
        save: Callable[[], object] | None = None,
        leave: Callable[[], object] | None = None,
    ) -> None:
        super().__init__(form)
        self._form, self._save, self._leave = form, save, leave
        form.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Take Enter, Ctrl+Enter and Esc."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.key() in _ENTERS and plain == Qt.KeyboardModifier.NoModifier:
            if not event.isAutoRepeat():
                focus_next(self._form)
            return True
        if event.key() in _ENTERS and plain == Qt.KeyboardModifier.ControlModifier and self._save:
            self._save()
            return True
        if event.key() == Qt.Key.Key_Escape and self._leave:
            self._leave()
            return True
        return False


def focus_next(form: QWidget) -> None:
    """Move to the next widget of the form that Tab would reach; at the end stay.

    A widget with the dynamic property `aside` (a link beside a field) is passed over: Tab alone reaches it.
    """
    start = QApplication.focusWidget()
    if start is None or not form.isAncestorOf(start):
        return
    found = start.nextInFocusChain()
    while found is not None and found is not start:
        reachable = found.isEnabled() and found.isVisibleTo(form) and not found.focusProxy()
        reachable = reachable and not found.property("aside")
        if reachable and found.focusPolicy() & Qt.FocusPolicy.TabFocus and form.isAncestorOf(found):
            found.setFocus(Qt.FocusReason.TabFocusReason)
            return
        found = found.nextInFocusChain()
