"""Facts: proto <-> domain, both ways. Bytes from outside become a fact here or nowhere."""

from __future__ import annotations

import datetime
import functools
import operator
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from google.protobuf.message import DecodeError

from protos.day_certificate import decode_certificate, encode_certificate
from protos.instant import EPOCH_START, MILLISECOND
from protos.liushui.v1 import fact_pb2
from protos.mapping import read_fields, write_fields
from retail_domain.catalog.item import TaxRate
from retail_domain.stock.goods import (
    GoodsLine,
    GoodsReceived,
    ReceiptPurpose,
    TransferReceived,
    TransferShipped,
)
from retail_domain.stock.movement import StockState
from retail_domain.trade.approval import Approval
from retail_domain.trade.fact import KIND_OF_PAYLOAD, Fact, Happening, Payload, Position
from retail_domain.trade.fact_kind import FactKind
from retail_domain.trade.tender import Tender, TenderKind
from retail_domain.trade.ticket import FeedPosition, SaleOrigin, Ticket, TicketLine
from retail_domain.trade.ticket_columns import TicketColumns
from retail_domain.trade.trading_day import DayClosed

SCHEMA_VERSIONS = {kind: 1 for kind in FactKind} | {FactKind.TICKET: 2}
"""Newest version of each kind's payload that this program reads and writes."""
PLAIN_TENDERS = frozenset({TenderKind.CASH, TenderKind.CARD})
"""What a ticket of version 1 may be paid with."""

UUID_BYTES = 16
Read = TypeVar("Read")
TAX_RATES_KEPT = 64
"""Rates of a country and their names over the years: a handful."""

KIND_TO_WIRE = {kind: f"FACT_KIND_{kind.name}" for kind in FactKind}
KIND_FROM_WIRE = {fact_pb2.FactKind.Value(name): kind for kind, name in KIND_TO_WIRE.items()}
STATE_TO_WIRE = {state: f"STOCK_STATE_{state.name}" for state in StockState}
STATE_FROM_WIRE = {fact_pb2.StockState.Value(name): state for state, name in STATE_TO_WIRE.items()}
TENDER_TO_WIRE = {kind: f"TENDER_KIND_{kind.name}" for kind in TenderKind}
TENDER_FROM_WIRE = {fact_pb2.TenderKind.Value(name): kind for kind, name in TENDER_TO_WIRE.items()}
PURPOSE_TO_WIRE = {purpose: f"RECEIPT_PURPOSE_{purpose.name}" for purpose in ReceiptPurpose}
PURPOSE_FROM_WIRE = {
    fact_pb2.ReceiptPurpose.Value(name): purpose for purpose, name in PURPOSE_TO_WIRE.items()
}

LINE_COLUMNS = (
    "item_id",
    "state",
    "lot",
    "quantity_milli",
    "unit_price_fen",
    "discount_fen",
    "amount_fen",
    "tax_fen",
    "tax_rate_id",
    "tax_rate_bp",
)
"""What the books read of a ticket's line; all of them by one call, half the time of ten."""
READ_LINE = operator.attrgetter(*LINE_COLUMNS)
NO_LINES: tuple[tuple[Any, ...], ...] = ((),) * len(LINE_COLUMNS)


class MalformedFactError(Exception):
    """The bytes are no fact that any version of the author writes."""


class NewerFactError(Exception):
    """The fact is of a kind or version that this program does not know: keep it, post it later."""


def encode_fact(fact: Fact) -> bytes:
    """Make the body of a fact. Called once a fact, in the transaction that writes it."""
    position, happening = fact.position, fact.happening
    wire = fact_pb2.Fact(
        fact_id=happening.fact_id.bytes,
        store=position.store,
        box_id=position.box_id,
        epoch=position.epoch,
        seq=position.seq,
        kind=KIND_TO_WIRE[happening.kind],
        schema_version=_schema_version(happening.payload),
        wall_at_ms=(happening.wall_at - EPOCH_START) // MILLISECOND,
        boot_id=happening.boot_id.bytes,
        monotonic_ms=happening.monotonic_ms,
        business_date=happening.business_date.isoformat(),
        staff_no=happening.staff_no,
        register_no=happening.register_no,
        causes=[cause.bytes for cause in happening.causes],
    )
    ENCODERS[type(happening.payload)](wire, happening.payload)
    return wire.SerializeToString(deterministic=True)


def decode_fact(body: bytes) -> Fact:
    """Read the body of a fact. The asserts of the domain's types judge what came from outside.

    Raises:
        MalformedFactError: no Fact, or values that no author writes.
        NewerFactError: a kind, payload or version after this program's.
    """
    return _decode(body, _decode_known)


