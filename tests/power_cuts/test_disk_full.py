"""A full disk: the sale is refused in a sentence, nothing is half, and the ballast sells on."""

from __future__ import annotations

import contextlib
import pathlib
import shutil
from collections import namedtuple
from collections.abc import Callable, Iterator

import pytest

from edge_agent.store import journal
from edge_agent.store.database import WAL_KEPT_BYTES_MAX
from edge_agent.store.disk_space import (
    BALLAST_BYTES,
    MIB,
    SCARCE_BYTES,
    TIGHT_BYTES,
    DiskSpace,
    Room,
)
from edge_agent.store.errors import DiskFullError
from edge_agent.store.writer import Writer
from tests.edge_agent.shop_setup import make_box, open_box
from tests.power_cuts.apsw_library import over_apsw
from tests.power_cuts.box_trade import DATABASE, EACH_ONCE, record_full_disk, sell_cola
from tests.power_cuts.recording import VFS_NAME, Recording, recorded

SMALL_BALLAST_BYTES = 64 * 1024
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def database(tmp_path: pathlib.Path) -> pathlib.Path:
    path = tmp_path / DATABASE
    open_box(str(path)).close()
    return path


@pytest.fixture
def disk(database: pathlib.Path) -> Iterator[Recording]:
    """The disk under the database, which tests can fill."""
    recording = Recording(database.parent)
    with recorded(recording), over_apsw(VFS_NAME):
        yield recording


@pytest.fixture
def set_free(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    def set_free(free_bytes: int) -> None:
        usage = Usage(1 << 40, (1 << 40) - free_bytes, free_bytes)
        monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)

    return set_free


def test_disk_that_is_full_at_any_write_of_any_step_refuses_it_whole() -> None:
    film = record_full_disk(1)

    refused = len(film.moments) - 1 - len(EACH_ONCE)
    assert refused > 60
    assert film.moments[-1].facts == 13


def test_refusal_is_a_sentence(database: pathlib.Path, disk: Recording) -> None:
    with contextlib.closing(Writer(str(database))) as writer:
        disk.room = 0

        with pytest.raises(DiskFullError) as refused:
            writer.submit(sell_cola, make_box()).result()

        disk.room = None
        assert "disk is full. Nothing was saved" in refused.value.detail_en
        assert "没有保存" in refused.value.detail_zh
        assert writer.submit(sell_cola, make_box()).result().position.seq == 1


def test_ballast_is_given_up_for_the_sale_that_finds_the_disk_full(
    database: pathlib.Path, disk: Recording
) -> None:
    space = DiskSpace(database, SMALL_BALLAST_BYTES)
    assert space.keep_ballast()

    def make_room() -> bool:
        disk.room = None if space.has_ballast else 0
        return space.give_up_ballast()

    with contextlib.closing(Writer(str(database), make_room)) as writer:
        disk.room = 0
        sold = writer.submit(sell_cola, make_box(), 1).result()

        assert (sold.position.seq, space.has_ballast) == (1, False)
        disk.room = 0
        with pytest.raises(DiskFullError):
            writer.submit(sell_cola, make_box(), 2).result()
        disk.room = None
        assert writer.submit(journal.read_tail).result().seq == 1


def test_ballast_takes_real_room_and_gives_it_back(tmp_path: pathlib.Path) -> None:
    space = DiskSpace(tmp_path / DATABASE, SMALL_BALLAST_BYTES)

    assert space.keep_ballast()
    assert space.keep_ballast()
    (ballast,) = tmp_path.iterdir()
    assert ballast.stat().st_blocks * 512 >= SMALL_BALLAST_BYTES
    assert space.give_up_ballast()
    assert not space.give_up_ballast()
    assert list(tmp_path.iterdir()) == []


def test_ballast_holds_the_largest_wal_and_sales_of_weeks() -> None:
    assert BALLAST_BYTES - WAL_KEPT_BYTES_MAX == 64 * MIB


@pytest.mark.parametrize(
    ("free_bytes", "has_ballast", "room", "takes_documents"),
    [
        (TIGHT_BYTES, False, Room.AMPLE, True),
        (TIGHT_BYTES - 1, True, Room.TIGHT, True),
        (SCARCE_BYTES - 1, True, Room.SCARCE, False),
        (SCARCE_BYTES - 1, False, Room.LAST, False),
        (0, False, Room.LAST, False),
    ],
)
def test_room_goes_step_by_step(
    tmp_path: pathlib.Path,
    set_free: Callable[[int], None],
    free_bytes: int,
    has_ballast: bool,
    room: Room,
    takes_documents: bool,
) -> None:
    space = DiskSpace(tmp_path / DATABASE, SMALL_BALLAST_BYTES)
    assert not has_ballast or space.keep_ballast()

    set_free(free_bytes)

    assert (space.look(), space.takes_documents()) == (room, takes_documents)


def test_ballast_is_not_made_of_room_that_sales_need(
    tmp_path: pathlib.Path, set_free: Callable[[int], None]
) -> None:
    space = DiskSpace(tmp_path / DATABASE, SMALL_BALLAST_BYTES)

    set_free(SMALL_BALLAST_BYTES + SCARCE_BYTES - 1)

    assert not space.keep_ballast()
    assert list(tmp_path.iterdir()) == []
