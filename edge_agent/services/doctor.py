"""What IT wants to know of a box: is the file sound, who is it, how far is it."""

from __future__ import annotations

import pathlib

from edge_agent.services.rebuild import check_chain, verify_projections
from edge_agent.store import feeds, health, journal
from edge_agent.store.disk_space import DiskSpace, Room
from edge_agent.store.feed_check import find_damaged_feed
from edge_agent.store.identity import read_identity
from edge_agent.store.migrations import find_schema_fault
from edge_agent.store.sqlite_library import Connection

ROOM_FAULTS = {
    Room.SCARCE: "{free_mb} MB are free: documents wait, only sales are written",
    Room.LAST: "{free_mb} MB are free and the ballast is gone: free space before sales are refused",
}


def examine(db: Connection, path: str) -> tuple[list[tuple[str, str]], list[str]]:
    """Look at everything, change nothing.

    Returns:
        Named findings in reading order, and a sentence for each fault; no fault, no sentence.

    Raises:
        RetailError: the journal contradicts itself, or the box is not enrolled.
    """
    identity = read_identity(db, path)
    facts, tail = check_chain(db), journal.read_tail(db)
    file_state = health.integrity_check(db)
    space = DiskSpace(pathlib.Path(path))
    free_mb, room = space.free_bytes() >> 20, space.look()
    findings = [
        ("store", f"{identity.store} {identity.store_name} (box {identity.box_id})"),
        ("SQLite", health.sqlite_version(db)),
        ("file", file_state),
        ("journal", f"{facts} facts, epoch {tail.epoch}, seq {tail.seq}, chain whole"),
        ("at headquarters", f"seq {tail.durable_seq}, generation {tail.hub_generation}"),
        *((f"feed {p.feed}", f"{p.scope} version {p.version}") for p in feeds.read_positions(db)),
        ("disk free", f"{free_mb} MB, {room.value}"),
        ("ballast", "kept" if space.has_ballast else "none: made when the box has served a minute"),
    ]
    faults = [
        f"{comparison.table} differs from the journal in {comparison.differing_rows} rows"
        for comparison in verify_projections(db)
        if comparison.differing_rows
    ]
    if file_state != "ok":
        faults.append(f"the database file is damaged: {file_state}")
    strange, feed = find_schema_fault(db), find_damaged_feed(db)
    if strange is not None:
        faults.append(f"{strange} is not made as it was")
    if feed is not None:
        faults.append(f"the documents of {feed} are not those that headquarters sent")
    if room in ROOM_FAULTS:
        faults.append(ROOM_FAULTS[room].format(free_mb=free_mb))
    return findings, faults
