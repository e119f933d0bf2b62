"""What headquarters' use cases must know before they write a fact of their own."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Collection, Mapping

import sqlalchemy as sa
from google.protobuf.message import DecodeError

from hq_hub.store import rows, schema
from hq_hub.store.apply_state import iterate_parked_bodies
from hq_hub.store.schema_books import closed_period, day_close, store_day, supplier_invoice
from hq_hub.store.schema_headquarters import open_item_sale, own_fact, purchase_progress
from hq_hub.store.schema_ingest import hub_journal
from protos.liushui.v1 import fact_pb2
from retail_domain.ledger.books import PurchasedLine


@dataclasses.dataclass(frozen=True, slots=True)
class OrderHeader:
    """Whom a purchase order was placed with, and for which store."""

    store: str
    supplier_no: str
    purpose: str


def read_generation(db: sa.Connection) -> int:
    """The hub's life between restores."""
    return int(db.execute(sa.select(schema.hub_state.c.generation)).scalar_one())


def find_body(db: sa.Connection, store: str, epoch: int, seq: int) -> bytes | None:
    """Body of a fact by its place."""
    table = hub_journal.c
    body = db.execute(
        sa.select(table.body).where(table.store == store, table.epoch == epoch, table.seq == seq)
    ).scalar()
    return None if body is None else bytes(body)


def is_reversed(db: sa.Connection, fact_id: uuid.UUID) -> bool:
    """Whether a later fact took this one back."""
    question = sa.select(own_fact.c.seq).where(own_fact.c.reverses == fact_id.bytes).limit(1)
    return db.execute(question).first() is not None


def read_order_headers(db: sa.Connection, numbers: Collection[str]) -> dict[str, OrderHeader]:
    """Load purchase orders by number; unknown ones are left out."""
    found = rows.read_rows(db, schema.purchase_order, [(number,) for number in sorted(numbers)])
    return {row[0]: OrderHeader(row[1], row[2], row[3]) for row in found}


def read_purchased(db: sa.Connection, number: str) -> dict[int, PurchasedLine]:
    """What became of an order, by item; items of which nothing came are left out."""
    table = purchase_progress
    found = db.execute(sa.select(table).where(table.c.purchase_order_no == number))
    return {row[1]: PurchasedLine(*row[2:]) for row in found}


def read_open_fen(
    db: sa.Connection, supplier_no: str, invoice_nos: Collection[str]
) -> Mapping[str, int]:
    """What is owed on invoices of a supplier; unknown ones are left out."""
    keys: list[rows.Row] = [(supplier_no, invoice_no) for invoice_no in sorted(invoice_nos)]
    found = rows.read_rows(db, supplier_invoice, keys)
    return {invoice_no: gross - paid for _supplier_no, invoice_no, gross, paid in found}


def read_open_item_milli(db: sa.Connection, store: str, item_id: int) -> int:
    """Sold as an open item and not reclassified yet."""
    found = rows.read_rows(db, open_item_sale, [(store, item_id)])
    return sum(sold - reclassified for _store, _item_id, sold, reclassified in found)


def read_closed_through(db: sa.Connection) -> str:
    """The last closed accounting month; empty when none is."""
    return db.execute(sa.select(sa.func.max(closed_period.c.period))).scalar() or ""


def read_first_days(db: sa.Connection) -> dict[str, str]:
    """First business date of every store that ever traded."""
    first: dict[str, str] = {}
    for table in (store_day, day_close):
        days = sa.select(table.c.store, sa.func.min(table.c.business_date)).group_by(table.c.store)
        for store, day in db.execute(days):
            first[store] = min(day, first.get(store, day))
    return first


def read_closed_days(db: sa.Connection, period: str) -> set[tuple[str, str]]:
    """(store, business date) of the days that stores closed in a month."""
    table = day_close.c
    days = sa.select(table.store, table.business_date).where(
        table.business_date >= f"{period}-01", table.business_date <= f"{period}-31"
    )
    return {(store, day) for store, day in db.execute(days)}


def find_parked(db: sa.Connection, period: str) -> list[str]:
    """Places of parked facts up to the end of a month, such as S001/1/42, oldest first.

    What has no date can be of no month.
    """
    found = (_read_place(body) for body in iterate_parked_bodies(db))
    return [place for month, place in found if month and month <= period]


def _read_place(body: bytes) -> tuple[str, str]:
    """Month of the business date and place of any fact, also of a kind not known yet."""
    try:
        fact = fact_pb2.Fact.FromString(body)
    except DecodeError:
        return "", ""
    return fact.business_date[:7], f"{fact.store}/{fact.epoch}/{fact.seq}"
