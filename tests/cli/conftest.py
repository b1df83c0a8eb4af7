"""The fixtures of the register."""

from tests.services.fixtures import *  # noqa: F403
