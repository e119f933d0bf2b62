"""Turns what a fact left behind into rows of the projections."""

from __future__ import annotations

from hq_hub.store.apply_state import WaitingFact
from hq_hub.store.books import BookRows
from retail_domain.ledger.posting import Posted
from retail_domain.stock.goods import TransferReceived, TransferShipped
from retail_domain.stock.movement import StockState
from retail_domain.trade.fact import Happening
from retail_domain.trade.stock_effect import stock_movements
from retail_domain.trade.ticket import Ticket

STATE_NAMES = {state: state.value for state in StockState}
"""Looked up: an enum's own attribute takes several times as long, once a line."""


def add_posted(rows: BookRows, fact: WaitingFact, happening: Happening, posted: Posted) -> None:
    """Add the rows of one posted fact."""
    payload = happening.payload
    business_date = happening.business_date.isoformat()
    _add_movements(rows, fact, happening, posted)
    store, epoch, seq = fact.place
    period = business_date[:7]
    for line_no, line in enumerate(posted.lines, start=1):
        rows.entry_line.append(
            (
                store,
                epoch,
                seq,
                line_no,
                line.store,
                line.account_code,
                line.transfer_no,
                line.debit_fen,
                line.credit_fen,
                business_date,
                period,
            )
        )
    if isinstance(payload, Ticket):
        _add_sale(rows, fact, happening, payload, posted)
    if isinstance(payload, TransferShipped | TransferReceived):
        _add_progress(rows, payload)


def _add_movements(rows: BookRows, fact: WaitingFact, happening: Happening, posted: Posted) -> None:
    store, epoch, seq = fact.place
    on_hand_milli = rows.on_hand_milli
    movements = stock_movements(store, happening.payload)
    for movement, cost_fen in zip(movements, posted.costs_fen, strict=True):
        place, quantity_milli = movement.key, movement.quantity_milli
        state = STATE_NAMES[place.state]
        key = (place.store, state, place.item_id, place.lot)
        on_hand_milli[key] = on_hand_milli.get(key, 0) + quantity_milli
        rows.stock_movement.append(
            (
                store,
                epoch,
                seq,
                movement.line_no,
                state,
                place.item_id,
                place.lot,
                quantity_milli,
                cost_fen,
            )
        )


def _add_sale(
    rows: BookRows, fact: WaitingFact, happening: Happening, ticket: Ticket, posted: Posted
) -> None:
    store, epoch, seq = fact.place
    business_date = happening.business_date.isoformat()
    quantity_milli = discount_fen = 0
    for line, cost_fen in zip(ticket.lines, posted.costs_fen, strict=True):
        quantity_milli += line.quantity_milli
        discount_fen += line.discount_fen
        rows.sale_line.append(
            (
                store,
                epoch,
                seq,
                line.line_no,
                business_date,
                line.item_id,
                line.quantity_milli,
                line.amount_fen,
                line.tax_fen,
                line.discount_fen,
                -cost_fen,
            )
        )
    amount_fen = ticket.amount_fen
    rows.ticket.append(
        (store, epoch, seq, happening.register_no, ticket.receipt_no, business_date, amount_fen)
    )
    cost_fen = -sum(posted.costs_fen)
    sums = (1, quantity_milli, amount_fen, ticket.tax_fen, discount_fen, cost_fen)
    before = rows.store_days.get((store, business_date), (0, 0, 0, 0, 0, 0))
    rows.store_days[store, business_date] = tuple(map(sum, zip(before, sums, strict=True)))


def _add_progress(rows: BookRows, payload: TransferShipped | TransferReceived) -> None:
    is_shipment = isinstance(payload, TransferShipped)
    for line in payload.lines:
        key = (payload.transfer_no, line.item_id)
        shipped_milli, received_milli = rows.progress_milli.get(key, (0, 0))
        if is_shipment:
            shipped_milli += line.quantity_milli
        else:
            received_milli += line.quantity_milli
        rows.progress_milli[key] = (shipped_milli, received_milli)
