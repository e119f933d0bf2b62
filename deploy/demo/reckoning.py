"""Does it all agree? Boxes, journal, ledger and report are read apart and compared to the fen."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import pathlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from deploy.demo.layout import DemoFolder
from deploy.demo.supply import PlannedTransfer, SupplyOrder, add_up_sales
from deploy.demo.trade_plan import PlannedStore, TradePlan
from edge_agent.store import journal, projections
from edge_agent.store.database import open_database
from hq_hub.reports import checks, sales_totals
from hq_hub.reports.sales_totals import SalesTotals
from hq_hub.store import schema_books, schema_ingest
from hq_hub.store.books import read_chart
from retail_domain.ledger.trade_posting import TENDER_ROLE
from retail_domain.stock.movement import StockState
from retail_domain.trade.ticket import Ticket

BLOCK_FACTS = 1_000
"""Bodies read at once: bounds memory."""

StockMilli = dict[tuple[str, int], int]
"""Sellable quantity by (store, item_id)."""


@dataclasses.dataclass(frozen=True, slots=True)
class FactCounts:
    """What became of the facts, all stores together."""

    sent: int
    """In the boxes' journals."""
    applied: int
    lost: int
    """In a box's journal and not in the hub's."""
    duplicated: int
    """In the hub's journal or books more than once."""
    altered: int
    """Other bytes at the hub than in the box."""
    parked: int
    quarantined: int


@dataclasses.dataclass(frozen=True, slots=True)
class Differences:
    """Sums of absolute values; all 0 when everything agrees."""

    stock_milli: int
    """Boxes, hub, movements and the plan against each other."""
    ledger_fen: int
    """Debits against credits, and a store's sales in the books against the plan."""
    stock_vs_gl_fen: int
    """Sub-ledgers of goods against their accounts."""
    in_transit_milli: int
    """Goods that never arrived, or arrived without being sent."""


@dataclasses.dataclass(frozen=True, slots=True)
class Reckoning:
    """Everything that a demo claims."""

    trade: SalesTotals
    """What the trade file says."""
    boxes: SalesTotals
    journal: SalesTotals
    ledger: SalesTotals
    report: SalesTotals
    differences: Differences
    facts: FactCounts
    transfers_made: int
    transfers_received: int
    baskets: int
    """Tickets in the boxes' journals."""
    baskets_planned: int

    @property
    def is_right(self) -> bool:
        """Whether all four reads are the trade, and nothing differs, is lost or is left."""
        reads = {self.trade, self.boxes, self.journal, self.ledger, self.report}
        facts = self.facts
        faults = (facts.lost, facts.duplicated, facts.altered, facts.parked, facts.quarantined)
        return (
            len(reads) == 1
            and not any(dataclasses.astuple(self.differences))
            and not any(faults)
            and facts.sent == facts.applied
            and self.baskets == self.baskets_planned
            and self.transfers_made == self.transfers_received
        )


@dataclasses.dataclass(frozen=True, slots=True)
class Expected:
    """What should have happened."""

    plan: TradePlan
    orders: tuple[SupplyOrder, ...]
    transfers: tuple[PlannedTransfer, ...]

    def stock_milli(self, folder: pathlib.Path) -> StockMilli:
        """Stock at the end, by the plan alone."""
        stock: StockMilli = {}
        for store in self.plan.stores:
            for item_id, milli in add_up_sales(folder, store.store).items():
                stock[store.store, item_id] = -milli
        for order in self.orders:
            for line in order.lines:
                _add(stock, order.store, line.item_id, line.quantity_milli)
        for transfer in self.transfers:
            for moved in transfer.lines:
                _add(stock, transfer.source_store, moved.item_id, -moved.quantity_milli)
                _add(stock, transfer.target_store, moved.item_id, moved.quantity_milli)
        return stock


def reckon(
    folder: DemoFolder,
    db: sa.Connection,
    expected: Expected,
    *,
    report: SalesTotals,
    transfers_received: int,
) -> Reckoning:
    """Read boxes and hub and compare.

    Args:
        folder: of the demo; its boxes have stopped.
        db: the hub's database, for reading.
        expected: by the plan.
        report: what the console's sales report says.
        transfers_received: how many transfers the console shows as received.
    """
    plan = expected.plan
    boxes = [_read_box(folder, db, store) for store in plan.stores]
    counts = checks.read_fact_counts(db)
    by_plan = expected.stock_milli(folder.plan)
    by_boxes = {key: milli for box in boxes for key, milli in box.stock_milli.items()}
    ledger_checks = checks.read_ledger_checks(db)
    return Reckoning(
        trade=SalesTotals(plan.amount_fen, plan.quantity_milli),
        boxes=SalesTotals(
            sum(box.amount_fen for box in boxes), sum(box.quantity_milli for box in boxes)
        ),
        journal=sales_totals.read_journal_sales(db),
        ledger=sales_totals.read_ledger_sales(db),
        report=report,
        differences=Differences(
            stock_milli=sum(
                _difference(by_boxes, other) for other in (by_plan, *_read_hub_stocks(db))
            ),
            ledger_fen=checks.read_trial_balance_difference_fen(db)
            + ledger_checks.unbalanced_entries
            + ledger_checks.payables_vs_gl_fen
            + ledger_checks.uninvoiced_vs_gl_fen
            + _difference(_read_store_sales(db), {s.store: s.amount_fen for s in plan.stores}),
            stock_vs_gl_fen=ledger_checks.stock_vs_gl_fen + ledger_checks.in_transit_vs_gl_fen,
            in_transit_milli=checks.read_transit(db).quantity_milli
            + checks.read_transit_difference_milli(db),
        ),
        facts=FactCounts(
            sent=sum(box.facts for box in boxes),
            applied=counts.applied,
            lost=sum(box.lost for box in boxes),
            duplicated=_count_duplicates(db),
            altered=sum(box.altered for box in boxes) + counts.waiting,
            parked=counts.parked,
            quarantined=counts.quarantined,
        ),
        transfers_made=len(expected.transfers),
        transfers_received=transfers_received,
        baskets=sum(box.baskets for box in boxes),
        baskets_planned=plan.baskets,
    )


