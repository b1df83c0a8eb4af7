"""Secrets that the program makes up and a person types: the recovery code and one-time passphrases."""

from __future__ import annotations

import secrets
from typing import Final

from covidstation.errors import UserError

CODE_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I L O U to mistake
CODE_GROUPS: Final = 8
GROUP_LENGTH: Final = 5  # four letters of secret (20 bits) and one of check
_CONSONANTS: Final = "bcdghklmnprstv"
_VOWELS: Final = "aeiou"
PHRASE_GROUPS: Final = 4  # of two syllables each: 70^8, 49 bits


def new_recovery_code() -> str:
    """160 random bits as eight groups of five letters, the last of each group a check letter."""
    groups = []
    for _group in range(CODE_GROUPS):
        letters = "".join(secrets.choice(CODE_LETTERS) for _letter in range(GROUP_LENGTH - 1))
        groups.append(letters + _check_letter(letters))
    return "-".join(groups)


def _check_letter(letters: str) -> str:
    # Weights odd, so that they are units mod 32: one wrong letter is always found, most swaps too.
    return CODE_LETTERS[sum((2 * place + 1) * CODE_LETTERS.index(letter) for place, letter in enumerate(letters)) % 32]


def groups_of(text: str) -> list[str]:
    """What was typed as groups, however it was typed: spaces, hyphens, small letters, letters that look like digits."""
    letters = "".join(text.upper().split()).replace("-", "").replace("O", "0").replace("I", "1").replace("L", "1")
    return [letters[start : start + GROUP_LENGTH] for start in range(0, len(letters), GROUP_LENGTH)]


def read_recovery_code(text: str) -> str:
    """The code in its one spelling. Raises UserError keys.code_garbled with the number of the wrong group."""
    groups = groups_of(text)
    for number, group in enumerate(groups, 1):
        right = len(group) == GROUP_LENGTH and all(letter in CODE_LETTERS for letter in group)
        if not right or _check_letter(group[:-1]) != group[-1]:
            raise UserError("keys.code_garbled", group=number)
    if len(groups) != CODE_GROUPS:
        raise UserError("keys.code_garbled", group=min(len(groups), CODE_GROUPS) or 1)
    return "-".join(groups)


def new_one_time() -> str:
    """A passphrase for one use, easy to read out: `bade-kimo-tupa-ligo`, 49 bits."""
    return "-".join(_syllable() + _syllable() for _group in range(PHRASE_GROUPS))


def _syllable() -> str:
    return secrets.choice(_CONSONANTS) + secrets.choice(_VOWELS)


def read_one_time(text: str) -> str:
    """It in its one spelling, however it was typed: spaces, capitals and hyphens do not count."""
    letters = "".join(letter for letter in text.lower() if letter.isalpha())
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))
