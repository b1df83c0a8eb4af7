"""The training store: the same for the same seed, exact, and with something of each kind to practise on."""

from covidstation.db.queries.supplies import SupplyState
from covidstation.services.supplies.look import look_at_store
from covidstation.services.training.store import seed_store
from covidstation.services.upkeep.check import check_register
from tests.services.samples import NOW, TODAY, catalog, found, opened
from tests.services.supplies.store import kept_sums


def seeded(folder, seed):
    by = found(folder).user_id
    register = opened(folder)
    seed_store(register.db, seed=seed, catalog=catalog(), by=by, now=NOW)
    return register


def lines(register):
    return look_at_store(register.db, catalog=catalog(), today=TODAY).lines


def test_the_same_seed_makes_the_same_store(tmp_path):
    first, again, other = (seeded(tmp_path / name, seed) for name, seed in (("a", 7), ("b", 7), ("c", 8)))
    told = [
        [(one.title, one.balance, one.expiry, one.states) for one in lines(register)]
        for register in (first, again, other)
    ]
    assert told[0] == told[1] != told[2]
    states = {state for one in lines(first) for state in one.states}
    assert {SupplyState.EXPIRED, SupplyState.EXPIRING, SupplyState.WELL} <= states
    assert all(balance >= 0 for balance in kept_sums(first.db).values())
    assert all(finding.good for finding in check_register(first.db, first.folder))
    for register in (first, again, other):
        register.db.close()
