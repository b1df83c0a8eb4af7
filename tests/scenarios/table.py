"""All of them, by the system that they come from."""

from __future__ import annotations

from tests.scenarios.anki import ANKI
from tests.scenarios.lessons import LESSONS
from tests.scenarios.morango import MORANGO
from tests.scenarios.pouch import POUCH
from tests.scenarios.restores import RESTORES
from tests.scenarios.watermelon import WATERMELON

SUITES = (POUCH, MORANGO, ANKI, WATERMELON, LESSONS, RESTORES)
SCENARIOS = [one for suite in SUITES for one in suite.scenarios]
