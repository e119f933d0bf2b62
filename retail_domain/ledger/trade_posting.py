"""Posting rules of the till: tickets, shifts, cash. Sources: domain rules 1, 2, 5 and 11."""

from __future__ import annotations

from retail_domain.catalog.item import is_open_item
from retail_domain.ledger.books import Books, Outcome, SoldLine
from retail_domain.ledger.chart import AccountRole
from retail_domain.ledger.entry import Change
from retail_domain.trade.fact import Happening
from retail_domain.trade.shift import CashMove, CashMoved, ShiftClosed
from retail_domain.trade.tender import TenderKind
from retail_domain.trade.ticket import Ticket, TicketLine

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


def post_ticket(books: Books, store: str, happening: Happening) -> tuple[Outcome, list[int]]:
    """Post sales and returns; beside the outcome, what each line's goods cost (returns below 0)."""
    ticket = happening.payload
    assert isinstance(ticket, Ticket)
    costs_fen: list[int] = []
    line_costs_fen: list[int] = []
    issued_fen = 0
    changes = [
        Change(store, TENDER_ROLE[tender.kind], tender.amount_fen) for tender in ticket.tenders
    ]
    for line in ticket.lines:
        if is_open_item(line.item_id):
            line_costs_fen.append(0)
        elif line.quantity_milli > 0:
            cost_fen = books.issue(store, line.item_id, line.quantity_milli)
            costs_fen.append(-cost_fen)
            line_costs_fen.append(cost_fen)
            issued_fen += cost_fen
        else:
            value_fen = _own_cost(books, store, line)
            change_fen, of_goods = books.restore(
                store, line.item_id, value_fen=value_fen, quantity_milli=-line.quantity_milli
            )
            costs_fen.append(change_fen)
            line_costs_fen.append(-value_fen)
            changes += of_goods
    if happening.fact_id in books.wanted_sales:
        _remember(books, store, happening, line_costs_fen)
    tax_fen = ticket.tax_fen
    changes += [
        Change(store, AccountRole.INVENTORY, -issued_fen),
        Change(store, AccountRole.SALES_REVENUE, tax_fen - ticket.amount_fen),
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


def _own_cost(books: Books, store: str, line: TicketLine) -> int:
    """What goods brought back cost when they were sold; today's cost of what no sale covers.

    Not today's average for the rest: else a price rise between sale and return would be a profit.
    """
    left_milli = -line.quantity_milli
    cost_fen = 0
    if line.origin is not None:
        key = (line.origin.store, line.origin.fact_id, line.origin.sale_line_no)
        sold = books.sold.get(key)
        if sold is not None and sold.returned_milli < sold.quantity_milli:
            part_milli = min(left_milli, sold.quantity_milli - sold.returned_milli)
            books.sold[key], cost_fen = sold.take_back(part_milli)
            left_milli -= part_milli
    return cost_fen + books.cost(store, line.item_id).estimate_fen(left_milli)


def _remember(books: Books, store: str, happening: Happening, line_costs_fen: list[int]) -> None:
    """Keep a sale of this block whose goods come back in this block."""
    ticket = happening.payload
    assert isinstance(ticket, Ticket)
    for line, cost_fen in zip(ticket.lines, line_costs_fen, strict=True):
        if not line.is_return:
            key = (store, happening.fact_id, line.line_no)
            books.sold.setdefault(key, SoldLine(line.quantity_milli, cost_fen))
