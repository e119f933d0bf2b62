"""Use cases of the books: vouchers, allocations, settled transfers, reclassified goods, closing."""

from __future__ import annotations

import dataclasses
import datetime
from collections import Counter
from collections.abc import Mapping

import sqlalchemy as sa

from hq_hub.services.documents import ORDER_LINES_MAX, require_stores
from hq_hub.services.errors import (
    DaysNotClosedError,
    ItemNotFoundError,
    MonthHasParkedError,
    NotInTransitError,
    NotOpenItemError,
    ReclassifiedTooMuchError,
    SettlementReasonError,
    StoreListedTwiceError,
)
from hq_hub.services.own_journal import Decided, make_own_id, today_of, write_own_fact
from hq_hub.services.requests import Asked
from hq_hub.store import books, catalog, documents, orders, own_facts
from hq_hub.store.audit import write_audit
from protos.documents import ORDERS_FEED, Reclassification, encode_order, order_key
from retail_domain.catalog.item import UnitOfMeasure, is_open_item
from retail_domain.catalog.quantity import require_quantity, show_quantity
from retail_domain.errors import ItemListedTwiceError, NoLinesError, TransferNotFoundError
from retail_domain.ledger.errors import LinesTooManyError
from retail_domain.ledger.voucher_rules import (
    require_account,
    require_amount,
    require_balance,
    require_expense,
    require_next_month,
    require_open_month,
    share_amount,
)
from retail_domain.people.permission import require_right
from retail_domain.people.right import Measure, Right
from retail_domain.trade.fact import HQ_STORE
from retail_domain.trade.reclassification import Reclassified
from retail_domain.trade.trading_month import find_missing_days, last_day_of
from retail_domain.trade.voucher import (
    AllocatedShare,
    CostAllocated,
    ManualEntry,
    PeriodClosed,
    VoucherLine,
)
from retail_domain.transfers.settlement import SettledLine, SettlementReason, TransferSettled

VOUCHER_LINES_MAX = 1_000
"""A wage voucher over a chain's stores and departments; more is an import."""
PARKED_NAMED_MAX = 50
"""Facts that the audit names beside their count: more have one cause."""
DAYS_SHOWN_MAX = 20
"""Of the missing days in a sentence; the list of months has them all."""
RECLASSIFICATION_SERIES = "R"


@dataclasses.dataclass(frozen=True, slots=True)
class NewVoucherLine:
    """One line of a voucher."""

    store: str
    """Whose books; HQ for headquarters' own."""
    account_code: str
    debit_fen: int
    credit_fen: int


