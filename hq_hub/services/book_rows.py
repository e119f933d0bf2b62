"""Turns what a fact left behind into rows of the projections; tickets are next door."""

from __future__ import annotations

from collections.abc import Callable

from hq_hub.store.apply_state import WaitingFact
from hq_hub.store.books import BookRows
from retail_domain.ledger.posting import Posted
from retail_domain.stock.goods import TransferReceived, TransferShipped
from retail_domain.stock.movement import StockState
from retail_domain.trade.fact import Happening
from retail_domain.trade.purchase import LandedCostAdded, Paid, SupplierInvoiced
from retail_domain.trade.reclassification import Reclassified
from retail_domain.trade.shift import ShiftClosed
from retail_domain.trade.stock_effect import stock_movements
from retail_domain.trade.trading_day import DayClosed
from retail_domain.trade.voucher import PeriodClosed
from retail_domain.transfers.settlement import TransferSettled

STATE_NAMES = {state: state.value for state in StockState}
"""Looked up: an enum's own attribute takes several times as long, once a line."""


def add_posted(
    rows: BookRows, fact: WaitingFact, happening: Happening, posted: Posted, period: str
) -> None:
    """Add the rows of one posted fact that is no ticket.

    Args:
        rows: of the block.
        fact: its place.
        happening: what happened.
        posted: what it left behind.
        period: accounting month that it is posted to.
    """
    payload = happening.payload
    _add_movements(rows, fact, happening, posted)
    add_entry(rows, fact, posted, happening.business_date.isoformat(), period)
    add = OWN_ROWS.get(type(payload))
    if add is not None:
        add(rows, fact, happening, posted)


def add_entry(
    rows: BookRows, fact: WaitingFact, posted: Posted, business_date: str, period: str
) -> None:
    """Add the lines of a fact's entry."""
    store, epoch, seq = fact.place
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
                movement.movement_no,
                state,
                place.item_id,
                place.lot,
                quantity_milli,
                cost_fen,
            )
        )


def add_open_item(
    rows: BookRows, store: str, item_id: int, *, sold_milli: int = 0, reclassified_milli: int = 0
) -> None:
    """Add to what was sold without a number of its own, and to what was put right since."""
    key = (store, item_id)
    sold, reclassified = rows.open_items_milli.get(key, (0, 0))
    rows.open_items_milli[key] = (sold + sold_milli, reclassified + reclassified_milli)


def _add_reclassified(
    rows: BookRows, _fact: WaitingFact, happening: Happening, _posted: Posted
) -> None:
    done = happening.payload
    assert isinstance(done, Reclassified)
    add_open_item(rows, done.store, done.open_item_id, reclassified_milli=done.quantity_milli)


def _add_progress(
    rows: BookRows, _fact: WaitingFact, happening: Happening, _posted: Posted
) -> None:
    payload = happening.payload
    assert isinstance(payload, TransferShipped | TransferReceived | TransferSettled)
    place = PROGRESS_PLACES[type(payload)]
    for line in payload.lines:
        key = (payload.transfer_no, line.item_id)
        done = list(rows.progress_milli.get(key, (0, 0, 0)))
        done[place] += line.quantity_milli
        rows.progress_milli[key] = (done[0], done[1], done[2])


def _add_shift(rows: BookRows, fact: WaitingFact, happening: Happening, _posted: Posted) -> None:
    closed = happening.payload
    assert isinstance(closed, ShiftClosed)
    store, epoch, seq = fact.place
    totals = closed.totals
    rows.shift_close.append(
        (
            store,
            epoch,
            seq,
            happening.register_no,
            closed.shift_no,
            happening.business_date.isoformat(),
            happening.staff_no,
            totals.tickets,
            totals.sales_fen,
            totals.returns_fen,
            totals.rounding_fen,
            totals.expected_cash_fen,
            closed.counted_fen,
        )
    )


def _add_day(rows: BookRows, fact: WaitingFact, happening: Happening, _posted: Posted) -> None:
    closed = happening.payload
    assert isinstance(closed, DayClosed)
    store, epoch, seq = fact.place
    day = closed.certificate
    rows.day_close.append(
        (
            store,
            epoch,
            seq,
            happening.business_date.isoformat(),
            day.first_seq,
            day.last_seq,
            day.tickets,
            day.sales_fen,
            day.returns_fen,
        )
    )


def _add_invoice(rows: BookRows, _fact: WaitingFact, happening: Happening, _posted: Posted) -> None:
    invoice = happening.payload
    assert isinstance(invoice, SupplierInvoiced)
    _owe(rows, (invoice.supplier_no, invoice.invoice_no), invoice.gross_fen, 0)


def _add_landed(rows: BookRows, _fact: WaitingFact, happening: Happening, _posted: Posted) -> None:
    landed = happening.payload
    assert isinstance(landed, LandedCostAdded)
    _owe(rows, (landed.supplier_no, landed.invoice_no), landed.amount_fen, 0)


def _add_payment(rows: BookRows, _fact: WaitingFact, happening: Happening, _posted: Posted) -> None:
    paid = happening.payload
    assert isinstance(paid, Paid)
    for invoice in paid.invoices:
        _owe(rows, (paid.supplier_no, invoice.invoice_no), 0, invoice.amount_fen)


def _owe(rows: BookRows, key: tuple[str, str], gross_fen: int, paid_fen: int) -> None:
    owed = rows.invoices_fen.get(key, (0, 0))
    rows.invoices_fen[key] = (owed[0] + gross_fen, owed[1] + paid_fen)


def _add_period(rows: BookRows, fact: WaitingFact, happening: Happening, _posted: Posted) -> None:
    closed = happening.payload
    assert isinstance(closed, PeriodClosed)
    rows.closed_period.append((*fact.place, closed.period))


PROGRESS_PLACES = {TransferShipped: 0, TransferReceived: 1, TransferSettled: 2}
"""Which column of transfer_progress a kind moves."""
OWN_ROWS: dict[type, Callable[[BookRows, WaitingFact, Happening, Posted], None]] = {
    TransferShipped: _add_progress,
    TransferReceived: _add_progress,
    TransferSettled: _add_progress,
    ShiftClosed: _add_shift,
    DayClosed: _add_day,
    SupplierInvoiced: _add_invoice,
    LandedCostAdded: _add_landed,
    Paid: _add_payment,
    PeriodClosed: _add_period,
    Reclassified: _add_reclassified,
}
"""Of kinds with rows of their own beside movements and entry."""
