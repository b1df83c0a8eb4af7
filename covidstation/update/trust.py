"""The keys whose updates this program takes: two are shipped, one of them is enough, the second is for rotation."""

from __future__ import annotations

import tomllib
from functools import cache

from covidstation.paths import resources
from covidstation.update.package import Keys, trusted

FILE = "release_keys.toml"


@cache
def release_keys() -> Keys:
    """The public keys of resources/release_keys.toml, by their ids."""
    return trusted(tomllib.loads((resources() / FILE).read_text("utf-8"))["keys"])
