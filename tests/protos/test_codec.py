"""Facts and documents survive the wire, and nothing from outside gets in as something else."""

from __future__ import annotations

import datetime
import string
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protos import codec, documents
from protos.codec import MalformedFactError, NewerFactError
from protos.documents import PurchaseOrder, Reclassification, TransferOrder
from protos.instant import EPOCH_START
from protos.liushui.v1 import fact_pb2
from protos.mapping import mapped_fields
from retail_domain.catalog.item import Item, Price, TaxRate, UnitOfMeasure
from retail_domain.rounding import multiply_price
from retail_domain.stock.goods import (
    GoodsLine,
    GoodsReceived,
    ReceiptPurpose,
    TransferReceived,
    TransferShipped,
)
from retail_domain.stock.movement import StockState
from retail_domain.trade.fact import KIND_OF_PAYLOAD, Fact, Happening, Position
from retail_domain.trade.fact_kind import FactKind
from retail_domain.trade.tender import Tender, TenderKind
from retail_domain.trade.ticket import FeedPosition, Ticket, TicketLine
from retail_domain.trade.ticket_columns import TicketColumns, columns_of
from retail_domain.transfers.transfer_order import OrderLine, TransferState
from tests.protos.golden import CASES, make_fact

TEXT = st.text(max_size=20)
NAME = st.text(alphabet=string.ascii_letters + string.digits, min_size=1, max_size=12)
ITEM_ID = st.integers(1, 2**63 - 1)
MILLI = st.integers(1, 10**9)
FEN = st.integers(0, 10**9)
STATES = st.sampled_from(StockState)
TAX_RATES = st.builds(TaxRate, NAME, st.integers(0, 9_999))


@st.composite
def goods(draw: st.DrawFn) -> tuple[GoodsLine, ...]:
    lines = draw(st.lists(st.tuples(ITEM_ID, MILLI, STATES, TEXT, TEXT), max_size=5))
    return tuple(GoodsLine(line_no, *line) for line_no, line in enumerate(lines, start=1))


@st.composite
def tickets(draw: st.DrawFn) -> Ticket:
    lines = []
    for line_no in range(1, draw(st.integers(1, 4)) + 1):
        quantity_milli, unit_price_fen = draw(MILLI), draw(FEN)
        gross_fen = multiply_price(unit_price_fen, quantity_milli)
        discount_fen = draw(st.integers(0, gross_fen))
        line = TicketLine(
            line_no=line_no,
            item_id=draw(ITEM_ID),
            state=draw(STATES),
            lot=draw(TEXT),
            scanned_code=draw(TEXT),
            quantity_milli=quantity_milli,
            list_price_fen=draw(FEN),
            unit_price_fen=unit_price_fen,
            discount_fen=discount_fen,
            amount_fen=gross_fen - discount_fen,
            tax_rate=draw(TAX_RATES),
            tax_fen=draw(FEN),
        )
        lines.append(line)
    due_fen = sum(line.amount_fen for line in lines)
    card_fen = draw(st.integers(0, due_fen))
    tenders = (
        Tender(TenderKind.CASH, due_fen - card_fen, due_fen - card_fen + draw(FEN)),
        Tender(TenderKind.CARD, card_fen, card_fen),
    )
    prices = FeedPosition(draw(st.integers(0, 2**64 - 1)), draw(st.integers(0, 2**64 - 1)))
    return Ticket(draw(st.integers(1, 2**64 - 1)), prices, tuple(lines), tenders)


PAYLOAD = st.one_of(
    tickets(),
    st.builds(GoodsReceived, st.sampled_from(ReceiptPurpose), TEXT, TEXT, goods()),
    st.builds(TransferShipped, TEXT, TEXT, goods()),
    st.builds(TransferReceived, TEXT, TEXT, goods()),
)
INSTANTS = st.integers(0, 4 * 10**12).map(
    lambda ms: EPOCH_START + datetime.timedelta(milliseconds=ms)
)


@st.composite
def facts(draw: st.DrawFn) -> Fact:
    happening = Happening(
        fact_id=draw(st.uuids()),
        wall_at=draw(INSTANTS),
        boot_id=draw(st.uuids()),
        monotonic_ms=draw(st.integers(0, 2**64 - 1)),
        business_date=draw(st.dates()),
        staff_no=draw(TEXT),
        register_no=draw(TEXT),
        payload=draw(PAYLOAD),
        causes=tuple(draw(st.lists(st.uuids(), max_size=3))),
    )
    epoch, seq = draw(st.integers(1, 2**32 - 1)), draw(st.integers(1, 2**64 - 1))
    return Fact(Position(draw(NAME), draw(NAME), epoch, seq), happening)


