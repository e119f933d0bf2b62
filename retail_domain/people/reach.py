"""Reach: the stores that a person may see and act for."""

from __future__ import annotations

import dataclasses
import enum
import re

from retail_domain.people.errors import ReachUnreadableError

NAMES_MAX = 200
"""Beyond this many stores a region says it better."""
NAME = re.compile(r"[^\s,:]{1,32}")


class ReachKind(enum.Enum):
    """How the stores are named."""

    ALL = "all"
    STORES = "stores"
    REGIONS = "regions"


@dataclasses.dataclass(frozen=True, slots=True)
class Reach:
    """Every store, some stores, or the stores of some regions, whichever these are at the time."""

    kind: ReachKind
    names: tuple[str, ...] = ()
    """Numbers of stores or names of regions, ascending, each once."""

    def __post_init__(self) -> None:
        assert (self.kind is ReachKind.ALL) == (not self.names)
        assert list(self.names) == sorted(set(self.names))

    def covers(self, store: str, region: str) -> bool:
        """Whether a store, which belongs to a region, is reached.

        >>> parse_reach("stores:S001,S003").covers("S003", "华东")
        True
        >>> parse_reach("regions:华东").covers("S002", "")
        False
        """
        if self.kind is ReachKind.ALL:
            return True
        return (store if self.kind is ReachKind.STORES else region) in self.names


EVERYWHERE = Reach(ReachKind.ALL)


def parse_reach(text: str) -> Reach:
    """Read `all`, `stores:S001,S002` or `regions:华东`.

    Raises:
        ReachUnreadableError: something else.
    """
    if text == ReachKind.ALL.value:
        return EVERYWHERE
    kind, _colon, listed = text.partition(":")
    names = sorted(set(listed.split(",")))
    is_readable = kind in {ReachKind.STORES.value, ReachKind.REGIONS.value}
    if not is_readable or len(names) > NAMES_MAX or not all(map(NAME.fullmatch, names)):
        raise ReachUnreadableError(reach=text[:100])
    return Reach(ReachKind(kind), tuple(names))


def write_reach(reach: Reach) -> str:
    """Write what `parse_reach` reads."""
    names = ",".join(reach.names)
    return f"{reach.kind.value}:{names}" if names else reach.kind.value
