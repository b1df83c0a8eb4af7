"""Where things are: the data folder of this user, and the resources shipped with the program."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_data_path

PACKAGE = Path(__file__).parent


def default_data() -> Path:
    """The station's own data folder; training data has one beside it."""
    return user_data_path("CovidStation", appauthor=False)


def default_hub_data() -> Path:
    """The district's data folder."""
    return user_data_path("CovidStation-hub", appauthor=False)


def resources() -> Path:
    """The shipped resources: inside the package when installed, beside it in a checkout."""
    inside = PACKAGE / "_resources"
    return inside if inside.is_dir() else PACKAGE.parent / "resources"
