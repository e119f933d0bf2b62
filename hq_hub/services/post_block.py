"""Posts a block of facts: decode once, load once, rules in order, one write a table.

Apply and rebuild both call this, so the same log gives the same books.
"""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import logging
import uuid
from collections.abc import Collection, Iterable, Iterator, MutableMapping, Sequence
from itertools import chain, repeat
from typing import Any

import sqlalchemy as sa

from hq_hub.services.book_rows import add_posted
from hq_hub.services.fact_checks import (
    CannotPostError,
    Decisions,
    load_decisions,
    require_decisions,
    require_range,
    require_register,
)
from hq_hub.services.own_rows import add_own_fact
from hq_hub.services.ticket_rows import add_ticket
from hq_hub.store import books as book_store
from hq_hub.store.apply_state import Parked, ParkReason, WaitingFact
from hq_hub.store.books import BookRows, BookTables
from protos.codec import MalformedFactError, NewerFactError, decode_for_books
from retail_domain.ledger.books import Books, CostKey, PurchaseKey, TransitKey
from retail_domain.ledger.chart import Chart
from retail_domain.ledger.posting import (
    BookPayload,
    Posted,
    post_fact,
    touched_costs,
    touched_purchases,
    touched_sales,
    touched_transit,
)
from retail_domain.trade.fact import HQ_STORE, Happening
from retail_domain.trade.tender import TENDER_FEN_MAX
from retail_domain.trade.ticket_columns import TicketColumns
from retail_domain.trade.voucher import PeriodClosed, period_of

log = logging.getLogger(__name__)
PART_FACTS_MAX = 64
"""Facts that are carried from bytes to rows at once: what they become stays in the processor's
cache. All parts of a block are in its one transaction."""
ReadFact = Happening | TicketColumns
"""A fact as far as the books read it."""


