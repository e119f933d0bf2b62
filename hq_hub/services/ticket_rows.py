"""Turns a posted ticket into rows of the projections, column by column: no object a line."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress, count, repeat
from typing import Any

from hq_hub.services.book_rows import STATE_NAMES, add_entry, add_open_item
from hq_hub.store.apply_state import WaitingFact
from hq_hub.store.books import BookRows
from retail_domain.catalog.item import is_open_item
from retail_domain.ledger.posting import Posted
from retail_domain.trade.ticket_columns import TicketColumns


def add_ticket(
    rows: BookRows, fact: WaitingFact, ticket: TicketColumns, posted: Posted, period: str
) -> None:
    """Add the rows of one posted ticket; arguments as of `add_posted`."""
    business_date = ticket.business_date.isoformat()
    _add_movements(rows, fact, ticket, posted)
    add_entry(rows, fact, posted, business_date, period)
    _add_sale(rows, fact, ticket, posted, business_date)


def _add_movements(
    rows: BookRows, fact: WaitingFact, ticket: TicketColumns, posted: Posted
) -> None:
    states = [STATE_NAMES[state] for state in ticket.states]
    changes_milli = [-milli for milli in ticket.quantities_milli]
    columns: list[Sequence[Any]] = [states, ticket.item_ids, ticket.lots, changes_milli]
    if ticket.has_open_items:
        is_moved = [not is_open_item(item_id) for item_id in ticket.item_ids]
        columns = [list(compress(column, is_moved)) for column in columns]
    _add_on_hand(rows, fact.store, columns)
    assert len(columns[0]) == len(posted.costs_fen)
    place = map(repeat, fact.place)
    rows.stock_movement += zip(*place, count(1), *columns, posted.costs_fen, strict=False)


def _add_on_hand(rows: BookRows, store: str, columns: Sequence[Sequence[Any]]) -> None:
    states, item_ids, lots, changes_milli = columns
    on_hand_milli = rows.on_hand_milli
    keys = zip(repeat(store), states, item_ids, lots, strict=False)
    for key, change_milli in zip(keys, changes_milli, strict=True):
        on_hand_milli[key] = on_hand_milli.get(key, 0) + change_milli


def _add_sale(
    rows: BookRows,
    fact: WaitingFact,
    ticket: TicketColumns,
    posted: Posted,
    business_date: str,
) -> None:
    if ticket.has_open_items:
        for item_id, sold_milli in zip(ticket.item_ids, ticket.quantities_milli, strict=True):
            if is_open_item(item_id):
                add_open_item(rows, fact.store, item_id, sold_milli=sold_milli)
    costs_fen = posted.line_costs_fen
    assert len(costs_fen) == len(ticket.item_ids)
    rows.sale_line += zip(
        *map(repeat, fact.place),
        count(1),
        repeat(business_date),
        ticket.item_ids,
        ticket.quantities_milli,
        ticket.amounts_fen,
        ticket.taxes_fen,
        ticket.discounts_fen,
        costs_fen,
        strict=False,
    )
    amount_fen = ticket.amount_fen
    head = (ticket.register_no, ticket.receipt_no, business_date, amount_fen, ticket.rounding_fen)
    rows.ticket.append((*fact.place, *head))
    sums = (
        1,
        sum(ticket.quantities_milli),
        amount_fen,
        ticket.tax_fen,
        sum(ticket.discounts_fen),
        sum(costs_fen),
    )
    before = rows.store_days.get((fact.store, business_date), (0, 0, 0, 0, 0, 0))
    rows.store_days[fact.store, business_date] = tuple(map(sum, zip(before, sums, strict=True)))