@dataclasses.dataclass(frozen=True, slots=True)
class NewVoucher:
    """An entry that a person writes."""

    summary: str
    business_date: datetime.date
    lines: tuple[NewVoucherLine, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class NewAllocation:
    """An expense of headquarters that stores shall bear."""

    summary: str
    business_date: datetime.date
    account_code: str
    amount_fen: int
    weights: tuple[tuple[str, int], ...]
    """(store, weight): square metres, sales, heads; any unit."""


@dataclasses.dataclass(frozen=True, slots=True)
class NewSettlement:
    """What became of goods that are between two stores on paper only."""

    transfer_no: str
    responsible_store: str
    """Who answers: source or target."""
    reason: SettlementReason
    business_date: datetime.date
    lines_milli: tuple[tuple[int, int], ...]
    """(item_id, quantity): + lost, - arrived without having left."""


@dataclasses.dataclass(frozen=True, slots=True)
class NewReclassification:
    """What was sold as an open item, now that its item is known."""

    store: str
    open_item_id: int
    item_id: int
    quantity_milli: int
    business_date: datetime.date


def enter_voucher(db: sa.Connection, new: NewVoucher, asked: Asked) -> str:
    """Write an entry by hand; a repeat changes nothing.

    Returns:
        The fact's number.

    Raises:
        RightMissingError, LimitExceededError: more than the person may enter by hand.
        NoLinesError, LinesTooManyError, StoreNotFoundError, MonthClosedError
        RetailError: the rules of accounts and vouchers, BooksBehindError, FutureDateError
    """

    def decide() -> Decided:
        _require_voucher(db, new)
        amount_fen = sum(line.debit_fen for line in new.lines)
        amounts = {Measure.MANUAL_ENTRY_FEN: amount_fen}
        require_right(asked.actor, Right.WRITE_ENTRY, None, amounts)
        lines = tuple(
            VoucherLine(line_no, *dataclasses.astuple(line))
            for line_no, line in enumerate(new.lines, start=1)
        )
        return Decided(ManualEntry(new.summary, lines), new.business_date)

    return write_own_fact(db, asked, ("enter_voucher", repr(new)), decide)


def allocate_cost(db: sa.Connection, new: NewAllocation, asked: Asked) -> str:
    """Share an expense of headquarters out over stores; returns and repeats as `enter_voucher`.

    Raises:
        StoreListedTwiceError, StoreNotFoundError, MonthClosedError, SharesEmptyError
        RetailError: the rules of accounts and amounts.
    """

    def decide() -> Decided:
        numbers = [store for store, _weight in new.weights]
        for number, times in Counter(numbers).items():
            if times > 1:
                raise StoreListedTwiceError(store=number)
        require_stores(db, numbers)
        require_expense(books.read_chart(db), new.account_code)
        _require_open_month(db, new.business_date)
        require_amount(new.amount_fen)
        amounts_fen = share_amount(new.amount_fen, [weight for _store, weight in new.weights])
        shares = tuple(
            AllocatedShare(store, fen)
            for store, fen in zip(numbers, amounts_fen, strict=True)
            if fen
        )
        if not shares:
            raise NoLinesError(document_no=new.summary)
        return Decided(CostAllocated(new.summary, new.account_code, shares), new.business_date)

    return write_own_fact(db, asked, ("allocate_cost", repr(new)), decide)


def settle_transfer(db: sa.Connection, new: NewSettlement, asked: Asked) -> str:
    """Close what is in transit of a transfer; returns and repeats as `enter_voucher`.

    Raises:
        TransferNotFoundError, NoLinesError, ItemListedTwiceError, SettlementReasonError
        NotInTransitError: more than is in transit, or the other way round.
    """

    def decide() -> Decided:
        _require_settlement(db, new)
        lines = tuple(
            SettledLine(line_no, *line) for line_no, line in enumerate(new.lines_milli, start=1)
        )
        settled = TransferSettled(new.transfer_no, new.responsible_store, new.reason, lines)
        return Decided(settled, new.business_date)

    return write_own_fact(db, asked, ("settle_transfer", repr(new)), decide)


def reclassify(db: sa.Connection, new: NewReclassification, asked: Asked) -> str:
    """Tell a store's box which item an open item was; returns and repeats as `enter_voucher`.

    The box takes the goods out of stock and answers; stock and cost are right from then on.

    Raises:
        StoreNotFoundError, NotOpenItemError, ItemNotFoundError, ReclassifiedTooMuchError
        RetailError: the rules of quantities.
    """

    def decide() -> Decided:
        _require_reclassification(db, new)
        adjustment_id = make_own_id(asked, "adjustment")
        number = documents.next_number(db, RECLASSIFICATION_SERIES)
        reclassification_no = f"{RECLASSIFICATION_SERIES}-{number:06}"
        document = Reclassification(
            reclassification_no,
            new.store,
            new.open_item_id,
            new.item_id,
            new.quantity_milli,
            adjustment_id,
        )
        change: dict[bytes, bytes | None] = {order_key(reclassification_no): encode_order(document)}
        version = documents.next_version(db)
        documents.write_documents(db, ORDERS_FEED, new.store, change, version)
        done = Reclassified(
            new.store, new.open_item_id, new.item_id, new.quantity_milli, adjustment_id
        )
        return Decided(done, new.business_date)

    return write_own_fact(db, asked, ("reclassify", repr(new)), decide)


def close_period(
    db: sa.Connection,
    period: str,
    asked: Asked,
    *,
    acknowledge_missing: bool,
    parked_reason: str = "",
) -> str:
    """Close an accounting month for good; returns and repeats as `enter_voucher`.

    What arrives later, or is parked and mended later, is posted to the next month and keeps its
    business date. Until then a voucher may stand for it, to be reversed when it is posted.

    Args:
        db: as of `write_own_fact`.
        period: such as 2026-11.
        asked: by whom.
        acknowledge_missing: a person knows that stores have not closed all days.
        parked_reason: why the month need not wait for its parked facts; the audit keeps it, with
            the facts. Empty: it waits.

    Raises:
        MonthFormatError, MonthInFutureError, MonthNotNextError
        MonthHasParkedError: unless there is a reason.
        DaysNotClosedError: unless it is acknowledged.
    """

    def decide() -> Decided:
        today = today_of(asked.at)
        closed_through = own_facts.read_closed_through(db)
        require_next_month(period, closed_through, today=today.isoformat())
        _let_parked_wait(db, period, asked, parked_reason.strip())
        missing = find_missing_days(
            period,
            today,
            first_days=own_facts.read_first_days(db),
            closed_days=own_facts.read_closed_days(db, period),
        )
        if missing and not acknowledge_missing:
            raise DaysNotClosedError(period=period, days=_show_days(missing))
        last_day = min(last_day_of(period), today)
        return Decided(PeriodClosed(period), last_day)

    question = ("close_period", period, acknowledge_missing, parked_reason)
    return write_own_fact(db, asked, question, decide)


def _let_parked_wait(db: sa.Connection, period: str, asked: Asked, reason: str) -> None:
    """Leave parked facts of a month to the next one, if a person says why."""
    parked = own_facts.find_parked(db, period)
    if not parked:
        return
    if not reason:
        raise MonthHasParkedError(parked=len(parked), period=period)
    facts = " ".join(parked[:PARKED_NAMED_MAX])
    write_audit(
        db, asked.by, "leave_parked", period, reason=reason, parked=len(parked), facts=facts
    )


def _require_voucher(db: sa.Connection, new: NewVoucher) -> None:
    if not new.lines:
        raise NoLinesError(document_no=new.summary)
    if len(new.lines) > VOUCHER_LINES_MAX:
        raise LinesTooManyError(lines=len(new.lines), limit=VOUCHER_LINES_MAX)
    require_stores(db, {line.store for line in new.lines} - {HQ_STORE})
    chart = books.read_chart(db)
    for account_code in {line.account_code for line in new.lines}:
        require_account(chart, account_code)
    require_balance([(line.debit_fen, line.credit_fen) for line in new.lines])
    _require_open_month(db, new.business_date)


def _require_open_month(db: sa.Connection, business_date: datetime.date) -> None:
    require_open_month(business_date.isoformat()[:7], own_facts.read_closed_through(db))


def _require_settlement(db: sa.Connection, new: NewSettlement) -> None:
    transfer = orders.find_transfer(db, new.transfer_no)
    if transfer is None:
        raise TransferNotFoundError(transfer_no=new.transfer_no)
    if not new.lines_milli:
        raise NoLinesError(document_no=new.transfer_no)
    if len(new.lines_milli) > ORDER_LINES_MAX:
        raise LinesTooManyError(lines=len(new.lines_milli), limit=ORDER_LINES_MAX)
    source, target = transfer.source_store, transfer.target_store
    may_answer = {
        SettlementReason.LOST_BY_SOURCE: {source},
        SettlementReason.LOST_BY_TARGET: {target},
    }.get(new.reason, {source, target})
    in_transit_milli = orders.read_in_transit_milli(db, new.transfer_no)
    is_surplus = new.reason is SettlementReason.MISCOUNTED
    seen: set[int] = set()
    for item_id, quantity_milli in new.lines_milli:
        if item_id in seen:
            raise ItemListedTwiceError(item_id=item_id)
        seen.add(item_id)
        left_milli = in_transit_milli.get(item_id, 0)
        if not min(0, left_milli) <= quantity_milli <= max(0, left_milli) or not quantity_milli:
            raise NotInTransitError(
                transfer_no=new.transfer_no,
                item_id=item_id,
                quantity=show_quantity(quantity_milli),
                left=show_quantity(left_milli),
            )
        if (quantity_milli < 0) != is_surplus or new.responsible_store not in may_answer:
            raise SettlementReasonError(reason=new.reason.value, store=new.responsible_store)


def _require_reclassification(db: sa.Connection, new: NewReclassification) -> None:
    require_stores(db, (new.store,))
    if not is_open_item(new.open_item_id) or is_open_item(new.item_id):
        raise NotOpenItemError(open_item_id=new.open_item_id, item_id=new.item_id)
    unit = catalog.read_units(db, [new.item_id]).get(new.item_id)
    if unit is None:
        raise ItemNotFoundError(item_id=new.item_id)
    require_quantity(new.quantity_milli, UnitOfMeasure(unit.unit_of_measure), unit.name)
    left_milli = own_facts.read_open_item_milli(db, new.store, new.open_item_id)
    if new.quantity_milli > left_milli:
        raise ReclassifiedTooMuchError(
            store=new.store,
            open_item_id=new.open_item_id,
            quantity=show_quantity(new.quantity_milli),
            left=show_quantity(left_milli),
        )


def _show_days(missing: Mapping[str, list[datetime.date]]) -> str:
    days = [f"{store} {day.isoformat()}" for store in sorted(missing) for day in missing[store]]
    rest = len(days) - DAYS_SHOWN_MAX
    return ", ".join(days[:DAYS_SHOWN_MAX]) + (f" (+{rest})" if rest > 0 else "")
