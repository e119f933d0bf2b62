"""Pinyin of names: the letters that people type to find goods. Tones are left out."""

from __future__ import annotations

import dataclasses
import functools
import itertools
from collections.abc import Iterable

READINGS_MAX = 3
"""Of a character, the commonest first: what is rarer nobody types."""
INITIALS_MAX = 24
SPELLINGS_MAX = 12
"""Of a name with characters that have several readings: bounds what is stored."""
NAME_LENGTH_MAX = 40
"""Characters of a name that are spelled: nobody types more."""


@dataclasses.dataclass(frozen=True, slots=True)
class Pinyin:
    """How a name may be typed, the commonest reading first; letters and digits stay as they are."""

    initials: tuple[str, ...]
    """`kl330ml` of 可乐 330ml."""
    spellings: tuple[str, ...]
    """`kele330ml` of the same."""


def spell(name: str) -> Pinyin:
    """How a name may be typed.

    Where several characters have several readings, initials go through all of them up to a limit
    (银行音乐盒 is `yhyyh`), and spellings change one character at a time.
    """
    syllables = [readings(character) for character in name[:NAME_LENGTH_MAX].casefold()]
    spelled = [one for one in syllables if one]
    common = tuple(one[0] for one in spelled)
    variants = [common]
    for place, one in enumerate(spelled):
        variants += [(*common[:place], rarer, *common[place + 1 :]) for rarer in one[1:]]
    letters = [tuple(dict.fromkeys(syllable[0] for syllable in one)) for one in spelled]
    products = itertools.islice(itertools.product(*letters), INITIALS_MAX)
    initials = ["".join(syllable[0] for syllable in variant) for variant in variants]
    return Pinyin(
        _once([*initials, *map("".join, products)], INITIALS_MAX),
        _once(map("".join, variants), SPELLINGS_MAX),
    )


@functools.lru_cache(maxsize=8_192)
def readings(character: str) -> tuple[str, ...]:
    """How one character is read, the commonest first: () of a space or a sign.

    Source: pypinyin, whose readings are those of the Unihan database and 现代汉语词典.
    """
    if character.isascii():
        return (character,) if character.isalnum() else ()
    from pypinyin import Style, pinyin  # noqa: PLC0415 (megabytes for when items change)

    found = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore")
    return tuple(found[0][:READINGS_MAX]) if found else ()


def _once(words: Iterable[str], words_max: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in words if word))[:words_max]
