"""What every test of a window needs, wherever it stands."""

from __future__ import annotations

import gc

import pytest

from tests.haste import hurry

_FULL = 20  # collections of the younger generations between two whole ones


def pytest_configure() -> None:
    """Before any test or child of a test opens a register."""
    hurry()


def pytest_collection_finish() -> None:
    """Modules and tests stay to the end: no collection looks at them again, 0.3 s each time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def rubbish(request: pytest.FixtureRequest):
    """As in the program (`ui.rubbish`): cycles of widgets are never cleared inside an event or on another thread.

    The automatic collector works again only once no widget is left to it.
    """
    windows = "qapp" in request.fixturenames
    if windows:
        gc.disable()
    elif not gc.isenabled():
        gc.collect()
        gc.enable()
    yield
    if windows:
        gc.collect(2 if gc.get_count()[2] > _FULL else 1)
