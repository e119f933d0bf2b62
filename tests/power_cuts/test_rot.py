"""What a disk gets wrong by itself: bits that turn, files cut short or put back, syncs left out."""

from __future__ import annotations

import contextlib
import functools
import pathlib
import re
from collections.abc import Mapping

import pytest

from edge_agent.config import Config
from edge_agent.main import open_stored
from edge_agent.services.backup import restore_box
from edge_agent.store.errors import DatabaseDamagedError, JournalDamagedError
from edge_agent.store.sqlite_library import connect
from retail_domain.errors import RetailError
from tests.power_cuts.box_trade import DATABASE, sell_cola
from tests.power_cuts.rot import (
    WAL,
    WITHOUT_SECOND_COPY,
    files_after_ten_sales,
    flip_bits,
    lie_about_syncs,
    make_day_files,
    record_ten_sales,
    start_box,
    write_files,
)
from tests.retail_domain.builders import NOON

FLIPS, LYING_CUTS = 300, 100


@functools.cache
def day_files() -> Mapping[str, bytes]:
    return make_day_files(1)


def test_turned_bit_ends_in_a_sentence_or_touches_nothing_that_is_kept_twice() -> None:
    tally = flip_bits(day_files(), FLIPS, seed=1)

    assert tally.crash == 0
    assert set(tally.unnoticed) <= WITHOUT_SECOND_COPY
    assert tally.is_looked_at
    assert tally.doctor > 0


def test_lying_disk_ends_in_a_sentence_or_in_facts_that_nobody_else_had_seen() -> None:
    tally = lie_about_syncs(LYING_CUTS, percent=30, seed=1)

    assert tally.crash == 0
    assert sum(tally.start.values()) > LYING_CUTS // 10
    assert tally.unnoticed > 0, "the disk does not lie"


def test_wal_cut_short_behind_what_the_sidecar_saw_is_noticed(tmp_path: pathlib.Path) -> None:
    files = files_after_ten_sales()
    files[WAL] = files[WAL][: len(files[WAL]) // 3]

    with pytest.raises(JournalDamagedError, match=r"it ends at \d, but 7 had been written"):
        start_box(files, tmp_path)


def test_turned_bit_in_the_wal_hides_all_that_follows_and_is_noticed(
    tmp_path: pathlib.Path,
) -> None:
    files = files_after_ten_sales()
    content = bytearray(files[WAL])
    content[len(content) // 3] ^= 1
    files[WAL] = bytes(content)

    with pytest.raises(JournalDamagedError, match=r"but 7 had been written"):
        start_box(files, tmp_path)


def test_wal_cut_short_ahead_of_all_that_anybody_saw_is_not_noticed(
    tmp_path: pathlib.Path,
) -> None:
    files = files_after_ten_sales()
    files[WAL] = files[WAL][:-1]

    assert start_box(files, tmp_path) == 9


def test_file_of_an_earlier_time_put_back_is_noticed(tmp_path: pathlib.Path) -> None:
    files = files_after_ten_sales()
    earlier = {DATABASE: record_ten_sales().files[DATABASE], "box.head": files["box.head"]}

    with pytest.raises(JournalDamagedError, match="it ends at 0, but 7 had been written"):
        start_box(earlier, tmp_path)


def test_damaged_box_is_restored_and_sells(tmp_path: pathlib.Path) -> None:
    damaged = {**day_files(), DATABASE: day_files()[DATABASE][:40_000]}
    write_files({"backup": day_files()[DATABASE]}, tmp_path)
    with pytest.raises(RetailError) as refused:
        start_box(damaged, tmp_path)

    config = Config(folder=tmp_path)
    sidecar = config.path(config.head_sidecar)
    restore_box(config.path(config.database), sidecar, tmp_path / "backup", NOON)

    assert refused.value.code == "database_damaged"
    with contextlib.ExitStack() as parts:
        box, stored = open_stored(config, parts)
        assert stored.writer.submit(sell_cola, box).result().position.seq > 1


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE item_code SET item_id = 2 WHERE code = 'COLA'", "documents of items"),
        ("UPDATE feed_document SET body = zeroblob(3) WHERE feed = 'prices'", "of prices"),
        ("DROP INDEX journal_by_kind", "journal_by_kind is not made"),
        (
            "UPDATE sqlite_schema SET sql = replace(sql, 'length(', 'lengdh(')",
            "unknown function: lengdh()",
        ),
        (
            "UPDATE sqlite_schema SET sql = replace(sql, 'REFERENCES print_job (job_no)',"
            " 'REFERENCES print_job (job_mo)')",
            "print_job_part is not made",
        ),
        ("ALTER TABLE on_hand RENAME COLUMN lot TO lol", "on_hand is not made"),
    ],
)
def test_start_looks_at_tables_and_documents(
    tmp_path: pathlib.Path, statement: str, reason: str
) -> None:
    write_files(day_files(), tmp_path)
    with contextlib.closing(connect(str(tmp_path / DATABASE))) as db:
        db.execute("PRAGMA writable_schema = ON")
        db.execute(statement)

    with pytest.raises(DatabaseDamagedError, match=re.escape(reason)):
        start_box({}, tmp_path)
