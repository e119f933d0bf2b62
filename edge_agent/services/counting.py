"""Counting stock while the store sells: begun, counted line by line, closed as one fact."""

from __future__ import annotations

import dataclasses
import uuid

from edge_agent.services.box import Box, Operator
from edge_agent.services.errors import CountNotFoundError, NothingCountedError
from edge_agent.services.facts import write_fact
from edge_agent.store import counts, item_places, journal, trading
from edge_agent.store.counts import OpenCount
from edge_agent.store.database import write_transaction
from edge_agent.store.item_places import AisleProgress
from edge_agent.store.sqlite_library import Connection
from retail_domain.catalog.quantity import require_quantity
from retail_domain.stock.count import CountLine, StockCounted
from retail_domain.stock.movement import StockState
from retail_domain.trade.fact import Fact


@dataclasses.dataclass(frozen=True, slots=True)
class Counted:
    """What one person found at one place."""

    item_id: int
    quantity_milli: int
    """0 or above."""
    state: StockState = StockState.SELLABLE
    lot: str = ""
    """Also one that the books do not know: it was there."""


def begin_count(
    db: Connection, box: Box, operator: Operator, *, count_id: uuid.UUID, reason: str
) -> None:
    """Begin a count, any number of which may go on at once. A repeat changes nothing."""
    assert box.identity.store
    with write_transaction(db):
        counts.insert_count(db, OpenCount(count_id, reason, operator.staff_no))


def count_line(
    db: Connection, box: Box, operator: Operator, count_id: uuid.UUID, counted: Counted
) -> CountLine:
    """Note what lies there now, and what the books say of this instant.

    A second look at the same goods, by whomever, takes the place of the first.

    Raises:
        CountNotFoundError, UnknownItemError
        RetailError: the rules of quantities; nothing there is a count too.
    """
    with write_transaction(db):
        if counts.find_count(db, count_id) is None:
            raise CountNotFoundError
        item = box.lists(db).find(counted.item_id).item
        if counted.quantity_milli:
            require_quantity(counted.quantity_milli, item.unit_of_measure, item.name)
        line = CountLine(
            line_no=1,
            item_id=counted.item_id,
            state=counted.state,
            lot=counted.lot,
            counted_milli=counted.quantity_milli,
            book_milli=counts.read_book(db, counted.state, counted.item_id, counted.lot),
            counted_at=box.wall_at(),
            counted_by=operator.staff_no,
        )
        counts.put_line(db, count_id, line)
    return line


def list_recounts(db: Connection, count_id: uuid.UUID) -> list[CountLine]:
    """Lines that differ from the books and were looked at once: somebody should look again.

    It says which, never by how much: the second look is as blind as the first.

    Raises:
        CountNotFoundError
    """
    if counts.find_count(db, count_id) is None:
        raise CountNotFoundError
    unsure = counts.read_unsure(db, count_id)
    lines = counts.read_lines(db, count_id)
    return [line for line in lines if (line.state.value, line.item_id, line.lot) in unsure]


def read_progress(db: Connection, count_id: uuid.UUID) -> list[AisleProgress]:
    """How far a count came, aisle by aisle.

    Raises:
        CountNotFoundError
    """
    if counts.find_count(db, count_id) is None:
        raise CountNotFoundError
    return item_places.read_progress(db, count_id)


def close_count(
    db: Connection, box: Box, operator: Operator, count_id: uuid.UUID, *, fact_id: uuid.UUID
) -> Fact:
    """Bring stock to what was counted: each line by its variance at its own instant.

    What was sold since changed both sides alike, so it need not be known. A repeated fact_id
    changes nothing.

    Raises:
        CountNotFoundError, NothingCountedError
    """
    with write_transaction(db):
        found = journal.find_fact(db, fact_id)
        if found is not None:
            return found
        count = counts.find_count(db, count_id)
        if count is None:
            raise CountNotFoundError
        lines = counts.read_lines(db, count_id)
        if not lines:
            raise NothingCountedError
        counts.delete_count(db, count_id)
        count_no = trading.read_last_no(db, trading.COUNTS) + 1
        payload = StockCounted(count_no, count.reason, lines)
        return write_fact(db, box, operator, payload, fact_id=fact_id)


def give_up_count(db: Connection, count_id: uuid.UUID) -> None:
    """Throw a count away; stock stays as it is. A repeat changes nothing."""
    with write_transaction(db):
        counts.delete_count(db, count_id)
