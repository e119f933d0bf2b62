"""Posts a block of facts: decode once, load once, rules in order, one write a table.

Apply and rebuild both call this, so the same log gives the same books.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Mapping, MutableMapping, Sequence
from typing import TypeVar

import sqlalchemy as sa

from hq_hub.services.book_rows import add_posted
from hq_hub.store import books as book_store
from hq_hub.store import orders
from hq_hub.store.apply_state import Parked, ParkReason, WaitingFact
from hq_hub.store.books import BookRows, BookTables
from protos.codec import MalformedFactError, NewerFactError, decode_fact
from retail_domain.catalog.quantity import QUANTITY_MILLI_MAX
from retail_domain.ledger.average_cost import AverageCost
from retail_domain.ledger.posting import (
    Books,
    CostKey,
    OrderedCost,
    Posted,
    TransitKey,
    post_fact,
    touched_costs,
    touched_transit,
)
from retail_domain.ledger.small_enterprise_chart import SMALL_ENTERPRISE_CHART
from retail_domain.stock.goods import GoodsReceived, TransferReceived, TransferShipped
from retail_domain.trade.fact import Happening, Payload
from retail_domain.trade.tender import TENDER_FEN_MAX
from retail_domain.trade.ticket import Ticket

log = logging.getLogger(__name__)
Key = TypeVar("Key")

NUMBER_MAX = 10**15
"""Of a receipt: beyond any register's life, far below int64."""


