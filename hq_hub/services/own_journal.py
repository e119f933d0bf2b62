"""Headquarters' own journal: what it decides about the books is written and posted in one step.

A box's facts are kept first and posted later, because they happened. Headquarters' facts happen
here, so one that could not be posted is not written at all. The apply log has both alike.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import uuid
from collections.abc import Callable

import sqlalchemy as sa

from hq_hub.services.apply import APPLY_FACTS_MAX, Applied, apply_block, apply_next
from hq_hub.services.errors import BooksBehindError, OwnFactNotFoundError
from hq_hub.services.requests import Asked, answer_once
from hq_hub.store import apply_state, journal, own_facts, registry
from hq_hub.store.journal import ReceivedFact
from hq_hub.store.orders import to_ms
from protos import chain
from protos.codec import KIND_TO_WIRE, decode_fact, encode_fact
from protos.liushui.v1 import fact_pb2
from retail_domain.ledger.errors import FutureDateError
from retail_domain.trade.fact import HQ_STORE, Fact, Happening, HubPayload, Position
from retail_domain.trade.fact_id import RANDOM_BITS, make_fact_id
from retail_domain.trade.fact_number import parse_fact_no, show_fact_no

BOX_ID = "HUB"
NO_BOOT = uuid.UUID(int=0)
"""The hub orders its facts by seq alone: one writer, no clock that matters."""
CATCH_UP_BLOCKS_MAX = 20
"""Blocks posted before a decision: 10,000 facts take some two seconds. With more behind, the person
is asked to try again instead of waiting for an unknown time."""
CHAIN_TIME = datetime.timezone(datetime.timedelta(hours=8))
"""China has one time zone; headquarters' day ends at midnight."""


@dataclasses.dataclass(frozen=True, slots=True)
class Decided:
    """A fact of headquarters before the journal gives it a place."""

    payload: HubPayload
    business_date: datetime.date
    reverses: tuple[uuid.UUID, ...] = ()
    """The fact that it takes back, if any."""


def write_own_fact(
    db: sa.Connection, asked: Asked, question: object, decide: Callable[[], Decided]
) -> str:
    """Decide on books that are up to date, write the fact and post it; a repeat changes nothing.

    Args:
        db: of the one writer, not in a transaction.
        asked: by whom and under which key.
        question: all that was asked.
        decide: checks and decides, inside the transaction.

    Returns:
        The fact's number; a repeat of the request gets the same one.

    Raises:
        BooksBehindError: facts of the stores come in faster than they are posted.
        RequestReusedError
        RetailError: what `decide` refuses.
    """
    _catch_up(db, asked.at)

    def use_case() -> str:
        if apply_state.has_waiting(db):
            raise BooksBehindError
        position = append_fact(db, decide(), asked)
        assert apply_block(db, asked.at) == Applied(posted=1, parked=0), position
        return show_fact_no(position.epoch, position.seq)

    return answer_once(db, asked, question, use_case)


def append_fact(db: sa.Connection, decided: Decided, asked: Asked) -> Position:
    """Append a fact to headquarters' journal, inside the caller's write_transaction().

    The hub's generation is its epoch; the first fact of one opens it at the last head.

    Raises:
        FutureDateError: a business date after today.
    """
    today = today_of(asked.at)
    if decided.business_date > today:
        raise FutureDateError(date=decided.business_date.isoformat(), today=today.isoformat())
    epoch = own_facts.read_generation(db)
    last_epoch, last_head = registry.read_last_epoch(db, HQ_STORE)
    assert last_epoch <= epoch, "the hub has lived longer than it knows"
    if last_epoch < epoch:
        journal.open_epoch(db, HQ_STORE, epoch, last_head)
    cursor = journal.read_cursor(db, HQ_STORE, epoch)
    position = Position(HQ_STORE, BOX_ID, epoch, cursor.durable_seq + 1)
    happening = _make_happening(decided, asked)
    body = encode_fact(Fact(position, happening))
    fact = ReceivedFact(
        position.seq,
        happening.fact_id.bytes,
        fact_pb2.FactKind.Value(KIND_TO_WIRE[happening.kind]),
        body,
        chain.next_head(cursor.durable_head, body),
    )
    received_at_ms = to_ms(asked.at)
    journal.append_facts(
        db, store=HQ_STORE, epoch=epoch, facts=[fact], received_at_ms=received_at_ms
    )
    return position


def read_own_fact(db: sa.Connection, fact_no: str) -> Happening:
    """Find a fact of headquarters by its number.

    Raises:
        OwnFactNotFoundError
    """
    place = parse_fact_no(fact_no)
    body = None if place is None else own_facts.find_body(db, HQ_STORE, *place)
    if body is None:
        raise OwnFactNotFoundError(fact_no=fact_no)
    return decode_fact(body).happening


def make_own_id(asked: Asked, purpose: str = "") -> uuid.UUID:
    """Identity of a fact that a request makes: the request has the randomness, so no dice here."""
    name = f"{asked.user_name}\0{asked.request_id}\0{purpose}".encode()
    digest = hashlib.blake2b(name, digest_size=16).digest()
    return make_fact_id(to_ms(asked.at), int.from_bytes(digest) % (1 << RANDOM_BITS))


def today_of(at: datetime.datetime) -> datetime.date:
    """Headquarters' calendar day."""
    return at.astimezone(CHAIN_TIME).date()


def _catch_up(db: sa.Connection, at: datetime.datetime) -> None:
    """Post what waits, in blocks of their own."""
    for _ in range(CATCH_UP_BLOCKS_MAX):
        if apply_next(db, at, APPLY_FACTS_MAX).is_idle:
            return
    raise BooksBehindError


def _make_happening(decided: Decided, asked: Asked) -> Happening:
    return Happening(
        fact_id=make_own_id(asked),
        wall_at=asked.at.replace(microsecond=asked.at.microsecond // 1_000 * 1_000),
        boot_id=NO_BOOT,
        monotonic_ms=0,
        business_date=decided.business_date,
        staff_no=asked.user_name,
        register_no="",
        payload=decided.payload,
        causes=decided.reverses,
    )