def decode_for_books(body: bytes) -> Happening | TicketColumns:
    """Read what the books ask of a fact: a ticket column by column, any other kind whole.

    Raises:
        MalformedFactError: as `decode_fact`, for the same bodies.
        NewerFactError: likewise.
    """
    return _decode(body, _decode_books)


def _decode(body: bytes, decode_known: Callable[[fact_pb2.Fact, FactKind], Read]) -> Read:
    try:
        wire = fact_pb2.Fact.FromString(body)
    except DecodeError as error:
        raise MalformedFactError("not a Fact") from error
    if wire.kind == fact_pb2.FACT_KIND_UNSPECIFIED or wire.schema_version < 1:
        raise MalformedFactError("no kind or no version")
    if is_newer(wire):
        raise NewerFactError(f"kind {wire.kind}, version {wire.schema_version}")
    kind = KIND_FROM_WIRE[wire.kind]
    try:
        return decode_known(wire, kind)
    except (AssertionError, KeyError, ValueError, OverflowError) as error:
        raise MalformedFactError(f"{kind.value}: {error!r}") from error


def is_newer(wire: fact_pb2.Fact) -> bool:
    """Whether a fact is of a kind or version after this program's."""
    kind = KIND_FROM_WIRE.get(wire.kind)
    if kind is None:
        return wire.kind != fact_pb2.FACT_KIND_UNSPECIFIED
    return wire.schema_version > SCHEMA_VERSIONS[kind]


def read_position(body: bytes) -> tuple[Position, uuid.UUID]:
    """Place and identity of any fact, also of a kind that is not known yet.

    Raises:
        MalformedFactError: no Fact, or no place.
    """
    try:
        wire = fact_pb2.Fact.FromString(body)
        return _position(wire), uuid.UUID(bytes=wire.fact_id)
    except (DecodeError, AssertionError, ValueError) as error:
        raise MalformedFactError(f"no place: {error!r}") from error


def _decode_known(wire: fact_pb2.Fact, kind: FactKind) -> Fact:
    field = wire.WhichOneof("payload")
    assert field == kind.value, field
    happening = Happening(
        fact_id=uuid.UUID(bytes=wire.fact_id),
        wall_at=_wall_at(wire),
        boot_id=uuid.UUID(bytes=wire.boot_id),
        monotonic_ms=wire.monotonic_ms,
        business_date=datetime.date.fromisoformat(wire.business_date),
        staff_no=wire.staff_no,
        register_no=wire.register_no,
        payload=DECODERS[kind](wire),
        causes=tuple(uuid.UUID(bytes=cause) for cause in wire.causes),
    )
    return Fact(_position(wire), happening)


def _decode_books(wire: fact_pb2.Fact, kind: FactKind) -> Happening | TicketColumns:
    if kind is not FactKind.TICKET:
        return _decode_known(wire, kind).happening
    assert wire.WhichOneof("payload") == kind.value
    _judge_envelope(wire)
    return _decode_columns(wire)


def _judge_envelope(wire: fact_pb2.Fact) -> None:
    """Refuse what Fact and Happening would refuse, without making them."""
    assert wire.store
    assert wire.epoch >= 1
    assert wire.seq >= 1
    assert {len(identity) for identity in (wire.boot_id, *wire.causes)} == {UUID_BYTES}
    _wall_at(wire)


def _wall_at(wire: fact_pb2.Fact) -> datetime.datetime:
    return EPOCH_START + wire.wall_at_ms * MILLISECOND


def _position(wire: fact_pb2.Fact) -> Position:
    return Position(wire.store, wire.box_id, wire.epoch, wire.seq)


def _encode_ticket(wire: fact_pb2.Fact, ticket: Ticket) -> None:
    sold = wire.ticket
    sold.receipt_no = ticket.receipt_no
    sold.price_generation = ticket.prices.generation
    sold.price_version = ticket.prices.version
    sold.rounding_fen = ticket.rounding_fen
    for line in ticket.lines:
        _add_ticket_line(sold, line)
    for approval in ticket.approvals:
        write_fields(approval, sold.approvals.add())
    for tender in ticket.tenders:
        sold.tenders.add(
            kind=TENDER_TO_WIRE[tender.kind],
            amount_fen=tender.amount_fen,
            given_fen=tender.given_fen,
            payment_no=tender.payment_no,
        )


