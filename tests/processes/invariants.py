"""I1 to I11 over the files that real programs left: what must be so when nothing is on its way."""

from __future__ import annotations

import collections
import contextlib
import dataclasses

import sqlalchemy as sa

from deploy.demo.reckoning import Expected, Reckoning, reckon
from edge_agent.services import rebuild as box_rebuild
from edge_agent.store import feeds as box_feeds
from edge_agent.store import journal as box_journal
from edge_agent.store.database import open_database
from hq_hub.reports.sales_totals import SalesTotals
from hq_hub.services import feeds, rebuild
from hq_hub.store import schema_ingest
from hq_hub.store.engine import open_engine, open_read_engine, read_transaction
from retail_domain.trade.ticket import Ticket
from tests.processes.chain_run import ChainRun, box_name


@dataclasses.dataclass(frozen=True, slots=True)
class Verdict:
    """What was found; everything but `movements` is 0 when all is well."""

    movements: int
    """Lines of stock that moved."""
    lost: int
    duplicated: int
    altered: int
    acknowledged_not_kept: int
    """I1: the box believes that the hub holds what it does not hold."""
    gaps: int
    """I2: places of a box's journal that the hub lacks or has twice."""
    books: int
    """I4 to I6: sum of the differences of stock and money."""
    printed_not_kept: int
    """I7: receipts a customer holds and no journal knows, or knows otherwise."""
    uncounted: int
    """I8: facts that are neither posted nor parked nor quarantined."""
    feeds_differ: int
    """I10: scopes of a box with other content than headquarters'."""
    rebuilt_differ: int
    """I11: projections that come out otherwise when they are folded again."""

    @property
    def faults(self) -> dict[str, int]:
        """What is not as it must be."""
        found = dataclasses.asdict(self)
        del found["movements"]
        return {name: count for name, count in found.items() if count}


def judge(run: ChainRun) -> Verdict:
    """Stop the boxes and check everything. The hub has to be up for its report."""
    totals = run.client.get("/sales")["totals"]
    received = run.client.get("/transfers?state=received&start=0&end=1")["total"]
    for store in run.stores:
        run.chain.troupe.stop(box_name(store))
    engine = open_read_engine(run.chain.database_url)
    with contextlib.closing(engine.connect()) as _open, read_transaction(engine) as db:
        reckoning = reckon(
            run.folder,
            db,
            Expected(run.plan, run.supply.orders, run.supply.transfers),
            report=SalesTotals(totals["amount_fen"], totals["quantity_milli"]),
            transfers_received=received,
        )
        boxes = [_judge_box(run, db, store) for store in run.stores]
    engine.dispose()
    facts = reckoning.facts
    return Verdict(
        movements=sum(box.movements for box in boxes),
        lost=facts.lost,
        duplicated=facts.duplicated,
        altered=facts.altered,
        acknowledged_not_kept=sum(box.acknowledged_not_kept for box in boxes),
        gaps=sum(box.gaps for box in boxes),
        books=_add_up(reckoning),
        printed_not_kept=sum(box.printed_not_kept for box in boxes),
        uncounted=abs(facts.sent - facts.applied) + facts.parked + facts.quarantined,
        feeds_differ=sum(box.feeds_differ for box in boxes),
        rebuilt_differ=sum(box.rebuilt_differ for box in boxes) + _rebuild_hub(run),
    )


@dataclasses.dataclass(slots=True)
class _BoxVerdict:
    movements: int = 0
    acknowledged_not_kept: int = 0
    gaps: int = 0
    printed_not_kept: int = 0
    feeds_differ: int = 0
    rebuilt_differ: int = 0


def _judge_box(run: ChainRun, db: sa.Connection, store: str) -> _BoxVerdict:
    found = _BoxVerdict()
    with contextlib.closing(open_database(str(run.box_database(store)))) as box_db:
        tail = box_journal.read_tail(box_db)
        kept = _read_places(db, store)
        found.acknowledged_not_kept = sum(
            (tail.epoch, seq) not in kept for seq in range(1, tail.durable_seq + 1)
        )
        found.gaps = sum(count != 1 for count in kept.values()) + abs(len(kept) - tail.seq)
        tickets = {}
        for fact, _body, _head in box_journal.iterate_facts(box_db):
            payload = fact.happening.payload
            found.movements += len(getattr(payload, "lines", ()))
            if isinstance(payload, Ticket):
                tickets[fact.happening.fact_id] = (payload.receipt_no, fact.happening.register_no)
        printed = [p for till in run.tills if till.store == store for p in till.printed]
        found.printed_not_kept = sum(
            tickets.get(p.fact_id) != (p.receipt_no, p.register_no) for p in printed
        ) + abs(len(printed) + run.wish.backlog - len(tickets))
        at_hub = {(p.feed, p.scope): p.content_hash for p in feeds.read_positions(db, store)}
        at_box = {(p.feed, p.scope): p.content_hash for p in box_feeds.read_positions(box_db)}
        found.feeds_differ = sum(at_box.get(key) != value for key, value in at_hub.items())
        assert box_rebuild.check_chain(box_db) == tail.seq
        found.rebuilt_differ = sum(
            comparison.differing_rows for comparison in box_rebuild.verify_projections(box_db)
        )
    return found


def _read_places(db: sa.Connection, store: str) -> collections.Counter[tuple[int, int]]:
    table = schema_ingest.hub_journal.c
    rows = db.execute(sa.select(table.epoch, table.seq).where(table.store == store))
    return collections.Counter((int(epoch), int(seq)) for epoch, seq in rows)


def _add_up(reckoning: Reckoning) -> int:
    reads = {
        reckoning.trade,
        reckoning.boxes,
        reckoning.journal,
        reckoning.ledger,
        reckoning.report,
    }
    missing = abs(reckoning.baskets - reckoning.baskets_planned)
    still_open = abs(reckoning.transfers_made - reckoning.transfers_received)
    differences = sum(map(int, dataclasses.astuple(reckoning.differences)))
    return differences + (len(reads) - 1) + missing + still_open


def _rebuild_hub(run: ChainRun) -> int:
    engine = open_engine(run.chain.database_url)
    with contextlib.closing(engine.connect()) as db:
        checks = rebuild.verify_projections(db, str(run.folder.hub))
    engine.dispose()
    return sum(not check.is_equal for check in checks)
