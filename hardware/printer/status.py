"""What a printer says of itself, whatever its language, and what that means for a job."""

from __future__ import annotations

import enum
from collections.abc import Set as AbstractSet

from hardware.driver import WELL, Health


class Condition(enum.Enum):
    """One thing that a printer can say of itself; several may hold at once. Most urgent first."""

    UNREADABLE = "unreadable"
    """It answers, but not in its language: another driver belongs on this port."""
    OFFLINE = "offline"
    """It says so, or it does not answer."""
    NOT_READY = "not_ready"
    """A ZPL printer that is silent: no media, no ribbon, head open, or switched off."""
    COVER_OPEN = "cover_open"
    PAPER_OUT = "paper_out"
    RIBBON_OUT = "ribbon_out"
    JAM = "jam"
    CUTTER_FAULT = "cutter_fault"
    OVERHEATED = "overheated"
    FAULT = "fault"
    """Broken; switching it off and on may help."""
    PAUSED = "paused"
    """Somebody pressed the pause key."""
    LABEL_WAITS = "label_waits"
    """The last label has to be taken off first."""
    BUFFER_FULL = "buffer_full"
    PAPER_LOW = "paper_low"
    PRINTING = "printing"


Status = frozenset[Condition]
READY: Status = frozenset()

HARMLESS = frozenset({Condition.PAPER_LOW, Condition.PRINTING})
"""A job may begin all the same."""
PASSING = frozenset({Condition.PRINTING, Condition.BUFFER_FULL, Condition.LABEL_WAITS})
"""Part of ordinary work: a job under way waits for their end and is not broken by them."""

SENTENCES = {
    Condition.UNREADABLE: "It answers in another language than its driver's.",
    Condition.OFFLINE: "It is offline or does not answer.",
    Condition.NOT_READY: "It is silent: no labels, no ribbon, head open, or switched off.",
    Condition.COVER_OPEN: "Its cover or head is open.",
    Condition.PAPER_OUT: "It has no paper.",
    Condition.RIBBON_OUT: "It has no ribbon.",
    Condition.JAM: "Its paper is jammed.",
    Condition.CUTTER_FAULT: "Its cutter is stuck.",
    Condition.OVERHEATED: "Its head is too hot and cools down.",
    Condition.FAULT: "It reports an error.",
    Condition.PAUSED: "It was paused by its key.",
    Condition.LABEL_WAITS: "It waits until a label is taken off.",
    Condition.BUFFER_FULL: "Its buffer is full.",
    Condition.PAPER_LOW: "Its paper is nearly at its end.",
    Condition.PRINTING: "It is printing.",
}
assert set(SENTENCES) == set(Condition)

NO_HEALTH = frozenset({Condition.PRINTING, Condition.BUFFER_FULL})
"""Ordinary work: nobody has to do anything."""


def find_hindrances(status: AbstractSet[Condition]) -> list[Condition]:
    """What keeps a job from beginning, most urgent first."""
    return [c for c in Condition if c in status and c not in HARMLESS]


def to_health(status: AbstractSet[Condition]) -> Health:
    """What the printer needs of a person: its most urgent condition."""
    for condition in Condition:
        if condition in status and condition not in NO_HEALTH:
            return Health(condition.value, SENTENCES[condition])
    return WELL


PORT_PAPER_OUT, PORT_SELECTED, PORT_NO_ERROR = 0x20, 0x10, 0x08
"""Bits of the IEEE 1284 status byte, which USB printers have too (LPGETSTATUS of usblp)."""


def read_port_status(value: int | None) -> Status:
    """What the status byte of a USB printer says; nothing where there is none."""
    if value is None:
        return READY
    found = set()
    if value & PORT_PAPER_OUT:
        found.add(Condition.PAPER_OUT)
    if not value & PORT_SELECTED:
        found.add(Condition.OFFLINE)
    if not value & PORT_NO_ERROR and not found:
        found.add(Condition.FAULT)
    return frozenset(found)
