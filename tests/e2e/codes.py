"""A recovery code that a test knows, in the place of the printed one."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path

from covidstation.db import keys
from covidstation.services.access.keyring import vouch
from covidstation.services.access.opening import open_register
from tests.services.samples import CHEAP, PASSPHRASE


def known_code(folder: Path, passphrase: str = PASSPHRASE) -> str:
    """The register opens with this code from now on."""
    code = keys.new_recovery_code()
    with closing(open_register(folder, passphrase).db) as db:
        wrap = keys.new_wrap(db.key, code, kind="recovery", id=keys.RECOVERY, name="", role="head", cost=CHEAP)
        with db.write(None, datetime.now().astimezone()) as session:
            vouch(session, wrap)
        keys.put_wrap(folder, wrap)
    return code
