"""Use case: carry between stores who may take goods of a sale back.

A store asks for a sale (`sale_requested`); the one that has it is asked by a document, and its box
decides and says so (`sale_answered`); the first store gets the ticket and what came back so far.
Headquarters decides nothing here but where to ask, so it cannot pay out twice (ADR 0018).
"""

from __future__ import annotations

import contextlib
import logging
import uuid

import sqlalchemy as sa

from hq_hub.store import books, documents, sale_holders
from hq_hub.store.engine import write_transaction
from hq_hub.store.sale_holders import Holder, KeptFact
from protos import codec
from protos.codec import MalformedFactError, NewerFactError
from protos.documents import RETURNS_FEED
from protos.fact_view import KIND_NUMBERS
from protos.passed_sales import (
    QUESTION,
    PassedSale,
    PassedSaleState,
    SaleQuestion,
    decode_returns,
    encode_returns,
    question_key,
    sale_key,
)
from retail_domain.trade.fact_kind import FactKind
from retail_domain.trade.sale_passing import SaleAnswered, SaleOutcome, SaleRequested

LOOK_FACTS_MAX = 5_000
"""Facts of other kinds passed over in a transaction: a few milliseconds."""
QUESTIONS_MAX = 200
"""That a store has not answered: it has no line, or another box asks without end."""
KINDS = (KIND_NUMBERS[FactKind.SALE_REQUESTED], KIND_NUMBERS[FactKind.SALE_ANSWERED])

log = logging.getLogger(__name__)


def pass_next(db: sa.Connection) -> int:
    """Carry what the next fact of the journal says; returns how many were looked at, 0 for none.

    Documents and cursor change together. Facts that cannot be read are apply's to report.
    """
    with write_transaction(db):
        cursor = sale_holders.read_cursor(db)
        through = min(sale_holders.read_last_no(db), cursor + LOOK_FACTS_MAX)
        if through <= cursor:
            return 0
        kept = sale_holders.find_next(db, KINDS, cursor, through)
        if kept is not None:
            through = kept.receive_no
            _carry(db, kept)
        sale_holders.write_cursor(db, through)
    return through - cursor


def _carry(db: sa.Connection, kept: KeptFact) -> None:
    """Do what a fact says, then what waited for it."""
    waiting: KeptFact | None = kept
    while waiting is not None:
        kept, waiting = waiting, None
        with contextlib.suppress(MalformedFactError, NewerFactError):
            happening = codec.decode_fact(kept.body).happening
            if isinstance(happening.payload, SaleRequested):
                _ask(db, kept.store, happening.fact_id, happening.payload.sale_id)
            elif isinstance(happening.payload, SaleAnswered):
                waiting = _hear(db, kept, happening.payload)


def _ask(db: sa.Connection, to_store: str, request_id: uuid.UUID, sale_id: uuid.UUID) -> None:
    """Ask the store that has a sale, or say at once why it does not come."""
    sold = _find_ticket(db, sale_id)
    if sold is None:
        _tell(db, to_store, PassedSale(request_id, sale_id, PassedSaleState.UNKNOWN))
        return
    entities = books.read_legal_entities(db)
    if entities[to_store] != entities[sold.store]:
        _tell(db, to_store, PassedSale(request_id, sale_id, PassedSaleState.OTHER_COMPANY))
        return
    holder = sale_holders.find_holder(db, sale_id) or Holder(sold.store, 0)
    if holder.store == to_store:
        _tell_again(db, holder, request_id, sale_id, sold)
        return
    if documents.count_living(db, RETURNS_FEED, holder.store, QUESTION) >= QUESTIONS_MAX:
        _tell(db, to_store, PassedSale(request_id, sale_id, PassedSaleState.BUSY))
        return
    answer_id = _make_answer_id(request_id, holder)
    question = SaleQuestion(request_id, sale_id, to_store, answer_id)
    _write(db, holder.store, question_key(request_id), encode_returns(question))


