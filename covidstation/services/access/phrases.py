"""Which passphrases are refused: the lists that the program ships, and the names of the place."""

from __future__ import annotations

from functools import cache

from covidstation.db import keys
from covidstation.domain.passphrases import weakness
from covidstation.errors import UserError
from covidstation.paths import resources


@cache
def _lists() -> tuple[frozenset[str], frozenset[str]]:
    folder = resources() / "passphrases"
    common, words = (
        frozenset(line for line in (folder / name).read_text(encoding="utf-8").split("\n") if line and line[0] != "#")
        for name in ("common.txt", "words.txt")
    )
    return common, words


def weakness_of(phrase: str, *names: str) -> str:
    """Why that passphrase would be guessed, as the code of a sentence; '' when it may be used."""
    try:
        keys.check_length(phrase)
    except UserError as trouble:
        return trouble.code
    return weakness(phrase, *_lists(), names)


def check_passphrase(phrase: str, *names: str) -> None:
    """Refuse one that is too short, common, a number or a name. `names`: of its owner and the station.

    Raises UserError keys.passphrase_short, keys.passphrase_common, keys.passphrase_number, keys.passphrase_name.
    """
    code = weakness_of(phrase, *names)
    if code:
        raise UserError(code, least=keys.LEAST_LENGTH)
