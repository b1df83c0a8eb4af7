"""Eight words that two people compare by phone instead of a key (docs/bundle-format-1.md §6)."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Final

from covidstation.paths import resources

WORDS: Final = 8
SALT: Final = b"CSB1 words"
MEMORY: Final = 64 << 20  # scrypt takes 32 MiB at these parameters; OpenSSL wants a limit above


@cache
def word_list() -> tuple[str, ...]:
    """The 256 words of resources/codes/words_vi.txt, in their order, which is part of the format."""
    words = tuple((resources() / "codes" / "words_vi.txt").read_text(encoding="utf-8").splitlines())
    if len(words) != 256:
        raise ValueError("the word list must have 256 words")
    return words


def eight_words(material: bytes) -> tuple[str, ...]:
    """The words for public key material. Takes about a tenth of a second on purpose: guessing must cost."""
    digest = hashlib.scrypt(material, salt=SALT, n=1 << 15, r=8, p=1, maxmem=MEMORY, dklen=WORDS)
    return tuple(word_list()[octet] for octet in digest)
