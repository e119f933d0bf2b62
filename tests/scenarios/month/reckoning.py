"""Does it all agree? Boxes, journal, books and their sub-ledgers are read apart and compared."""

from __future__ import annotations

import collections
import dataclasses
import tempfile
from collections.abc import Mapping

import sqlalchemy as sa

from edge_agent.services.rebuild import check_chain
from edge_agent.services.rebuild import verify_projections as verify_box
from edge_agent.store import journal
from edge_agent.store.projections import read_projection
from hq_hub.reports import checks
from hq_hub.services.rebuild import verify_projections as verify_hub
from hq_hub.store import schema_books
from hq_hub.store.schema_ingest import hub_journal
from protos.codec import KIND_FROM_WIRE
from retail_domain.trade.fact import HQ_STORE
from retail_domain.trade.fact_kind import FactKind
from retail_domain.trade.ticket import Ticket
from tests.scenarios.month.chain import Office
from tests.scenarios.month.line import BoxLine


@dataclasses.dataclass(frozen=True, slots=True)
class MonthFigures:
    """What a month came to; every difference is a sum of absolute values."""

    facts: int
    kinds: frozenset[FactKind]
    """That happened."""
    cases: frozenset[str]
    lost: int
    """In a box and not at the hub."""
    duplicated: int
    """At the hub, or in a box, more than once."""
    strange: int
    """At the hub and not in a box."""
    parked: dict[str, int]
    quarantined: int
    differences: dict[str, int]
    box_tables_differing: list[str]
    hub_tables_differing: list[str]
    flaps: int
    messages_lost: int
    lives: int
    tickets: int
    sales_fen: int

    @property
    def is_right(self) -> bool:
        """Whether nothing differs, is lost, doubled or left."""
        return not (
            self.lost
            or self.duplicated
            or self.strange
            or self.parked
            or any(self.differences.values())
            or self.box_tables_differing
            or self.hub_tables_differing
        )


@dataclasses.dataclass(slots=True)
class _Boxes:
    """What the boxes themselves say."""

    fact_ids: dict[str, list[bytes]] = dataclasses.field(default_factory=dict)
    stock_milli: dict[tuple[str, str, int, str], int] = dataclasses.field(default_factory=dict)
    kinds: set[FactKind] = dataclasses.field(default_factory=set)
    tickets: int = 0
    lines_fen: int = 0
    tax_fen: int = 0
    differing: list[str] = dataclasses.field(default_factory=list)


def reckon(office: Office, lines: Mapping[str, BoxLine], cases: set[str]) -> MonthFigures:
    """Read everything and compare."""
    db = office.db
    boxes = _Boxes()
    for name, line in lines.items():
        _read_box(boxes, name, line)
    with db.begin():
        kept = _read_kept(db)
        hub_stock = _read_stock(db)
        differences = _read_differences(db, boxes, hub_stock)
        counts = checks.read_fact_counts(db)
        parked = _read_parked(db)
        kinds = boxes.kinds | _read_own_kinds(db)
    with tempfile.TemporaryDirectory() as folder:
        hub_differing = [c.table for c in verify_hub(db, folder) if not c.is_equal]
    differences["waiting"] = counts.waiting
    return MonthFigures(
        facts=counts.received,
        kinds=frozenset(kinds),
        cases=frozenset(map(str, cases)),
        lost=sum(len(set(boxes.fact_ids[name]) - set(kept[name])) for name in lines),
        duplicated=sum(
            len(ids) - len(set(ids)) for ids in (*boxes.fact_ids.values(), *kept.values())
        ),
        strange=sum(len(set(kept[name]) - set(boxes.fact_ids[name])) for name in lines),
        parked=parked,
        quarantined=counts.quarantined,
        differences=differences,
        box_tables_differing=boxes.differing,
        hub_tables_differing=hub_differing,
        flaps=sum(line.flaps for line in lines.values()),
        messages_lost=sum(line.lost for line in lines.values()),
        lives=sum(line.lives for line in lines.values()),
        tickets=boxes.tickets,
        sales_fen=boxes.lines_fen,
    )


def _read_box(boxes: _Boxes, name: str, line: BoxLine) -> None:
    check_chain(line.db)
    boxes.differing += [
        f"{name} {check.table}" for check in verify_box(line.db) if check.differing_rows
    ]
    ids = boxes.fact_ids.setdefault(name, [])
    for fact, _body, _head in journal.iterate_facts(line.db):
        ids.append(fact.happening.fact_id.bytes)
        boxes.kinds.add(fact.happening.kind)
        if isinstance(fact.happening.payload, Ticket):
            boxes.tickets += 1
            boxes.lines_fen += fact.happening.payload.amount_fen
            boxes.tax_fen += fact.happening.payload.tax_fen
    for row in read_projection(line.db, "on_hand"):
        store, state, item_id, lot, milli = row
        assert isinstance(store, str)
        assert isinstance(state, str)
        assert isinstance(item_id, int)
        assert isinstance(lot, str)
        assert isinstance(milli, int)
        boxes.stock_milli[store, state, item_id, lot] = milli


def _read_kept(db: sa.Connection) -> dict[str, list[bytes]]:
    kept: dict[str, list[bytes]] = collections.defaultdict(list)
    for store, fact_id in db.execute(sa.select(hub_journal.c.store, hub_journal.c.fact_id)):
        kept[store].append(bytes(fact_id))
    kept.pop(HQ_STORE, None)
    return kept


def _read_own_kinds(db: sa.Connection) -> set[FactKind]:
    numbers = db.execute(sa.select(hub_journal.c.kind).distinct()).scalars()
    return {KIND_FROM_WIRE[number] for number in numbers}


def _read_stock(db: sa.Connection) -> dict[tuple[str, str, int, str], int]:
    table = schema_books.on_hand.c
    rows = db.execute(
        sa.select(table.store, table.state, table.item_id, table.lot, table.quantity_milli)
    )
    return {(row[0], row[1], row[2], row[3]): row[4] for row in rows}


def _read_parked(db: sa.Connection) -> dict[str, int]:
    table = schema_books.parked.c
    rows = db.execute(sa.select(table.reason_code, sa.func.count()).group_by(table.reason_code))
    return {str(row[0]): int(row[1]) for row in rows}


def _read_differences(
    db: sa.Connection, boxes: _Boxes, hub_stock: Mapping[tuple[str, str, int, str], int]
) -> dict[str, int]:
    """Everything that two readings must agree on."""
    ledger = checks.read_ledger_checks(db)
    sold = schema_books.sale_line.c
    sold_fen, sold_tax_fen = db.execute(
        sa.select(sa.func.sum(sold.amount_fen), sa.func.sum(sold.tax_fen))
    ).one()
    keys = boxes.stock_milli.keys() | hub_stock.keys()
    return {
        "stock_milli": sum(
            abs(boxes.stock_milli.get(key, 0) - hub_stock.get(key, 0)) for key in keys
        ),
        "stock_vs_movements_milli": checks.read_stock_difference_milli(db),
        "stock_vs_cost_milli": checks.read_cost_difference_milli(db),
        "transit_milli": checks.read_transit_difference_milli(db),
        "stock_vs_gl_fen": ledger.stock_vs_gl_fen,
        "transit_vs_gl_fen": ledger.in_transit_vs_gl_fen,
        "unbalanced_entries": ledger.unbalanced_entries,
        "trial_balance_fen": checks.read_trial_balance_difference_fen(db),
        "sales_fen": abs(int(sold_fen) - boxes.lines_fen),
        "sales_tax_fen": abs(int(sold_tax_fen) - boxes.tax_fen),
    }
