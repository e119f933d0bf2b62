"""The disk model: what a sync promises it keeps, what nobody synced may be anything."""

from __future__ import annotations

import random

import pytest

from tests.power_cuts.disk import SECTOR_BYTES, Disk, Survival
from tests.power_cuts.recording import Deed, DiskOp

OLD, NEW = b"o" * 4 * SECTOR_BYTES, b"n" * 4 * SECTOR_BYTES
WRITE = DiskOp(Deed.WRITE, "file", data=NEW)
SYNC = DiskOp(Deed.SYNC, "file")


def cut(ops: list[DiskOp], survival: Survival, seed: int = 1) -> dict[str, bytes]:
    disk = Disk({"file": OLD}, ops)
    disk.advance(len(ops))
    return disk.cut(random.Random(seed), survival)


@pytest.mark.parametrize("survival", Survival)
def test_what_was_synced_is_there_whatever_happens(survival: Survival) -> None:
    for seed in range(50):
        assert cut([WRITE, SYNC], survival, seed) == {"file": NEW}


def test_unsynced_writes_may_be_gone_or_whole() -> None:
    assert cut([WRITE], Survival.NOTHING) == {"file": OLD}
    assert cut([WRITE], Survival.EVERYTHING) == {"file": NEW}


def test_unsynced_sectors_come_in_any_order_and_torn() -> None:
    contents = [cut([WRITE], Survival.SECTORS, seed)["file"] for seed in range(200)]

    sectors = {bytes(content[:1] + content[-1:]) for content in contents}
    assert sectors == {b"oo", b"on", b"no", b"nn"}
    assert any(b"n" in content and content.count(b"n") % SECTOR_BYTES for content in contents)


def test_torn_prefix_ends_somewhere_in_a_write() -> None:
    contents = [cut([WRITE], Survival.PREFIX, seed)["file"] for seed in range(50)]

    assert all(
        content == NEW[:end] + OLD[end:] for content in contents for end in [content.count(b"n")]
    )
    assert len({content.count(b"n") for content in contents}) > 10


def test_grown_file_may_hold_garbage_where_nothing_arrived() -> None:
    grow = DiskOp(Deed.WRITE, "file", offset=len(OLD), data=NEW)

    tails = {cut([grow], Survival.GARBAGE, seed)["file"][len(OLD) :] for seed in range(50)}

    assert any(set(tail) - set(b"n\\0") for tail in tails)


def test_truncation_that_was_not_synced_may_not_have_happened() -> None:
    short = DiskOp(Deed.TRUNCATE, "file", offset=SECTOR_BYTES)

    lengths = {len(cut([short], Survival.SECTORS, seed)["file"]) for seed in range(20)}

    assert lengths == {SECTOR_BYTES, len(OLD)}


def test_names_come_with_the_sync_of_their_folder() -> None:
    new = [
        DiskOp(Deed.CREATE, "new"),
        DiskOp(Deed.WRITE, "new", data=NEW),
        DiskOp(Deed.SYNC, "new"),
    ]
    rename = DiskOp(Deed.RENAME, "new", target="file")

    assert cut(new, Survival.NOTHING) == {"file": OLD}
    named = cut([*new, rename, DiskOp(Deed.SYNC_FOLDER, "")], Survival.NOTHING)
    assert named == {"file": NEW}


def test_lying_disk_forgets_what_it_said_was_synced() -> None:
    disk = Disk({"file": OLD}, [WRITE, SYNC])
    disk.advance(2, lies=frozenset({1}))

    assert disk.cut(random.Random(1), Survival.NOTHING) == {"file": OLD}