def _add_ticket_line(sold: fact_pb2.Ticket, line: TicketLine) -> None:
    """In place: a message made apart would be copied."""
    wire = sold.lines.add(
        item_id=line.item_id,
        state=STATE_TO_WIRE[line.state],
        lot=line.lot,
        scanned_code=line.scanned_code,
        quantity_milli=line.quantity_milli,
        list_price_fen=line.list_price_fen,
        unit_price_fen=line.unit_price_fen,
        discount_fen=line.discount_fen,
        amount_fen=line.amount_fen,
        tax_rate_id=line.tax_rate.tax_rate_id,
        tax_rate_bp=line.tax_rate.rate_bp,
        tax_fen=line.tax_fen,
    )
    if line.is_return:
        wire.reason = line.reason
        if line.origin is not None:
            write_fields(line.origin, wire.origin)


def _schema_version(payload: Payload) -> int:
    """The lowest version that can say it: a hub of the version before posts plain sales too."""
    if not isinstance(payload, Ticket):
        return 1
    is_plain = (
        payload.rounding_fen == 0
        and not payload.approvals
        and all(line.quantity_milli > 0 for line in payload.lines)
        and all(tender.kind in PLAIN_TENDERS for tender in payload.tenders)
    )
    return 1 if is_plain else 2


def _decode_ticket(wire: fact_pb2.Fact) -> Ticket:
    ticket = wire.ticket
    return Ticket(
        receipt_no=ticket.receipt_no,
        prices=FeedPosition(ticket.price_generation, ticket.price_version),
        lines=tuple(
            _decode_ticket_line(line_no, line) for line_no, line in enumerate(ticket.lines, start=1)
        ),
        tenders=_decode_tenders(ticket),
        rounding_fen=ticket.rounding_fen,
        approvals=tuple(read_fields(Approval, approval) for approval in ticket.approvals),
    )


def _decode_columns(wire: fact_pb2.Fact) -> TicketColumns:
    ticket = wire.ticket
    lines = list(ticket.lines)
    columns = tuple(zip(*map(READ_LINE, lines), strict=True)) if lines else NO_LINES
    item_ids, states, *rest, rate_ids, rates_bp = columns
    lots, quantities_milli, unit_prices_fen, discounts_fen, amounts_fen, taxes_fen = rest
    assert min(item_ids, default=1) > 0
    for rate_id, rate_bp in set(zip(rate_ids, rates_bp, strict=True)):
        _tax_rate(rate_id, rate_bp)
    return TicketColumns(
        fact_id=uuid.UUID(bytes=wire.fact_id),
        business_date=datetime.date.fromisoformat(wire.business_date),
        register_no=wire.register_no,
        receipt_no=ticket.receipt_no,
        item_ids=item_ids,
        states=tuple([STATE_FROM_WIRE[state] for state in states]),
        lots=lots,
        quantities_milli=quantities_milli,
        unit_prices_fen=unit_prices_fen,
        discounts_fen=discounts_fen,
        amounts_fen=amounts_fen,
        taxes_fen=taxes_fen,
        origins=_decode_origins(lines),
        tenders=_decode_tenders(ticket),
        rounding_fen=ticket.rounding_fen,
    )


def _decode_origins(lines: Iterable[fact_pb2.TicketLine]) -> dict[int, SaleOrigin]:
    return {
        line_no: read_fields(SaleOrigin, line.origin)
        for line_no, line in enumerate(lines, start=1)
        if line.HasField("origin")
    }


def _decode_tenders(ticket: fact_pb2.Ticket) -> tuple[Tender, ...]:
    return tuple(
        [
            Tender(
                TENDER_FROM_WIRE[tender.kind],
                tender.amount_fen,
                tender.given_fen,
                tender.payment_no,
            )
            for tender in ticket.tenders
        ]
    )


def _decode_ticket_line(line_no: int, line: fact_pb2.TicketLine) -> TicketLine:
    assert line.item_id > 0
    return TicketLine(
        line_no=line_no,
        item_id=line.item_id,
        state=STATE_FROM_WIRE[line.state],
        lot=line.lot,
        scanned_code=line.scanned_code,
        quantity_milli=line.quantity_milli,
        list_price_fen=line.list_price_fen,
        unit_price_fen=line.unit_price_fen,
        discount_fen=line.discount_fen,
        amount_fen=line.amount_fen,
        tax_rate=_tax_rate(line.tax_rate_id, line.tax_rate_bp),
        tax_fen=line.tax_fen,
        origin=read_fields(SaleOrigin, line.origin) if line.HasField("origin") else None,
        reason=line.reason,
    )


@functools.lru_cache(TAX_RATES_KEPT)
def _tax_rate(tax_rate_id: str, rate_bp: int) -> TaxRate:
    """One object a rate, not one a line."""
    return TaxRate(tax_rate_id, rate_bp)


