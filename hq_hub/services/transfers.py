"""Use cases of transfer orders: headquarters decides, the stores ship and receive."""

from __future__ import annotations

import dataclasses

import sqlalchemy as sa

from hq_hub.services.documents import TRANSFER_SERIES, require_order_lines, require_stores
from hq_hub.services.errors import TransferEntitiesError
from hq_hub.services.requests import Asked, answer_once
from hq_hub.store import documents, orders
from hq_hub.store.orders import StoredTransfer, to_ms
from protos.documents import ORDERS_FEED, TransferOrder, encode_order, order_key
from retail_domain.errors import TransferNotFoundError
from retail_domain.people.permission import require_approval, require_right
from retail_domain.people.right import Right
from retail_domain.transfers.transfer_order import (
    OrderLine,
    TransferState,
    require_decision,
    require_order,
    state_of,
)


@dataclasses.dataclass(frozen=True, slots=True)
class NewTransfer:
    """Goods that one store shall send to another."""

    source_store: str
    target_store: str
    lines: tuple[OrderLine, ...]


def draft_transfer(db: sa.Connection, transfer: NewTransfer, asked: Asked) -> str:
    """Draft a transfer order; it does not leave headquarters before it is approved.

    Returns:
        Its number; a repeat of the request gets the same one.

    Raises:
        RightMissingError, StoreOutOfReachError: of either store.
        StoreNotFoundError, ItemNotFoundError, TransferEntitiesError, RequestReusedError
        RetailError: the rules of orders, lines and quantities.
    """
    for store in (transfer.source_store, transfer.target_store):
        require_right(asked.actor, Right.DRAFT_TRANSFER, store)
    question = ("draft_transfer", dataclasses.asdict(transfer))
    return answer_once(db, asked, question, lambda: _draft(db, transfer, asked))


def approve_transfer(db: sa.Connection, transfer_no: str, asked: Asked) -> str:
    """Let the stores see the order and ship; approving it again changes nothing.

    Raises:
        TransferNotFoundError: also when neither store is within reach.
        RightMissingError, StoreOutOfReachError: of either store.
        SecondPersonNeededError: it is their own, and their role approves those of others only.
        TransferStateError, RequestReusedError
    """
    return _decide(db, transfer_no, TransferState.APPROVED, asked)


def cancel_transfer(db: sa.Connection, transfer_no: str, asked: Asked) -> str:
    """Take an order back, as long as headquarters has not heard of a shipment.

    A shipment that happened meanwhile still counts: the order is then in transit.

    Raises: as `approve_transfer`; their own anybody may cancel.
    """
    return _decide(db, transfer_no, TransferState.CANCELLED, asked)


def _draft(db: sa.Connection, transfer: NewTransfer, asked: Asked) -> str:
    source, target = transfer.source_store, transfer.target_store
    number = f"{TRANSFER_SERIES}-{documents.next_number(db, TRANSFER_SERIES):06}"
    require_order(number, source, target, transfer.lines)
    source_store, target_store = require_stores(db, (source, target))
    if source_store.legal_entity != target_store.legal_entity:
        raise TransferEntitiesError(source_store=source, target_store=target)
    require_order_lines(db, number, transfer.lines)
    version = documents.next_version(db)
    decided = TransferState.DRAFTED.value
    who = (asked.user_name, to_ms(asked.at))
    header = (number, source, target, decided, *who, None, None, None, None, version)
    orders.insert_transfer(db, header, transfer.lines)
    return number


def _decide(db: sa.Connection, transfer_no: str, target: TransferState, asked: Asked) -> str:
    def decide() -> str:
        transfer = orders.find_transfer(db, transfer_no)
        if transfer is None or not _is_seen(transfer, asked):
            raise TransferNotFoundError(transfer_no=transfer_no)
        _require_decider(transfer, target, asked)
        state = state_of(transfer.decided, orders.read_progress(db, transfer))
        require_decision(transfer_no, state, target)
        if state is not target:
            _write_decision(db, transfer, target, asked)
        return transfer_no

    return answer_once(db, asked, (target.value, transfer_no), decide)


def _is_seen(transfer: StoredTransfer, asked: Asked) -> bool:
    """Whether one of its stores is within reach: the numbers of others tell nothing."""
    return asked.actor.reaches(transfer.source_store) or asked.actor.reaches(transfer.target_store)


def _require_decider(transfer: StoredTransfer, target: TransferState, asked: Asked) -> None:
    is_own_cancelled = target is TransferState.CANCELLED and transfer.created_by == asked.user_name
    right = Right.DRAFT_TRANSFER if is_own_cancelled else Right.APPROVE_TRANSFER
    asked_by = "" if target is TransferState.CANCELLED else transfer.created_by
    for store in (transfer.source_store, transfer.target_store):
        require_approval(asked.actor, right, store, asked_by=asked_by)


def _write_decision(
    db: sa.Connection, transfer: StoredTransfer, target: TransferState, asked: Asked
) -> None:
    version = documents.next_version(db)
    orders.write_decision(
        db,
        transfer.transfer_no,
        target,
        by=asked.user_name,
        at=asked.at,
        version=version,
    )
    if transfer.decided is TransferState.DRAFTED and target is TransferState.CANCELLED:
        return  # No store ever saw it.
    _publish(db, transfer, target, version)


def _publish(
    db: sa.Connection, transfer: StoredTransfer, decision: TransferState, version: int
) -> None:
    source, target = transfer.source_store, transfer.target_store
    order = TransferOrder(transfer.transfer_no, source, target, decision, transfer.lines)
    change = {order_key(transfer.transfer_no): encode_order(order)}
    for scope in (source, target):
        documents.write_documents(db, ORDERS_FEED, scope, change, version)
