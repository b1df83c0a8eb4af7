"""Bundles changed on the way, and bundles of somebody with the right keys: the short form of both long runs."""

import json
import subprocess
import sys

import pytest

# The libraries of the register alone take more than a hundred megabytes; what a hostile file adds is what is looked at.
CASES = {
    "bundles 10000": (60, 60),
    "bundles 1000 --station": (150, 60),
    "signed 500": (150, 120),
}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("case", CASES)
def test_no_hostile_bundle_gets_in(case):
    module, *options = case.split()
    most, seconds = CASES[case]
    command = [sys.executable, "-m", f"tests.hostile.{module}", *options]
    run = subprocess.run(command, capture_output=True, text=True, timeout=seconds * 2, check=False)
    assert run.returncode == 0, run.stderr[-2000:]
    said = json.loads(run.stdout)
    assert "accepted" not in said.get("said", {})
    assert said["megabytes"] < most
    assert sum(sum(part.values()) for part in said.values() if isinstance(part, dict)) >= int(options[0]) * 9 // 10