def _hear(db: sa.Connection, kept: KeptFact, answered: SaleAnswered) -> KeptFact | None:
    """Bring a store's answer to the one that asked; returns a pass that waited for this one."""
    store = kept.store
    request_id, sale_id, to_store = answered.request_id, answered.sale_id, answered.to_store
    _write(db, store, question_key(request_id), None)
    if to_store not in books.read_legal_entities(db):
        return None  # Nobody asked.
    sold = _find_ticket(db, sale_id)
    holder = sale_holders.find_holder(db, sale_id)
    if holder is None and sold is not None:
        holder = Holder(sold.store, 0)
    if answered.outcome is SaleOutcome.NOT_HERE:
        if holder is not None and holder.store == store:
            _tell(db, to_store, PassedSale(request_id, sale_id, PassedSaleState.LOST))
        else:
            _ask(db, to_store, request_id, sale_id)  # It was passed on in the meantime.
    elif holder is None or sold is None:
        sale_holders.keep_waiting(db, sale_id, Holder(store, answered.pass_no), kept.receive_no)
    elif (store, answered.pass_no) == (holder.store, holder.pass_no + 1):
        return _move(db, store, answered, sold)
    elif answered.pass_no > holder.pass_no:
        sale_holders.keep_waiting(db, sale_id, Holder(store, answered.pass_no), kept.receive_no)
    else:
        log.warning("%s passed sale %s on, which %s has", store, sale_id, holder)
    return None


def _move(db: sa.Connection, store: str, answered: SaleAnswered, sold: KeptFact) -> KeptFact | None:
    """A sale goes from store to store; returns by which fact it went on, if that is known."""
    sale_id, holder = answered.sale_id, Holder(answered.to_store, answered.pass_no)
    sale_holders.write_holder(db, sale_id, holder)
    _write(db, store, sale_key(sale_id), None)
    passed = PassedSale(
        answered.request_id,
        sale_id,
        PassedSaleState.HERE,
        answered.pass_no,
        sold.body,
        answered.returned,
        answered.refunded,
    )
    _tell(db, holder.store, passed)
    return sale_holders.find_waiting(db, sale_id, holder)


def _tell_again(
    db: sa.Connection, holder: Holder, request_id: uuid.UUID, sale_id: uuid.UUID, sold: KeptFact
) -> None:
    """The store that asks has the sale: what it was told stays, under the new request."""
    key = sale_key(sale_id)
    body = documents.read_bodies(db, RETURNS_FEED, holder.store, {key: None}).get(key)
    told = None if body is None else decode_returns(body)
    if isinstance(told, PassedSale) and told.state is PassedSaleState.HERE:
        shares = (told.returned, told.refunded)
    else:
        assert holder.pass_no == 0, "what was passed on is told"
        shares = ((), ())
    here = PassedSale(request_id, sale_id, PassedSaleState.HERE, holder.pass_no, sold.body, *shares)
    _tell(db, holder.store, here)


def _tell(db: sa.Connection, store: str, sale: PassedSale) -> None:
    _write(db, store, sale_key(sale.sale_id), encode_returns(sale))


def _write(db: sa.Connection, store: str, key: bytes, body: bytes | None) -> None:
    """Write a document of a store, or take it away; what stays the same is not sent."""
    if documents.read_bodies(db, RETURNS_FEED, store, {key: None}).get(key) == body:
        return
    version = documents.next_version(db)
    documents.write_documents(db, RETURNS_FEED, store, {key: body}, version)


def _find_ticket(db: sa.Connection, sale_id: uuid.UUID) -> KeptFact | None:
    return sale_holders.find_fact(db, sale_id, KIND_NUMBERS[FactKind.TICKET])


def _make_answer_id(request_id: uuid.UUID, holder: Holder) -> uuid.UUID:
    """Identity of a store's answer: the same again after the hub was restored, so it is one."""
    return uuid.uuid5(request_id, f"{holder.pass_no} {holder.store}")