@given(facts())
def test_fact_survives_the_wire(fact: Fact) -> None:
    body = codec.encode_fact(fact)

    assert codec.decode_fact(body) == fact
    assert codec.encode_fact(codec.decode_fact(body)) == body
    assert codec.read_position(body) == (fact.position, fact.happening.fact_id)


def read_or_refuse(body: bytes) -> Fact | None:
    try:
        return codec.decode_fact(body)
    except (MalformedFactError, NewerFactError):
        return None


@given(st.binary(max_size=300))
def test_any_bytes_are_a_fact_or_refused(body: bytes) -> None:
    assert read_or_refuse(body) is None or codec.read_position(body)


@pytest.mark.parametrize("case", CASES)
def test_flipped_bit_gives_another_fact_or_a_refusal_never_a_crash(case: str) -> None:
    body = codec.encode_fact(make_fact(case))

    read_as_before = [
        bit for bit in range(len(body) * 8) if read_or_refuse(flip(body, bit)) == make_fact(case)
    ]

    assert read_as_before == []


def read_whole(body: bytes) -> Happening | TicketColumns | type[Exception]:
    """What the books should read: the whole fact, a ticket then column by column."""
    try:
        happening = codec.decode_fact(body).happening
    except (MalformedFactError, NewerFactError) as error:
        return type(error)
    return columns_of(happening) if isinstance(happening.payload, Ticket) else happening


def read_for_books(body: bytes) -> Happening | TicketColumns | type[Exception]:
    try:
        return codec.decode_for_books(body)
    except (MalformedFactError, NewerFactError) as error:
        return type(error)


@given(facts())
def test_books_read_what_the_fact_says(fact: Fact) -> None:
    body = codec.encode_fact(fact)

    assert read_for_books(body) == read_whole(body)


@pytest.mark.parametrize("case", CASES)
def test_books_read_and_refuse_a_damaged_fact_as_everybody_else_does(case: str) -> None:
    body = codec.encode_fact(make_fact(case))

    damaged = [body, *(flip(body, bit) for bit in range(len(body) * 8))]

    assert [one for one in damaged if read_for_books(one) != read_whole(one)] == []


def flip(body: bytes, bit: int) -> bytes:
    place = bit // 8
    return body[:place] + bytes([body[place] ^ 1 << bit % 8]) + body[place + 1 :]


def wire_of(kind: FactKind) -> fact_pb2.Fact:
    return fact_pb2.Fact.FromString(codec.encode_fact(make_fact(kind)))


@pytest.mark.parametrize(
    "change",
    [
        {"kind": 0},
        {"schema_version": 0},
        {"fact_id": b"short"},
        {"store": ""},
        {"epoch": 0},
        {"seq": 0},
        {"boot_id": b""},
        {"business_date": "2026-02-30"},
        {"business_date": ""},
        {"kind": 5},
        {"wall_at_ms": 2**62},
        {"causes": [b"x"]},
    ],
    ids=str,
)
def test_fact_that_no_author_writes_is_malformed(change: dict[str, object]) -> None:
    wire = wire_of(FactKind.TICKET)
    for field in change:
        wire.ClearField(field)
    wire.MergeFrom(fact_pb2.Fact(**change))  # type: ignore[arg-type]  # Fields of Fact.

    with pytest.raises(MalformedFactError):
        codec.decode_fact(wire.SerializeToString())
    with pytest.raises(MalformedFactError):
        codec.decode_for_books(wire.SerializeToString())


@pytest.mark.parametrize(
    "change",
    [
        {"receipt_no": 0},
        {"rounding_fen": 1},
        {"lines": [fact_pb2.TicketLine()]},
        {"lines": []},
        {"tenders": [fact_pb2.Tender()]},
    ],
    ids=str,
)
def test_books_read_and_refuse_an_odd_ticket_as_everybody_else_does(
    change: dict[str, object],
) -> None:
    wire = wire_of(FactKind.TICKET)
    for field in change:
        wire.ticket.ClearField(field)
    wire.ticket.MergeFrom(fact_pb2.Ticket(**change))  # type: ignore[arg-type]  # Fields of Ticket.
    body = wire.SerializeToString()

    assert read_for_books(body) == read_whole(body) == MalformedFactError