@dataclasses.dataclass(slots=True)
class _BoxRead:
    """One box's own account, compared with what the hub keeps of it."""

    facts: int = 0
    baskets: int = 0
    amount_fen: int = 0
    quantity_milli: int = 0
    lost: int = 0
    altered: int = 0
    stock_milli: StockMilli = dataclasses.field(default_factory=dict)


def _read_box(folder: DemoFolder, db: sa.Connection, planned: PlannedStore) -> _BoxRead:
    store, read = planned.store, _BoxRead()
    kept = _iterate_bodies(db, store)
    with contextlib.closing(open_database(str(folder.box(store) / "box.sqlite"))) as box_db:
        for fact, body, _head in journal.iterate_facts(box_db):
            read.facts += 1
            if isinstance(fact.happening.payload, Ticket):
                lines = fact.happening.payload.lines
                read.baskets += 1
                read.amount_fen += sum(line.amount_fen for line in lines)
                read.quantity_milli += sum(line.quantity_milli for line in lines)
            at_hub = next(kept, None)
            read.lost += at_hub is None
            read.altered += at_hub is not None and at_hub != body
        read.altered += sum(1 for _ in kept)  # The hub knows of more than happened.
        for row in projections.read_projection(box_db, "on_hand"):
            owner, state, item_id, _lot, milli = row
            assert (owner, state) == (store, StockState.SELLABLE.value), row
            assert isinstance(item_id, int)
            assert isinstance(milli, int)
            read.stock_milli[store, item_id] = milli
    return read


def _iterate_bodies(db: sa.Connection, store: str) -> Iterator[bytes]:
    table = schema_ingest.hub_journal.c
    question = sa.select(table.body).where(table.store == store).order_by(table.epoch, table.seq)
    for (body,) in db.execution_options(yield_per=BLOCK_FACTS).execute(question):
        yield bytes(body)


def _read_hub_stocks(db: sa.Connection) -> Iterator[StockMilli]:
    """Yield stock as the hub knows it three times over: on hand, moved, and with a cost."""
    for table in (schema_books.on_hand, schema_books.stock_movement, schema_books.cost):
        keys = (table.c.store, table.c.item_id)
        sums = sa.select(*keys, sa.func.sum(table.c.quantity_milli)).group_by(*keys)
        yield {(str(store), int(item_id)): int(milli) for store, item_id, milli in db.execute(sums)}


def _read_store_sales(db: sa.Connection) -> dict[str, int]:
    """Money taken by store, from the debit side of the tickets' entries: cash and cards."""
    line, ticket = schema_books.entry_line.c, schema_books.ticket.c
    on_ticket = (
        (line.store == ticket.store) & (line.epoch == ticket.epoch) & (line.seq == ticket.seq)
    )
    taken = sa.func.sum(line.debit_fen)
    codes = read_chart(db).codes()
    is_money = line.account_code.in_([codes[role] for role in TENDER_ROLE.values()])
    rows = db.execute(
        sa.select(line.store, taken)
        .join(schema_books.ticket, on_ticket)
        .where(is_money)
        .group_by(line.store)
    )
    return {str(store): int(fen) for store, fen in rows}


def _count_duplicates(db: sa.Connection) -> int:
    """Facts that the hub keeps, or has posted, more than once."""
    kept, posted = schema_ingest.hub_journal.c, schema_books.apply_log.c
    twice_kept = sa.select(sa.func.count() - sa.func.count(sa.distinct(kept.fact_id)))
    places = sa.select(posted.store, posted.epoch, posted.seq).distinct().subquery()
    twice_posted = sa.select(
        sa.select(sa.func.count()).select_from(schema_books.apply_log).scalar_subquery()
        - sa.select(sa.func.count()).select_from(places).scalar_subquery()
    )
    return int(db.execute(twice_kept).scalar_one()) + int(db.execute(twice_posted).scalar_one())


def _difference(left: Mapping[Any, int], right: Mapping[Any, int]) -> int:
    keys: Iterable[Any] = left.keys() | right.keys()
    return sum(abs(left.get(key, 0) - right.get(key, 0)) for key in keys)


def _add(stock: StockMilli, store: str, item_id: int, milli: int) -> None:
    stock[store, item_id] = stock.get((store, item_id), 0) + milli


def dump_reckoning(reckoning: Reckoning, more: Mapping[str, Any]) -> str:
    """Write the demo's one line of JSON; `more` holds what stands beside the figures."""
    totals = {
        name: getattr(reckoning, name) for name in ("trade", "boxes", "journal", "ledger", "report")
    }
    return json.dumps(
        {
            "ok": reckoning.is_right,
            **more,
            "sales_fen": {name: total.amount_fen for name, total in totals.items()},
            "quantity_milli": {name: total.quantity_milli for name, total in totals.items()},
            "differences": dataclasses.asdict(reckoning.differences),
            "facts": dataclasses.asdict(reckoning.facts),
            "transfers": {
                "made": reckoning.transfers_made,
                "received": reckoning.transfers_received,
                "open": reckoning.transfers_made - reckoning.transfers_received,
            },
        },
        ensure_ascii=False,
    )
