"""Lines of an older schema are read step by step as if they had been written today."""

from covidstation.domain.ops import Op
from covidstation.sync.upcast import upcast

STEPS = {
    ("person", 1): lambda fields: {"years": fields["age"]},
    ("person", 3): lambda fields: {"birth_year": 2022 - fields["years"]},
}


def op(**changes):
    parts = {
        "seq": 1, "stamp": 8, "action": "u", "table": "person", "row": "0" * 32, "fields": {"age": 54},
        "actor": "0" * 32, "schema": 1, "base": 4,
    }  # fmt: skip
    return Op(**(parts | changes))


def test_each_step_in_its_order_and_none_where_there_is_none():
    found = upcast(op(), STEPS, 4)
    assert (dict(found.fields), found.schema, found.stamp) == ({"birth_year": 1968}, 4, 8)
    assert dict(upcast(op(schema=3, fields={"years": 54}), STEPS, 4).fields) == {"birth_year": 1968}
    assert dict(upcast(op(table="visit"), STEPS, 4).fields) == {"age": 54}


def test_a_newer_line_and_a_deletion_are_left_as_they_are():
    assert upcast(op(schema=9), STEPS, 4) == op(schema=9)
    assert upcast(op(action="d", fields={}), STEPS, 4).fields == {}


def test_this_version_reads_its_own_lines_as_they_are():
    assert upcast(op()) == op()