@dataclasses.dataclass(frozen=True, slots=True)
class PostedBlock:
    """What became of a block; both in the order of the block."""

    posted: tuple[tuple[WaitingFact, str], ...]
    """The fact and its accounting month."""
    parked: tuple[Parked, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class _Ready:
    """A fact that can be tried, with the pairs that it may touch."""

    fact: WaitingFact
    read: ReadFact
    cost_keys: list[CostKey]
    transit_keys: set[TransitKey]
    sales: set[tuple[str, uuid.UUID]]
    """Tickets that goods come back of."""
    purchases: set[PurchaseKey]

    @property
    def payload(self) -> BookPayload:
        """What the fact says."""
        return _payload_of(self.read)


def post_block(db: sa.Connection, facts: Sequence[WaitingFact], tables: BookTables) -> PostedBlock:
    """Post facts in their order into the projections.

    A fact that cannot be posted leaves nothing behind and does not stop those after it.

    Args:
        db: inside write_transaction(); orders and stores are read from it as well.
        facts: the order decides average costs.
        tables: which projections to read and write.
    """
    with _without_collector():
        return _post_block(db, facts, tables)


@contextlib.contextmanager
def _without_collector() -> Iterator[None]:
    """Keep the cyclic collector out: a block makes no cycles, and it would be walked in vain.

    A tenth of the time of a block; memory is given back by reference counts all the same.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _post_block(db: sa.Connection, facts: Sequence[WaitingFact], tables: BookTables) -> PostedBlock:
    parked: dict[int, Parked] = {}
    posted: list[tuple[WaitingFact, str]] = []
    chart = book_store.read_chart(db)
    entities = book_store.read_legal_entities(db)
    closed_through = book_store.read_closed_through(db, tables)
    for start in range(0, len(facts), PART_FACTS_MAX):
        decoded = _decode(facts[start : start + PART_FACTS_MAX], parked)
        decisions = load_decisions(db, entities, [_payload_of(read) for _fact, read in decoded])
        for part in _split(_check(decoded, decisions, parked)):
            books = _load_books(db, tables, chart, decisions, part)
            posted += _post_part(db, tables, books, part, parked, closed_through)
            if isinstance(part[0].payload, PeriodClosed):
                closed_through = book_store.read_closed_through(db, tables)
    return PostedBlock(tuple(posted), tuple(parked[number] for number in sorted(parked)))


def _split(ready: Sequence[_Ready]) -> Iterator[list[_Ready]]:
    """Let the close of a month stand alone: it adds up what was written before it."""
    part: list[_Ready] = []
    for one in ready:
        if isinstance(one.payload, PeriodClosed):
            if part:
                yield part
            yield [one]
            part = []
        else:
            part.append(one)
    if part:
        yield part


def _load_books(
    db: sa.Connection,
    tables: BookTables,
    chart: Chart,
    decisions: Decisions,
    part: Sequence[_Ready],
) -> Books:
    """Read what the facts of a part may touch."""
    sales = {sale for one in part for sale in one.sales}
    books = Books(
        decisions.legal_entities,
        chart.codes(),
        book_store.read_costs(db, tables, set(chain.from_iterable(one.cost_keys for one in part))),
        book_store.read_in_transit(db, tables, {key for one in part for key in one.transit_keys}),
        {number: order.costs for number, order in decisions.purchase_orders.items()},
        book_store.read_sold(db, tables, sales),
        frozenset(fact_id for _store, fact_id in sales),
    )
    purchases = {key for one in part for key in one.purchases}
    books.purchases = book_store.read_purchases(db, tables, purchases)
    if len(part) == 1 and isinstance(closing := part[0].payload, PeriodClosed):
        books.income_fen = book_store.read_income(db, tables, chart, closing.period)
    return books


def _post_part(
    db: sa.Connection,
    tables: BookTables,
    books: Books,
    part: Sequence[_Ready],
    parked: dict[int, Parked],
    closed_through: str,
) -> list[tuple[WaitingFact, str]]:
    """Post facts one after the other, then write what they left, a statement a table."""
    rows = BookRows()
    posted: list[tuple[WaitingFact, str]] = []
    for one in part:
        try:
            left = _post_or_undo(books, one)
        except CannotPostError as error:
            parked[one.fact.receive_no] = Parked(one.fact, error.reason, error.detail)
            continue
        period = _period_of(one, closed_through)
        _add_rows(rows, one, left, period)
        posted.append((one.fact, period))
    book_store.write_costs(db, tables, books.costs)
    book_store.write_in_transit(db, tables, books.in_transit)
    book_store.write_purchases(db, tables, books.purchases)
    book_store.write_returned(db, tables, books.sold)
    book_store.write_book_rows(db, tables, rows)
    return posted


def _add_rows(rows: BookRows, one: _Ready, left: Posted, period: str) -> None:
    if isinstance(one.read, TicketColumns):
        add_ticket(rows, one.fact, one.read, left, period)
        return
    add_posted(rows, one.fact, one.read, left, period)
    if one.fact.store == HQ_STORE:
        add_own_fact(rows, one.fact, one.read, left, period)


def _period_of(one: _Ready, closed_through: str) -> str:
    """Accounting month of a fact: its own while that is open; a month's close is its last entry."""
    if isinstance(one.payload, PeriodClosed):
        return one.payload.period
    return period_of(one.read.business_date.isoformat()[:7], closed_through)


def _payload_of(read: ReadFact) -> BookPayload:
    return read if isinstance(read, TicketColumns) else read.payload


def _decode(
    facts: Sequence[WaitingFact], parked: dict[int, Parked]
) -> list[tuple[WaitingFact, ReadFact]]:
    decoded: list[tuple[WaitingFact, ReadFact]] = []
    for fact in facts:
        try:
            decoded.append((fact, decode_for_books(fact.body)))
        except NewerFactError as error:
            parked[fact.receive_no] = Parked(fact, ParkReason.NEWER_FACT, str(error))
        except MalformedFactError as error:
            parked[fact.receive_no] = Parked(fact, ParkReason.MALFORMED_FACT, str(error))
    return decoded


def _check(
    decoded: Sequence[tuple[WaitingFact, ReadFact]],
    decisions: Decisions,
    parked: dict[int, Parked],
) -> list[_Ready]:
    ready: list[_Ready] = []
    entities = decisions.legal_entities
    for fact, read in decoded:
        payload = _payload_of(read)
        touched = touched_costs(fact.store, payload)
        try:
            require_register(read.register_no)
            require_range(payload)
            require_decisions(decisions, fact.store, payload, touched.keys())
        except CannotPostError as error:
            parked[fact.receive_no] = Parked(fact, error.reason, error.detail)
            continue
        cost_keys: list[CostKey] = []
        for store, item_ids in touched.items():
            cost_keys += zip(repeat(entities[store]), repeat(store), item_ids, strict=False)
        transit_keys, sales = touched_transit(payload), touched_sales(payload)
        purchases = touched_purchases(payload)
        ready.append(_Ready(fact, read, cost_keys, transit_keys, sales, purchases))
    return ready


def _post_or_undo(books: Books, one: _Ready) -> Posted:
    """Post one fact whole, or leave the books as they were.

    Pairs are replaced, never changed: putting the old ones back undoes a posting.
    """
    held: tuple[tuple[MutableMapping[Any, Any], Collection[Any]], ...] = (
        (books.costs, one.cost_keys),
        (books.in_transit, one.transit_keys),
        (books.purchases, one.purchases),
    )
    before = [list(map(values.get, keys)) for values, keys in held]
    sold_before = dict(books.sold)
    try:
        posted = post_fact(books, one.fact.store, one.read)
        assert max(map(abs, posted.costs_fen), default=0) <= TENDER_FEN_MAX, posted
    except AssertionError as error:
        for (values, keys), pairs in zip(held, before, strict=True):
            _put_back(values, keys, pairs)
        books.sold = sold_before
        log.exception("posting of %s failed; the fact is parked", one.fact.place)
        raise CannotPostError(ParkReason.POSTING_FAILED, repr(error)) from error
    return posted


def _put_back(
    values: MutableMapping[Any, Any], keys: Iterable[object], before: Iterable[object]
) -> None:
    for key, value in zip(keys, before, strict=True):
        if value is None:
            values.pop(key, None)
        else:
            values[key] = value