def _encode_goods_lines(lines: Iterable[GoodsLine]) -> list[fact_pb2.GoodsLine]:
    return [
        fact_pb2.GoodsLine(
            item_id=line.item_id,
            state=STATE_TO_WIRE[line.state],
            lot=line.lot,
            scanned_code=line.scanned_code,
            quantity_milli=line.quantity_milli,
        )
        for line in lines
    ]


def _decode_goods_lines(lines: Iterable[fact_pb2.GoodsLine]) -> tuple[GoodsLine, ...]:
    decoded = tuple(
        GoodsLine(
            line_no=line_no,
            item_id=line.item_id,
            quantity_milli=line.quantity_milli,
            state=STATE_FROM_WIRE[line.state],
            lot=line.lot,
            scanned_code=line.scanned_code,
        )
        for line_no, line in enumerate(lines, start=1)
    )
    assert all(line.item_id > 0 for line in decoded)
    return decoded


def _encode_receipt(wire: fact_pb2.Fact, receipt: GoodsReceived) -> None:
    wire.goods_received.CopyFrom(
        fact_pb2.GoodsReceived(
            purpose=PURPOSE_TO_WIRE[receipt.purpose],
            supplier_no=receipt.supplier_no,
            purchase_order_no=receipt.purchase_order_no,
            lines=_encode_goods_lines(receipt.lines),
        )
    )


def _decode_receipt(wire: fact_pb2.Fact) -> GoodsReceived:
    receipt = wire.goods_received
    return GoodsReceived(
        purpose=PURPOSE_FROM_WIRE[receipt.purpose],
        supplier_no=receipt.supplier_no,
        purchase_order_no=receipt.purchase_order_no,
        lines=_decode_goods_lines(receipt.lines),
    )


def _encode_shipment(wire: fact_pb2.Fact, shipment: TransferShipped) -> None:
    wire.transfer_shipped.CopyFrom(
        fact_pb2.TransferShipped(
            transfer_no=shipment.transfer_no,
            target_store=shipment.target_store,
            lines=_encode_goods_lines(shipment.lines),
        )
    )


def _decode_shipment(wire: fact_pb2.Fact) -> TransferShipped:
    shipment = wire.transfer_shipped
    return TransferShipped(
        shipment.transfer_no, shipment.target_store, _decode_goods_lines(shipment.lines)
    )


def _encode_arrival(wire: fact_pb2.Fact, arrival: TransferReceived) -> None:
    wire.transfer_received.CopyFrom(
        fact_pb2.TransferReceived(
            transfer_no=arrival.transfer_no,
            source_store=arrival.source_store,
            lines=_encode_goods_lines(arrival.lines),
        )
    )


def _decode_arrival(wire: fact_pb2.Fact) -> TransferReceived:
    arrival = wire.transfer_received
    return TransferReceived(
        arrival.transfer_no, arrival.source_store, _decode_goods_lines(arrival.lines)
    )


def _encode_day_close(wire: fact_pb2.Fact, closed: DayClosed) -> None:
    wire.day_closed.certificate = encode_certificate(closed.certificate)
    wire.day_closed.signature = closed.signature


def _decode_day_close(wire: fact_pb2.Fact) -> DayClosed:
    closed = wire.day_closed
    return DayClosed(decode_certificate(closed.certificate), closed.signature)


def _encode_mapped(wire: fact_pb2.Fact, payload: Payload) -> None:
    message = getattr(wire, KIND_OF_PAYLOAD[type(payload)].value)
    message.SetInParent()  # Also when every field is empty.
    write_fields(payload, message)


def _decode_mapped(wire: fact_pb2.Fact) -> Payload:
    kind = KIND_FROM_WIRE[wire.kind]
    payload: Payload = read_fields(PAYLOAD_OF_KIND[kind], getattr(wire, kind.value))
    return payload


PAYLOAD_OF_KIND = {kind: payload for payload, kind in KIND_OF_PAYLOAD.items()}
ENCODERS: Mapping[type, Callable[..., None]] = {
    **dict.fromkeys(KIND_OF_PAYLOAD, _encode_mapped),
    Ticket: _encode_ticket,
    GoodsReceived: _encode_receipt,
    TransferShipped: _encode_shipment,
    TransferReceived: _encode_arrival,
    DayClosed: _encode_day_close,
}
DECODERS: Mapping[FactKind, Callable[[fact_pb2.Fact], Payload]] = {
    **dict.fromkeys(FactKind, _decode_mapped),
    FactKind.TICKET: _decode_ticket,
    FactKind.GOODS_RECEIVED: _decode_receipt,
    FactKind.TRANSFER_SHIPPED: _decode_shipment,
    FactKind.TRANSFER_RECEIVED: _decode_arrival,
    FactKind.DAY_CLOSED: _decode_day_close,
}
