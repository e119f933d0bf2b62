"""Posting rules of the till: tickets, shifts, cash. Sources: domain rules 1, 2, 5 and 11."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from retail_domain.catalog.item import OPEN_ITEM_ID_MIN
from retail_domain.ledger.books import NEVER_MOVED, Books, Outcome, SoldLine
from retail_domain.ledger.chart import AccountRole
from retail_domain.ledger.entry import Change
from retail_domain.trade.fact import Happening
from retail_domain.trade.shift import CashMove, CashMoved, ShiftClosed
from retail_domain.trade.tender import TenderKind
from retail_domain.trade.ticket_columns import TicketColumns

TENDER_ROLE = {
    TenderKind.CASH: AccountRole.CASH,
    TenderKind.CARD: AccountRole.CARD_CLEARING,
    TenderKind.WECHAT: AccountRole.WALLET_CLEARING,
    TenderKind.ALIPAY: AccountRole.WALLET_CLEARING,
}
assert set(TENDER_ROLE) == set(TenderKind)

CASH_MOVE_ROLES: dict[CashMove, tuple[AccountRole, AccountRole] | None] = {
    CashMove.FLOAT_ADDED: None,  # The safe and the drawer are one account.
    CashMove.DROPPED: None,
    CashMove.PAID_IN: (AccountRole.CASH, AccountRole.PAID_IN_TO_STORES),
    CashMove.PAID_OUT: (AccountRole.PAID_OUT_BY_STORES, AccountRole.CASH),
    CashMove.DEPOSITED: (AccountRole.BANK, AccountRole.CASH),
}
"""Debit and credit."""
assert set(CASH_MOVE_ROLES) == set(CashMove)


def post_ticket(books: Books, store: str, ticket: TicketColumns) -> tuple[Outcome, list[int]]:
    """Post sales and returns; beside the outcome, what each line's goods cost (returns below 0)."""
    entity, costs = books.legal_entities[store], books.costs
    costs_fen: list[int] = []
    line_costs_fen: list[int] = []
    issued_fen = 0
    changes = [
        Change(store, TENDER_ROLE[tender.kind], tender.amount_fen) for tender in ticket.tenders
    ]
    lines = zip(itertools.count(1), ticket.item_ids, ticket.quantities_milli)
    for line_no, item_id, quantity_milli in lines:
        if item_id >= OPEN_ITEM_ID_MIN:
            line_costs_fen.append(0)
        elif quantity_milli > 0:
            key = (entity, store, item_id)
            costs[key], cost_fen = costs.get(key, NEVER_MOVED).issue(quantity_milli)
            costs_fen.append(-cost_fen)
            line_costs_fen.append(cost_fen)
            issued_fen += cost_fen
        else:
            value_fen = _own_cost(books, store, ticket, line_no)
            change_fen = books.restore(
                store, item_id, value_fen=value_fen, quantity_milli=-quantity_milli
            )
            costs_fen.append(change_fen)
            line_costs_fen.append(-value_fen)
            changes += [
                Change(store, AccountRole.INVENTORY, change_fen),
                Change(store, AccountRole.COST_VARIANCE, value_fen - change_fen),
            ]
    if ticket.fact_id in books.wanted_sales:
        _remember(books, store, ticket, line_costs_fen)
    amount_fen, tax_fen = ticket.amount_fen, ticket.tax_fen
    changes += [
        Change(store, AccountRole.INVENTORY, -issued_fen),
        Change(store, AccountRole.SALES_REVENUE, tax_fen - amount_fen),
        Change(store, AccountRole.OUTPUT_TAX, -tax_fen),
        Change(store, AccountRole.CASH_ROUNDING, ticket.rounding_fen),
        Change(store, AccountRole.COST_OF_GOODS_SOLD, sum(line_costs_fen)),
    ]
    return (costs_fen, changes), line_costs_fen


def post_shift_close(_books: Books, store: str, happening: Happening) -> Outcome:
    """Book what the drawer held more or less than it should, until somebody decides."""
    closed = happening.payload
    assert isinstance(closed, ShiftClosed)
    difference_fen = closed.difference_fen
    return [], [
        Change(store, AccountRole.CASH, difference_fen),
        Change(store, AccountRole.CASH_OVER_SHORT, -difference_fen),
    ]


def post_cash_move(_books: Books, store: str, happening: Happening) -> Outcome:
    """Book cash that came from, or went to, somebody or the bank."""
    moved = happening.payload
    assert isinstance(moved, CashMoved)
    roles = CASH_MOVE_ROLES[moved.move]
    if roles is None:
        return [], []
    debit, credit = roles
    return [], [
        Change(store, debit, moved.amount_fen),
        Change(store, credit, -moved.amount_fen),
    ]


def _own_cost(books: Books, store: str, ticket: TicketColumns, line_no: int) -> int:
    """What goods brought back cost when they were sold; today's cost of what no sale covers.

    Not today's average for the rest: else a price rise between sale and return would be a profit.
    """
    left_milli = -ticket.quantities_milli[line_no - 1]
    cost_fen = 0
    origin = ticket.origins.get(line_no)
    if origin is not None:
        key = (origin.store, origin.fact_id, origin.sale_line_no)
        sold = books.sold.get(key)
        if sold is not None and sold.returned_milli < sold.quantity_milli:
            part_milli = min(left_milli, sold.quantity_milli - sold.returned_milli)
            books.sold[key], cost_fen = sold.take_back(part_milli)
            left_milli -= part_milli
    return cost_fen + books.cost(store, ticket.item_ids[line_no - 1]).estimate_fen(left_milli)


def _remember(
    books: Books, store: str, ticket: TicketColumns, line_costs_fen: Sequence[int]
) -> None:
    """Keep a sale of this block whose goods come back in this block."""
    lines = zip(ticket.quantities_milli, line_costs_fen, strict=True)
    for line_no, (quantity_milli, cost_fen) in enumerate(lines, start=1):
        if quantity_milli > 0:
            key = (store, ticket.fact_id, line_no)
            books.sold.setdefault(key, SoldLine(quantity_milli, cost_fen))
