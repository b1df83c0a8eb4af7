"""A damaged bit in the log of a killed register never goes unsaid."""

import pytest

from tests.faults.log_flips import SAVES, Count, contents, killed, run


@pytest.mark.timeout(120)
def test_every_damaged_bit_of_the_log_is_noticed(tmp_path):
    count = run(tmp_path, 25)
    assert count.silent == 0
    assert count.named + count.refused + count.harmless == 25
    assert count.named > 15, "the log was folded in before: nothing was tried"


@pytest.mark.timeout(120)
def test_a_kill_alone_loses_nothing_and_alarms_nobody(tmp_path):
    assert contents(killed(tmp_path / "data")) == (SAVES, SAVES, False)
    assert Count(1).silent == 0
