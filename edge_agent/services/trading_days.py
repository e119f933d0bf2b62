"""The store's trading day: opened and closed by a person, certified by the box's signature."""

from __future__ import annotations

import hashlib
import uuid

from cryptography.hazmat.primitives.asymmetric import ec

from edge_agent.services.box import Box, Operator
from edge_agent.services.errors import (
    DayClosedError,
    DayOpenError,
    HeldTicketsLeftError,
    ShiftsStillOpenError,
)
from edge_agent.services.facts import write_fact
from edge_agent.services.wallet_errors import WalletsLeftError
from edge_agent.store import held_tickets, journal, trading, wallet_payments
from edge_agent.store.database import write_transaction
from edge_agent.store.projections import read_projection
from edge_agent.store.sqlite_library import Connection
from protos import signing
from protos.day_certificate import encode_certificate
from retail_domain.trade.fact import Fact
from retail_domain.trade.ticket import Ticket
from retail_domain.trade.trading_day import DayCertificate, DayClosed, DayOpened, trading_day
from retail_domain.trade.wallet_payment import LIVE

DIGEST_BYTES = 32


def open_day(
    db: Connection, box: Box, operator: Operator, *, fact_id: uuid.UUID, reason: str = ""
) -> Fact:
    """Open the day that the store's clock says. A repeated fact_id changes nothing.

    Raises:
        DayOpenError: a day is open.
        DayClosedError: the clock's day is closed already, or it was set back.
    """
    with write_transaction(db):
        found = journal.find_fact(db, fact_id)
        if found is not None:
            return found
        day = trading.read_trading_day(db)
        by_clock = box.business_date(box.wall_at())
        if day.opened is not None:
            raise DayOpenError(business_date=day.opened.isoformat())
        if day.closed is not None and by_clock <= day.closed:
            raise DayClosedError(business_date=by_clock.isoformat())
        return write_fact(db, box, operator, DayOpened(reason), fact_id=fact_id)


def start_day(db: Connection, box: Box, operator: Operator) -> Fact | None:
    """Open the clock's day if none is open and it was not closed already; else do nothing."""
    with write_transaction(db):
        day = trading.read_trading_day(db)
        by_clock = box.business_date(box.wall_at())
        if day.opened is not None or (day.closed is not None and by_clock <= day.closed):
            return None
        return write_fact(db, box, operator, DayOpened(""))


def close_day(
    db: Connection,
    box: Box,
    operator: Operator,
    key: ec.EllipticCurvePrivateKey,
    *,
    fact_id: uuid.UUID,
) -> Fact:
    """Close the day, with a certificate of what it holds. A repeated fact_id changes nothing.

    Raises:
        DayClosedError: the day of the clock is closed already.
        ShiftsStillOpenError: a drawer is not counted yet.
        HeldTicketsLeftError: goods are rung up and not paid for.
        WalletsLeftError: a wallet payment waits for its ticket.
    """
    with write_transaction(db):
        found = journal.find_fact(db, fact_id)
        if found is not None:
            return found
        day = trading.read_trading_day(db)
        by_clock = box.business_date(box.wall_at())
        business_date = trading_day(by_clock, opened=day.opened, closed=day.closed)
        if day.opened is None and business_date > by_clock:
            raise DayClosedError(business_date=by_clock.isoformat())
        shifts = trading.read_open_shifts(db)
        if shifts:
            names = ", ".join(shift.register_no for shift in shifts)
            raise ShiftsStillOpenError(register_nos=names)
        held = held_tickets.count_held_tickets(db)
        if held:
            raise HeldTicketsLeftError(count=held)
        waiting = [one for one in wallet_payments.read_open_payments(db) if one.state in LIVE]
        if waiting:
            raise WalletsLeftError(count=len(waiting))
        tail = journal.read_tail(db)
        tickets, sales_fen, returns_fen = _add_up(db, (day.epoch, day.seq))
        certificate = DayCertificate(
            store=box.identity.store,
            epoch=tail.epoch,
            business_date=business_date,
            first_seq=day.seq + 1 if day.epoch == tail.epoch else 1,
            last_seq=tail.seq,
            head=tail.head,
            tickets=tickets,
            sales_fen=sales_fen,
            returns_fen=returns_fen,
            stock_digest=digest_stock(db),
        )
        signature = signing.sign(key, signing.DAY_CONTEXT, encode_certificate(certificate))
        return write_fact(db, box, operator, DayClosed(certificate, signature), fact_id=fact_id)


def digest_stock(db: Connection) -> bytes:
    """Hash of stock on hand, key by key; keys at zero are left out."""
    digest = hashlib.blake2b(digest_size=DIGEST_BYTES)
    for row in read_projection(db, "on_hand"):
        if row[-1]:
            digest.update(repr(row).encode())
    return digest.digest()


def _add_up(db: Connection, place: tuple[int, int]) -> tuple[int, int, int]:
    """Tickets, sales and returns behind a place of the journal."""
    tickets = sales_fen = returns_fen = 0
    for fact, _body, _head in journal.iterate_facts(db, after=place):
        if isinstance(fact.happening.payload, Ticket):
            tickets += 1
            for line in fact.happening.payload.lines:
                if line.is_return:
                    returns_fen -= line.amount_fen
                else:
                    sales_fen += line.amount_fen
    return tickets, sales_fen, returns_fen