def test_ticket_whose_sums_do_not_agree_is_malformed() -> None:
    wire = wire_of(FactKind.TICKET)
    wire.ticket.lines[0].amount_fen += 1

    with pytest.raises(MalformedFactError):
        codec.decode_fact(wire.SerializeToString())


def test_goods_of_nothing_are_malformed() -> None:
    wire = wire_of(FactKind.GOODS_RECEIVED)
    wire.goods_received.lines[0].quantity_milli = 0

    with pytest.raises(MalformedFactError):
        codec.decode_fact(wire.SerializeToString())


@pytest.mark.parametrize("change", [{"kind": 99}, {"schema_version": 3}], ids=str)
def test_fact_of_a_later_program_is_told_from_a_malformed_one(change: dict[str, int]) -> None:
    wire = wire_of(FactKind.TICKET)
    for field, value in change.items():
        setattr(wire, field, value)
    body = wire.SerializeToString()

    with pytest.raises(NewerFactError):
        codec.decode_fact(body)
    position, fact_id = codec.read_position(body)
    assert (position.seq, fact_id) == (12_345, uuid.UUID("019a5f00-0000-7000-8000-00000000002a"))


def test_later_fields_of_a_fact_do_not_disturb_an_earlier_program() -> None:
    unknown_field_19 = b"\x9a\x01\x03new"
    body = codec.encode_fact(make_fact(FactKind.TICKET)) + unknown_field_19

    assert codec.decode_fact(body) == make_fact(FactKind.TICKET)


GTINS = st.lists(st.text("0123456789", min_size=14, max_size=14), max_size=3).map(
    lambda codes: tuple(sorted(set(codes)))
)
ORDER_LINES = st.lists(st.builds(OrderLine, ITEM_ID, MILLI), max_size=5).map(tuple)


@given(st.builds(Item, ITEM_ID, TEXT, TEXT, TEXT, st.sampled_from(UnitOfMeasure), TAX_RATES, GTINS))
def test_item_survives_the_wire(item: Item) -> None:
    assert documents.decode_item(documents.encode_item(item)) == item


@given(st.builds(Price, ITEM_ID, FEN))
def test_price_survives_the_wire(price: Price) -> None:
    assert documents.decode_price(documents.encode_price(price)) == price


@given(
    st.one_of(
        st.builds(PurchaseOrder, NAME, TEXT, NAME, st.sampled_from(ReceiptPurpose), ORDER_LINES),
        st.builds(
            TransferOrder,
            NAME,
            NAME,
            NAME,
            st.sampled_from([TransferState.APPROVED, TransferState.CANCELLED]),
            ORDER_LINES,
        ),
        st.builds(Reclassification, NAME, NAME, ITEM_ID, ITEM_ID, FEN, st.uuids()),
    )
)
def test_order_survives_the_wire(order: documents.Order) -> None:
    assert documents.decode_order(documents.encode_order(order)) == order


@given(st.lists(ITEM_ID, min_size=2, max_size=2))
def test_item_keys_sort_as_their_numbers(item_ids: list[int]) -> None:
    keys = [documents.item_key(item_id) for item_id in item_ids]

    assert (keys[0] < keys[1]) == (item_ids[0] < item_ids[1])


MAPPED = [
    payload
    for kind, payload in codec.PAYLOAD_OF_KIND.items()
    if codec.DECODERS[kind] is codec._decode_mapped  # noqa: SLF001 - which way it goes is the point
]


@pytest.mark.parametrize("payload", MAPPED, ids=lambda payload: payload.__name__)
def test_each_field_of_a_mapped_payload_has_its_place_in_the_message(payload: type) -> None:
    kind = KIND_OF_PAYLOAD[payload]
    message = fact_pb2.Fact.DESCRIPTOR.fields_by_name[kind.value].message_type
    assert message is not None

    assert {field.wire_name for field in mapped_fields(payload)} == set(message.fields_by_name)


def test_plain_sale_is_written_so_that_a_hub_of_the_version_before_can_post_it() -> None:
    versions = {case: wire_of_case(case).schema_version for case in ("ticket", "exchange")}

    assert versions == {"ticket": 1, "exchange": 2}


def wire_of_case(case: str) -> fact_pb2.Fact:
    return fact_pb2.Fact.FromString(codec.encode_fact(make_fact(case)))
