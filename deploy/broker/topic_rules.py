"""Who may write and read which topics: one table for every broker."""

from __future__ import annotations

import dataclasses

from protos.topics import ROOT as TOPIC_ROOT

HUB_USER = "hub"
"""CN of the hub's certificate. No store may have this number."""

STORE_WRITES = ("up/#", "status")
"""Below the store's own branch."""
STORE_READS = ("down/#",)


@dataclasses.dataclass(frozen=True, slots=True)
class TlsFiles:
    """What a broker shows, and whom it believes. Paths."""

    ca: str
    certificate: str
    key: str


def may_write(user: str, topic: str) -> bool:
    """Whether a client with this CN may publish to a topic."""
    return _may(user, topic, STORE_WRITES)


def may_read(user: str, topic: str) -> bool:
    """Whether a client with this CN may subscribe to a filter, or get a topic's messages."""
    return _may(user, topic, STORE_READS)


def _may(user: str, topic: str, rules: tuple[str, ...]) -> bool:
    if user == HUB_USER:
        return topic.startswith(f"{TOPIC_ROOT}/")
    for rule in rules:
        own = f"{TOPIC_ROOT}/{user}/{rule}"
        if topic == own or (own.endswith("/#") and topic.startswith(own[:-1])):
            return True
    return False
