"""MQTT topics between box and hub: liushui/v1/<store>/up/<kind>, .../down/<kind>, .../status."""

from __future__ import annotations

ROOT = "liushui/v1"
BATCH, HELLO, FEED, JOURNAL = "batch", "hello", "feed", "journal"
"""Kinds upwards: SignedBatch, SignedHello, FeedRequest, JournalRequest."""
ACK = "ack"
"""Kind downwards: Ack; FEED carries FeedPage there, JOURNAL JournalPage."""
ONLINE, OFFLINE = b"online", b"offline"
"""Retained on the status topic; the broker says OFFLINE for a box that vanished."""

_LEVELS = 5


def up(store: str, kind: str) -> str:
    """From a store's box to the hub; "+" for every store."""
    return f"{ROOT}/{store}/up/{kind}"


def down(store: str, kind: str) -> str:
    """From the hub to a store's box."""
    return f"{ROOT}/{store}/down/{kind}"


def status(store: str) -> str:
    """Whether the broker sees the store's box; for people, nothing depends on it."""
    return f"{ROOT}/{store}/status"


def parse_up(topic: str) -> tuple[str, str] | None:
    """Store and kind of a topic upwards; None for another topic."""
    levels = topic.split("/")
    if len(levels) != _LEVELS or "/".join(levels[:2]) != ROOT or levels[3] != "up":
        return None
    return levels[2], levels[4]
