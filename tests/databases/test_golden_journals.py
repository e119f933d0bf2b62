"""Facts as programs in the field wrote them: every later version reads, keeps and posts them."""

from __future__ import annotations

import contextlib
import dataclasses
import pathlib
from collections.abc import Collection

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
from tests.databases import story
from tests.databases.story import Kept
from tests.hq_hub.small_chain import SmallChain, open_chain
from tests.retail_domain.builders import NOON, make_receipt, make_ticket

Version = tuple[int, int]
"""Number of a kind, and version of its payload."""


@dataclasses.dataclass(frozen=True)
class Figures:
    """What a journal comes to, for ever."""

    facts: int
    on_hand_milli: dict[tuple[str, int], int]
    cash_revenue_cost_fen: tuple[int, int, int]
    """Of S001: 1001, 5001, 540101."""
    receipt_no: int
    """The last one of S001."""


FIGURES = {
    "journal_1": Figures(
        5,
        {
            ("S001", 1): 1_000,
            ("S001", 2): 1_000,
            ("S002", 1): 1_000,
            ("S002", 2): 1_000,
            ("S002", 3): 900,
        },
        (3_146, -2_784, 1_333),
        2,
    ),
    "journal_2": Figures(
        35,
        {
            ("S001", 2): 1_400,
            ("S001", 3): 1_900,
            ("S002", 1): 1_000,
            ("S002", 2): 1_000,
            ("S002", 3): 900,
        },
        (-1_434, -1_207, 1_000),
        5,
    ),
}
JOURNALS = sorted(story.FOLDER.glob("journal_*.jsonl"), key=lambda path: int(path.stem[8:]))
"""The oldest first."""
FIRST, NEWEST = JOURNALS[0], JOURNALS[-1]
EACH = pytest.mark.parametrize("journal", JOURNALS, ids=lambda path: path.stem)


def read_versions(journals: Collection[pathlib.Path]) -> set[Version]:
    facts = [fact_pb2.Fact.FromString(k.body) for path in journals for k in story.read(path)]
    return {(fact.kind, fact.schema_version) for fact in facts}


def receive(small: SmallChain, journal: list[Kept]) -> None:
    """Headquarters has the documents, and gets the facts in their order."""
    small.order()
    small.draft_transfer()
    for kept in journal:
        small.boxes[kept.store].seq += 1
        small.receive_bodies(kept.store, [kept.body])


def test_every_version_of_every_kind_that_this_program_writes_is_in_a_golden_journal() -> None:
    """A new version or kind fails here until a journal that holds it is committed."""
    numbers = {kind: number for number, kind in codec.KIND_FROM_WIRE.items()}
    written = {
        (numbers[kind], version)
        for kind, newest in codec.SCHEMA_VERSIONS.items()
        for version in range(1, newest + 1)
    }

    assert read_versions(JOURNALS) == written


def test_newest_golden_journal_is_what_this_program_writes() -> None:
    """Whoever changes the bytes of a fact meets this: then a journal is missing."""
    assert story.read(NEWEST) == story.play()


def test_every_golden_journal_has_its_figures() -> None:
    assert [path.stem for path in JOURNALS] == list(FIGURES)


@EACH
def test_golden_journal_is_what_was_signed(journal: pathlib.Path) -> None:
    heads: dict[str, bytes] = {}
    for kept in story.read(journal):
        heads[kept.store] = chain.next_head(heads.get(kept.store, chain.GENESIS), kept.body)
        assert heads[kept.store] == kept.head
        assert codec.decode_fact(kept.body).position.store == kept.store


@EACH
def test_hub_posts_a_golden_journal_to_the_same_figures(
    journal: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    figures = FIGURES[journal.stem]
    with open_chain(tmp_path) as small:
        receive(small, story.read(journal))

        applied = small.apply()

        assert (applied, small.parked()) == (Applied(figures.facts, 0), [])
        assert small.on_hand_milli() == figures.on_hand_milli
        fen = small.account_fen()
        accounts = tuple(fen["S001", code] for code in ("1001", "5001", "540101"))
        assert accounts == figures.cash_revenue_cost_fen
        small.require_agreement()


@EACH
def test_box_folds_a_golden_journal(journal: pathlib.Path, tmp_path: pathlib.Path) -> None:
    path = str(tmp_path / "box.sqlite")
    migrate(path)
    with contextlib.closing(open_database(path)) as db:
        with write_transaction(db):
            for kept in story.read(journal):
                if kept.store == "S001":
                    history.insert_fact(db, codec.decode_fact(kept.body), kept.body, kept.head)

        assert [c.differing_rows for c in verify_box(db) if c.differing_rows] == []
        rows = db.execute("SELECT last_receipt_no FROM register_receipt").fetchall()
        assert max(rows) == (FIGURES[journal.stem].receipt_no,)


def become_first_release(monkeypatch: pytest.MonkeyPatch) -> None:
    """The codec knows what was written at its time, and nothing else."""
    known: dict[FactKind, int] = {}
    for number, version in sorted(read_versions([FIRST])):
        known[codec.KIND_FROM_WIRE[number]] = version
    kinds = {number: kind for number, kind in codec.KIND_FROM_WIRE.items() if kind in known}
    monkeypatch.setattr(codec, "SCHEMA_VERSIONS", known)
    monkeypatch.setattr(codec, "KIND_FROM_WIRE", kinds)


def test_hub_of_the_first_release_parks_what_todays_boxes_say_and_posts_it_after_its_upgrade(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Boxes may be upgraded before the hub: it keeps what it can't read, and nobody waits."""
    newer = read_versions([NEWEST]) - read_versions([FIRST])
    with open_chain(tmp_path) as small, monkeypatch.context() as before_the_upgrade:
        become_first_release(before_the_upgrade)
        receive(small, story.read(NEWEST))
        first = small.apply()
        parked = small.parked()

        before_the_upgrade.undo()
        retry_all_parked(small.db)
        after = retry_parked(small.db, NOON)

        facts = [fact_pb2.Fact.FromString(kept.body) for kept in story.read(NEWEST)]
        late = [fact for fact in facts if (fact.kind, fact.schema_version) in newer]
        assert sorted(parked) == sorted((fact.store, fact.seq, "newer_fact") for fact in late)
        assert (first, after) == (
            Applied(len(facts) - len(late), len(late)),
            Applied(len(late), 0),
        )
        assert small.on_hand_milli() == FIGURES[NEWEST.stem].on_hand_milli
        small.require_agreement()
        assert all(check.is_equal for check in verify_hub(small.db, str(tmp_path)))


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