@dataclasses.dataclass(frozen=True, slots=True)
class PostedBlock:
    """What became of a block; both in the order of the block."""

    posted: tuple[tuple[WaitingFact, str], ...]
    """The fact and its accounting month."""
    parked: tuple[Parked, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class _Decisions:
    """What headquarters decided that posting must know."""

    purchase_orders: Mapping[str, orders.CostedOrder]
    transfer_stores: Mapping[str, tuple[str, str]]
    legal_entities: Mapping[str, str]


class _CannotPostError(Exception):
    """This fact has to wait; its neighbours do not."""

    def __init__(self, reason: ParkReason, detail: str) -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(detail)


def post_block(db: sa.Connection, facts: Sequence[WaitingFact], tables: BookTables) -> PostedBlock:
    """Post facts in their order into the projections.

    A fact that cannot be posted leaves nothing behind and does not stop those after it.

    Args:
        db: inside write_transaction(); orders and stores are read from it as well.
        facts: the order decides average costs.
        tables: which projections to read and write.
    """
    decoded: list[tuple[WaitingFact, Happening]] = []
    parked: list[tuple[int, Parked]] = []
    for fact in facts:
        try:
            decoded.append((fact, decode_fact(fact.body).happening))
        except NewerFactError as error:
            parked.append((fact.receive_no, Parked(fact, ParkReason.NEWER_FACT, str(error))))
        except MalformedFactError as error:
            parked.append((fact.receive_no, Parked(fact, ParkReason.MALFORMED_FACT, str(error))))
    decisions = _load_decisions(db, [happening.payload for _fact, happening in decoded])
    poster = _Poster(decisions, _load_books(db, tables, decoded, decisions))
    posted: list[tuple[WaitingFact, str]] = []
    for fact, happening in decoded:
        try:
            poster.post(fact, happening)
            posted.append((fact, period_of(happening)))
        except _CannotPostError as error:
            parked.append((fact.receive_no, Parked(fact, error.reason, error.detail)))
    poster.write(db, tables)
    parked.sort(key=lambda numbered: numbered[0])
    return PostedBlock(tuple(posted), tuple(found for _receive_no, found in parked))


def period_of(happening: Happening) -> str:
    """Accounting month of a fact: that of its business date, as long as no month is closed."""
    return happening.business_date.isoformat()[:7]


def _load_decisions(db: sa.Connection, payloads: Sequence[Payload]) -> _Decisions:
    purchases = {p.purchase_order_no for p in payloads if isinstance(p, GoodsReceived)}
    transfers = {
        p.transfer_no for p in payloads if isinstance(p, TransferShipped | TransferReceived)
    }
    return _Decisions(
        orders.read_costed_orders(db, purchases),
        orders.read_transfer_stores(db, transfers),
        book_store.read_legal_entities(db),
    )


def _load_books(
    db: sa.Connection,
    tables: BookTables,
    decoded: Sequence[tuple[WaitingFact, Happening]],
    decisions: _Decisions,
) -> Books:
    entities = decisions.legal_entities
    costs: set[CostKey] = set()
    in_transit: set[TransitKey] = set()
    for fact, happening in decoded:
        touched = touched_costs(fact.store, happening.payload)
        costs.update(
            (entities[store], store, item_id) for store, item_id in touched if store in entities
        )
        in_transit |= touched_transit(happening.payload)
    return Books(
        entities,
        SMALL_ENTERPRISE_CHART.codes(),
        book_store.read_costs(db, tables, costs),
        book_store.read_in_transit(db, tables, in_transit),
    )


class _Poster:
    """The books of one block, and the rows that its facts leave."""

    def __init__(self, decisions: _Decisions, books: Books) -> None:
        self._decisions = decisions
        self._books = books
        self._rows = BookRows()

    def post(self, fact: WaitingFact, happening: Happening) -> None:
        """Post one fact whole, or raise and leave the books as they were."""
        payload = happening.payload
        if fact.store not in self._decisions.legal_entities:
            raise _CannotPostError(ParkReason.STORE_MISSING, fact.store)
        _require_range(payload)
        ordered = self._find_order(fact.store, payload)
        posted = self._post_or_undo(fact, payload, ordered)
        add_posted(self._rows, fact, happening, posted)

    def write(self, db: sa.Connection, tables: BookTables) -> None:
        """Write the rows and the pairs."""
        book_store.write_costs(db, tables, self._books.costs)
        book_store.write_in_transit(db, tables, self._books.in_transit)
        book_store.write_book_rows(db, tables, self._rows)

    def _find_order(self, store: str, payload: Payload) -> Mapping[int, OrderedCost]:
        if isinstance(payload, GoodsReceived):
            return _require_purchase(self._decisions.purchase_orders, store, payload)
        if isinstance(payload, TransferShipped):
            stores = (store, payload.target_store)
            _require_transfer(self._decisions.transfer_stores, payload.transfer_no, stores)
        if isinstance(payload, TransferReceived):
            stores = (payload.source_store, store)
            _require_transfer(self._decisions.transfer_stores, payload.transfer_no, stores)
        return {}

    def _post_or_undo(
        self, fact: WaitingFact, payload: Payload, ordered: Mapping[int, OrderedCost]
    ) -> Posted:
        """Pairs are replaced, never changed: putting the old ones back undoes a posting."""
        books = self._books
        cost_keys = [books.cost_key(*touched) for touched in touched_costs(fact.store, payload)]
        costs_before = {key: books.costs.get(key) for key in cost_keys}
        in_transit_before = {key: books.in_transit.get(key) for key in touched_transit(payload)}
        try:
            posted = post_fact(books, fact.store, payload, ordered)
            assert all(abs(cost_fen) <= TENDER_FEN_MAX for cost_fen in posted.costs_fen), posted
        except AssertionError as error:
            _put_back(books.costs, costs_before)
            _put_back(books.in_transit, in_transit_before)
            log.exception("posting of %s failed; the fact is parked", fact.place)
            raise _CannotPostError(ParkReason.POSTING_FAILED, repr(error)) from error
        return posted


def _put_back(
    pairs: MutableMapping[Key, AverageCost], before: Mapping[Key, AverageCost | None]
) -> None:
    for key, pair in before.items():
        if pair is None:
            pairs.pop(key, None)
        else:
            pairs[key] = pair


def _require_range(payload: Payload) -> None:
    """Refuse what no shop sells and what int64 would not hold when it is added up."""
    for line in payload.lines:
        if line.quantity_milli > QUANTITY_MILLI_MAX:
            detail = f"quantity_milli {line.quantity_milli} on line {line.line_no}"
            raise _CannotPostError(ParkReason.OUT_OF_RANGE, detail)
    if isinstance(payload, Ticket):
        for line in payload.lines:
            for fen in (line.amount_fen, line.discount_fen, line.tax_fen):
                if abs(fen) > TENDER_FEN_MAX:
                    raise _CannotPostError(ParkReason.OUT_OF_RANGE, f"{fen} fen on {line.line_no}")
        if payload.receipt_no > NUMBER_MAX:
            raise _CannotPostError(ParkReason.OUT_OF_RANGE, f"receipt_no {payload.receipt_no}")


def _require_purchase(
    known: Mapping[str, orders.CostedOrder], store: str, receipt: GoodsReceived
) -> Mapping[int, OrderedCost]:
    number = receipt.purchase_order_no
    order = known.get(number)
    if order is None:
        raise _CannotPostError(ParkReason.DOCUMENT_MISSING, number)
    if (order.store, order.purpose) != (store, receipt.purpose):
        detail = f"{number} is {order.purpose.value} of {order.store}"
        raise _CannotPostError(ParkReason.DOCUMENT_DIFFERS, detail)
    for line in receipt.lines:
        if line.item_id not in order.costs:
            detail = f"item {line.item_id} is not on {number}"
            raise _CannotPostError(ParkReason.DOCUMENT_DIFFERS, detail)
    return order.costs


def _require_transfer(
    known: Mapping[str, tuple[str, str]], transfer_no: str, stores: tuple[str, str]
) -> None:
    decided = known.get(transfer_no)
    if decided is None:
        raise _CannotPostError(ParkReason.DOCUMENT_MISSING, transfer_no)
    if decided != stores:
        detail = f"{transfer_no} goes from {decided[0]} to {decided[1]}"
        raise _CannotPostError(ParkReason.DOCUMENT_DIFFERS, detail)
