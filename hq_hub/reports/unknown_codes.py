"""Codes that tills scanned and no item has: a task for headquarters, the most wanted first."""

from __future__ import annotations

import dataclasses
import datetime

import sqlalchemy as sa

from hq_hub.reports.paging import Stores, within
from hq_hub.store.schema import item
from hq_hub.store.schema_index import fact_index
from hq_hub.store.schema_ingest import hub_journal
from protos import codec
from protos.fact_view import number_kind
from retail_domain.catalog.gtin import lookup_forms
from retail_domain.trade.box_event import ItemUnknown
from retail_domain.trade.fact_kind import FactKind

FACTS_READ_MAX = 5_000
"""The newest; a chain with more has another task first."""


@dataclasses.dataclass(frozen=True, slots=True)
class UnknownCode:
    """One code, all stores together."""

    scanned_code: str
    times: int
    stores: int
    last_store: str
    last_date: datetime.date
    name: str
    """What a cashier called the goods last; empty when nobody did."""
    unit_price_fen: int
    """What was charged last."""
    item_id: int | None
    """Of an item that has the code by now; None: somebody has to make one."""


def read_unknown_codes(db: sa.Connection, stores: Stores) -> list[UnknownCode]:
    """Out of the newest FACTS_READ_MAX facts: open ones first, then by how often they came."""
    found: dict[str, UnknownCode] = {}
    seen_in: dict[str, set[str]] = {}
    for store, body in _read_bodies(db, stores):
        try:
            happening = codec.decode_fact(body).happening
        except (codec.MalformedFactError, codec.NewerFactError):
            continue  # Parked: the list of parked facts tells of it.
        unknown = happening.payload
        assert isinstance(unknown, ItemUnknown)
        code = unknown.scanned_code
        seen_in.setdefault(code, set()).add(store)
        newest = found.get(code)
        if newest is None:
            found[code] = UnknownCode(
                code,
                1,
                1,
                store,
                happening.business_date,
                unknown.name,
                unknown.unit_price_fen,
                None,
            )
        else:
            found[code] = dataclasses.replace(
                newest,
                times=newest.times + 1,
                stores=len(seen_in[code]),
                name=newest.name or unknown.name,
            )
    known = _find_items(db, found)
    rows = [dataclasses.replace(one, item_id=known.get(one.scanned_code)) for one in found.values()]
    return sorted(rows, key=lambda one: (one.item_id is not None, -one.times, one.scanned_code))


def _read_bodies(db: sa.Connection, stores: Stores) -> list[tuple[str, bytes]]:
    """Stores and facts, the newest first."""
    table = fact_index.c
    rows = db.execute(
        sa.select(table.store, hub_journal.c.body)
        .join(hub_journal, hub_journal.c.receive_no == table.receive_no)
        .where(table.kind == number_kind(FactKind.ITEM_UNKNOWN), within(table.store, stores))
        .order_by(table.business_date.desc(), table.receive_no.desc())
        .limit(FACTS_READ_MAX)
    )
    return [(str(store), bytes(body)) for store, body in rows]


def _find_items(db: sa.Connection, codes: dict[str, UnknownCode]) -> dict[str, int]:
    """Items that have one of the codes now; one walk over the list of items."""
    if not codes:
        return {}
    wanted = {form: code for code in codes for form in lookup_forms(code)}
    known: dict[str, int] = {}
    for item_id, sku, gtins in db.execute(sa.select(item.c.item_id, item.c.sku, item.c.gtins)):
        for form in (str(sku), *str(gtins).split()):
            if form in wanted:
                known[wanted[form]] = int(item_id)
    return known
