"""Stock corrected by a person: damage, self-use, finds, moves between states; unknown codes."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence

from edge_agent.services.approvals import Claim, permit
from edge_agent.services.box import Box, Operator
from edge_agent.services.facts import write_fact
from edge_agent.services.goods import ORDERS_MAX
from edge_agent.services.photos import require_photo
from edge_agent.store import feeds, journal, trading
from edge_agent.store.database import write_transaction
from edge_agent.store.sqlite_library import Connection
from protos import documents
from protos.documents import Reclassification
from retail_domain.catalog.quantity import require_quantity
from retail_domain.errors import NoLinesError
from retail_domain.rounding import multiply_price
from retail_domain.stock.adjustment import AdjustmentLine, AdjustmentReason, StockAdjusted
from retail_domain.stock.movement import StockState
from retail_domain.trade.box_event import DETAIL_LENGTH_MAX, BoxEvent, BoxEventKind, ItemUnknown
from retail_domain.trade.fact import HQ_STORE, Fact


@dataclasses.dataclass(frozen=True, slots=True)
class Adjustment:
    """One item of a correction; None as a state is outside the store."""

    item_id: int
    quantity_milli: int
    source: StockState | None
    target: StockState | None
    lot: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Correction:
    """What a person wants to put right, and why."""

    reason: AdjustmentReason
    adjustments: Sequence[Adjustment]
    note: str = ""
    approved_by: str = ""
    photo_sha256: bytes = b""


def adjust_stock(
    db: Connection,
    box: Box,
    operator: Operator,
    correction: Correction,
    *,
    fact_id: uuid.UUID,
    claim: Claim | None = None,
) -> Fact:
    """Correct stock with a reason. A repeated fact_id changes nothing.

    More than the books hold may leave: what happened is not argued with.

    Args:
        db: of the box.
        box: its clock gives the instant.
        operator: who does it, and where.
        correction: what is put right.
        fact_id: of the fact.
        claim: of who asks, with the correction's worth; None when that was looked at before.

    Raises:
        ApprovalNeededError, ApprovalMissingError: more than who asks may correct alone.
        NoLinesError, UnknownItemError, PhotoMissingError
        RetailError: the rules of quantities.
    """
    with write_transaction(db):
        found = journal.find_fact(db, fact_id)
        if found is not None:
            return found
        adjustments = correction.adjustments
        if not adjustments:
            raise NoLinesError(document_no=correction.reason.value)
        require_photo(db, correction.photo_sha256)
        lists = box.lists(db)
        for one in adjustments:
            item = lists.find(one.item_id).item
            require_quantity(one.quantity_milli, item.unit_of_measure, item.name)
        lines = tuple(
            AdjustmentLine(
                line_no, one.item_id, one.lot, one.quantity_milli, one.source, one.target
            )
            for line_no, one in enumerate(adjustments, start=1)
        )
        approved_by = correction.approved_by if claim is None else permit(db, box, claim)
        payload = StockAdjusted(
            correction.reason, correction.note, approved_by, lines, correction.photo_sha256
        )
        return write_fact(db, box, operator, payload, fact_id=fact_id)


def worth_fen(db: Connection, box: Box, correction: Correction) -> int:
    """What the goods of a correction would sell for; goods without a price count nothing.

    Raises:
        UnknownItemError
    """
    lists = box.lists(db)
    prices = [(lists.find(one.item_id).unit_price_fen, one) for one in correction.adjustments]
    return sum(multiply_price(fen, one.quantity_milli) for fen, one in prices if fen is not None)


def answer_reclassifications(db: Connection, box: Box) -> int:
    """Take out of stock what was sold as an open item before headquarters knew its code.

    Each document is answered once, by the identity that headquarters gave the answer (ADR 0007).

    Returns:
        How many were answered now.
    """
    answered = 0
    with write_transaction(db):
        for body in feeds.read_documents(db, documents.ORDERS_FEED, ORDERS_MAX):
            order = documents.decode_order(body)
            if not isinstance(order, Reclassification):
                continue
            if journal.find_fact(db, order.adjustment_id) is not None:
                continue
            line = AdjustmentLine(
                1, order.item_id, "", order.quantity_milli, StockState.SELLABLE, None
            )
            number = order.reclassification_no
            payload = StockAdjusted(AdjustmentReason.RECLASSIFIED, number, "", (line,))
            write_fact(db, box, Operator(HQ_STORE), payload, fact_id=order.adjustment_id)
            answered += 1
    return answered


def report_unknown_item(
    db: Connection, box: Box, operator: Operator, unknown: ItemUnknown, *, fact_id: uuid.UUID
) -> Fact:
    """Give headquarters the task of a code that no item has. A repeat changes nothing."""
    with write_transaction(db):
        found = journal.find_fact(db, fact_id)
        if found is not None:
            return found
        return write_fact(db, box, operator, unknown, fact_id=fact_id)


def note_event(
    db: Connection, box: Box, event: BoxEventKind, detail: str, *, staff_no: str
) -> Fact | None:
    """Note something about the box, unless the last note of its kind said the same."""
    detail = detail[:DETAIL_LENGTH_MAX]
    with write_transaction(db):
        if trading.read_note(db, event.value) == detail:
            return None
        return write_fact(db, box, Operator(staff_no), BoxEvent(event, detail))
