"""Facts as programs in the field wrote them: every later version reads, keeps and posts them."""

from __future__ import annotations

import contextlib
import json
import pathlib

import pytest

from edge_agent.services.rebuild import verify_projections as verify_box
from edge_agent.store import history
from edge_agent.store.database import open_database, write_transaction
from edge_agent.store.migrations import migrate
from hq_hub.reports import checks
from hq_hub.services.apply import Applied, retry_all_parked, retry_parked
from hq_hub.services.rebuild import verify_projections as verify_hub
from protos import chain, codec
from protos.liushui.v1 import fact_pb2
from retail_domain.trade.fact import Payload
from retail_domain.trade.fact_kind import FactKind
from tests.hq_hub.small_chain import open_chain
from tests.retail_domain.builders import NOON, make_receipt, make_ticket

GOLDEN = pathlib.Path(__file__).with_name("journal_1.jsonl")
"""Of schema 1: two stores, each kind that it knew. Never edited."""


def read_golden() -> list[tuple[str, bytes, bytes]]:
    """Store, body and head of each fact, in the order of receipt."""
    lines = [json.loads(line) for line in GOLDEN.read_text(encoding="ascii").splitlines()]
    return [
        (line["store"], bytes.fromhex(line["body"]), bytes.fromhex(line["head"])) for line in lines
    ]


def test_golden_journal_is_what_was_signed() -> None:
    heads: dict[str, bytes] = {}
    for store, body, head in read_golden():
        heads[store] = chain.next_head(heads.get(store, chain.GENESIS), body)
        assert heads[store] == head
        assert codec.decode_fact(body).position.store == store


def test_hub_posts_a_golden_journal_to_the_same_figures(tmp_path: pathlib.Path) -> None:
    with open_chain(tmp_path) as small:
        small.order()
        small.draft_transfer()
        for store, body, _head in read_golden():
            small.boxes[store].seq += 1
            small.receive_bodies(store, [body])

        applied = small.apply()

        assert (applied, small.parked()) == (Applied(5, 0), [])
        assert small.on_hand_milli() == {
            ("S001", 1): 1_000,
            ("S001", 2): 1_000,
            ("S002", 1): 1_000,
            ("S002", 2): 1_000,
            ("S002", 3): 900,
        }
        fen = small.account_fen()
        assert (fen["S001", "1001"], fen["S001", "5001"], fen["S001", "540101"]) == (
            3_146,
            -2_784,
            1_333,
        )
        small.require_agreement()


def test_box_folds_a_golden_journal(tmp_path: pathlib.Path) -> None:
    path = str(tmp_path / "box.sqlite")
    migrate(path)
    with contextlib.closing(open_database(path)) as db:
        with write_transaction(db):
            for store, body, head in read_golden():
                if store == "S001":
                    history.insert_fact(db, codec.decode_fact(body), body, head)

        assert [c.differing_rows for c in verify_box(db) if c.differing_rows] == []
        rows = db.execute("SELECT last_receipt_no FROM register_receipt").fetchall()
        assert rows == [(2,)]


def make_newer(body: bytes, **changes: int) -> bytes:
    fact = fact_pb2.Fact.FromString(body)
    for field, value in changes.items():
        setattr(fact, field, value)
    return fact.SerializeToString()


def test_facts_of_a_later_program_wait_counted_and_are_posted_in_their_order_after_the_upgrade(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order in which they were posted is data: a rebuild gives the same books."""
    with open_chain(tmp_path) as small:
        small.order()
        box = small.boxes["S001"]
        payloads: list[Payload] = [
            make_receipt((1, 3_000)),
            make_ticket((1, 1_000, 300), receipt_no=1),
        ]
        later = [make_newer(box.make_body(p), schema_version=9) for p in payloads]
        unknown = make_newer(box.make_body(payloads[1]), kind=99)
        small.receive_bodies("S001", [*later, unknown])
        small.receive("S001", make_ticket((1, 1_000, 300), receipt_no=2))

        before = small.apply()
        parked_before = small.parked()
        counts = checks.read_fact_counts(small.db)
        small.db.rollback()
        monkeypatch.setattr(codec, "SCHEMA_VERSIONS", dict.fromkeys(FactKind, 9))
        retry_all_parked(small.db)
        after = retry_parked(small.db, NOON)

        assert (before, after) == (Applied(1, 3), Applied(2, 1))
        assert parked_before == [("S001", seq, "newer_fact") for seq in (1, 2, 3)]
        assert (counts.parked, counts.waiting) == (3, 0)
        assert small.read("SELECT seq FROM apply_log ORDER BY apply_no") == [(4,), (1,), (2,)]
        assert small.parked() == [("S001", 3, "newer_fact")]
        assert all(check.is_equal for check in verify_hub(small.db, str(tmp_path)))
