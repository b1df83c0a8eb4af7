"""Every service names the right it needs; every role is let in or refused as the table says."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from pathlib import Path
from uuid import UUID

import pytest

import covidstation.services
from covidstation.domain.rights import RIGHTS_OF, Actor, Right
from covidstation.domain.station import Role
from covidstation.errors import UserError
from covidstation.messages import SENTENCES
from covidstation.services.rights import TABLE, needs

ROLES_PAGE = Path(__file__).parents[2] / "docs" / "roles.md"
REGISTERS = ("Database", "Register")


def modules():
    packages = pkgutil.walk_packages(covidstation.services.__path__, "covidstation.services.")
    return [importlib.import_module(found.name) for found in packages]


def services():
    """Every public function that is given an open register first."""
    for module in modules():
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if name.startswith("_") or inspect.unwrap(function).__module__ != module.__name__:
                continue
            parameters = list(inspect.signature(function).parameters.values())
            if parameters and parameters[0].annotation in REGISTERS:
                yield f"{module.__name__.removeprefix('covidstation.services.')}.{name}"


def test_every_service_has_a_row_in_the_table():
    modules()
    found = set(services())
    assert found == set(TABLE), "name the right of each service with @needs(Right.…)"
    assert len(found) > 150


def test_every_right_says_why_it_was_refused():
    assert all(f"rights.{right.value}" in SENTENCES for right in Right)


def test_the_page_of_roles_is_the_table():
    modules()
    text = ROLES_PAGE.read_text()
    for name, right in TABLE.items():
        assert f"| `{name}` | {right.value} |" in text, f"{name}: run `./run roles`"
    assert text.count("\n| `") == len(TABLE)


class Held:
    """A register in somebody's hands."""

    def __init__(self, role: Role | None) -> None:
        self.actor = Actor(UUID(int=1), "Lò Thị Mai", role) if role else None


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("right", Right)
def test_a_role_is_let_in_or_refused_by_the_table(role, right):
    called = []

    def service(db: Held) -> str:
        called.append(db)
        return "done"

    guarded = needs(right)(service)
    TABLE.pop(f"{service.__module__}.{service.__name__}")
    if right in RIGHTS_OF[role]:
        assert guarded(Held(role)) == "done"
    else:
        with pytest.raises(UserError) as refused:
            guarded(Held(role))
        assert refused.value.code == f"rights.{right.value}"
        assert not called
    assert guarded(Held(None)) == "done"


def test_who_may_do_what():
    may = {role: {right.value for right in rights} for role, rights in RIGHTS_OF.items()}
    assert may[Role.READ_ONLY] == {"own", "see"}
    assert may[Role.DATA_ENTRY] == may[Role.READ_ONLY] | {"print", "enter", "send"}
    assert may[Role.CLINICIAN] == may[Role.DATA_ENTRY] | {"treat", "issue", "report", "export"}
    assert may[Role.HEAD] == may[Role.CLINICIAN] | {"manage"}
    assert may[Role.HEAD] == {right.value for right in Right}
