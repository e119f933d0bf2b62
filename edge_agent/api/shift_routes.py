"""Routes of a register's shift, its cash, and the store's day."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

import fastapi

from edge_agent.api import shift_messages
from edge_agent.api.register_routes import RegisterNo, ShopPart, Token
from edge_agent.api.staff import may
from edge_agent.services import attendance, shift_print, shifts, trading_days
from edge_agent.services.approvals import Claim, Wish
from edge_agent.services.attendance import Place
from edge_agent.services.box import Box, Operator
from edge_agent.store import held_tickets, trading
from edge_agent.store.sqlite_library import Connection
from edge_agent.store.trading import Shift
from retail_domain.people.right import Measure, Right
from retail_domain.trade.fact import Fact
from retail_domain.trade.shift import (
    DRAWER_SIGN,
    CashMove,
    DenominationCount,
    ShiftClosed,
    ShiftTotals,
)
from retail_domain.trade.trading_day import DayClosed

router = fastapi.APIRouter(prefix="/api/registers/{register_no}", tags=["shifts"])
Handler = Annotated[str, may(Right.HANDLE_SHIFT)]
Closer = Annotated[str, may(Right.CLOSE_DAY)]
IdempotencyKey = Annotated[uuid.UUID, fastapi.Header(description="Becomes the fact's id.")]


@router.get("/shift", summary="Shift and day")
async def show_state(
    shop: ShopPart, register_no: RegisterNo, _staff_no: Handler
) -> shift_messages.ShiftState:
    """The register's last shift and the store's day."""
    return await shop.writer.run(_read_state, shop.box, register_no)


@router.post("/shift/x/print", summary="Print the X", status_code=204)
async def print_x(
    shop: ShopPart, register_no: RegisterNo, _staff_no: Handler, idempotency_key: IdempotencyKey
) -> None:
    """What the shift comes to so far; a repeated key prints once."""
    await shop.writer.run(shift_print.print_x, shop.box, register_no, job_id=idempotency_key)
    shop.note_jobs()


@router.post("/shift/open", summary="Open a shift")
async def open_shift(
    wish: shift_messages.OpenShift,
    shop: ShopPart,
    register_no: RegisterNo,
    staff_no: Handler,
    idempotency_key: IdempotencyKey,
) -> shift_messages.ShiftState:
    """Take the register over with a float; the first shift of a day opens the day, too."""
    operator = Operator(staff_no, register_no)
    await shop.writer.run(trading_days.start_day, shop.box, operator)
    await shop.writer.run(
        shifts.open_shift, shop.box, operator, wish.float_fen, fact_id=idempotency_key
    )
    shop.note_fact()
    await shop.desk(register_no).change_people()
    return await shop.writer.run(_read_state, shop.box, register_no)


@router.post("/shift/cash", summary="Move cash", status_code=204)
async def move_cash(
    wish: shift_messages.MoveCash,
    shop: ShopPart,
    register_no: RegisterNo,
    token: Token,
    idempotency_key: IdempotencyKey,
) -> None:
    """Put cash in or take it out; taking out may need an approval."""
    place = shop.place(register_no)
    await shop.writer.run(_move_cash, shop.box, place, token, wish, idempotency_key)
    shop.note_fact()


@router.post("/drawer", summary="Open the drawer", status_code=204)
async def open_drawer(
    wish: shift_messages.OpenDrawer,
    shop: ShopPart,
    register_no: RegisterNo,
    token: Token,
    idempotency_key: IdempotencyKey,
) -> None:
    """Without a sale; may need an approval."""
    place = shop.place(register_no)
    await shop.writer.run(_open_drawer, shop.box, place, token, wish, idempotency_key)
    shop.note_fact()


@router.get("/shift/x", summary="X: the shift so far")
async def read_x(
    shop: ShopPart, register_no: RegisterNo, _staff_no: Handler, token: Token
) -> shift_messages.ShiftReport:
    """Changes nothing. Who counts the drawer does not see what it should hold."""
    return await shop.writer.run(_read_x, shop.box, shop.place(register_no), token)


@router.post("/shift/close", summary="Z: close the shift")
async def close_shift(
    wish: shift_messages.CloseShift,
    shop: ShopPart,
    register_no: RegisterNo,
    staff_no: Handler,
    idempotency_key: IdempotencyKey,
) -> shift_messages.ShiftReport:
    """Final. The difference is known at once and booked at headquarters."""
    counts = [DenominationCount(one.denomination_fen, one.pieces) for one in wish.counts]
    fact = await shop.writer.run(
        shifts.close_shift,
        shop.box,
        Operator(staff_no, register_no),
        sum(count.denomination_fen * count.pieces for count in counts),
        counts=counts,
        fact_id=idempotency_key,
    )
    shop.note_fact()
    await shop.desk(register_no).change_people()
    return _show_z(fact)


@router.post("/day/open", summary="Open the day")
async def open_day(
    shop: ShopPart,
    register_no: RegisterNo,
    staff_no: Handler,
    idempotency_key: IdempotencyKey,
) -> shift_messages.DayView:
    """The day that the store's clock says."""
    operator = Operator(staff_no, register_no)
    await shop.writer.run(trading_days.open_day, shop.box, operator, fact_id=idempotency_key)
    shop.note_fact()
    return await shop.writer.run(_read_day, shop.box)


@router.post("/day/close", summary="Close the day")
async def close_day(
    shop: ShopPart,
    register_no: RegisterNo,
    staff_no: Closer,
    idempotency_key: IdempotencyKey,
) -> shift_messages.DayReport:
    """After the last shift; the box signs what the day holds."""
    operator = Operator(staff_no, register_no)
    fact = await shop.writer.run(
        trading_days.close_day, shop.box, operator, shop.key, fact_id=idempotency_key
    )
    shop.note_fact()
    closed = fact.happening.payload
    assert isinstance(closed, DayClosed)
    certificate = closed.certificate
    return shift_messages.DayReport(
        business_date=certificate.business_date,
        tickets=certificate.tickets,
        sales_fen=certificate.sales_fen,
        returns_fen=certificate.returns_fen,
        first_seq=certificate.first_seq,
        last_seq=certificate.last_seq,
        head=certificate.head.hex(),
    )


def _read_state(db: Connection, box: Box, register_no: str) -> shift_messages.ShiftState:
    shift = trading.read_shift(db, register_no)
    return shift_messages.ShiftState(
        shift=None if shift is None else shift_messages.ShiftView.model_validate(shift),
        day=_read_day(db, box),
    )


def _read_day(db: Connection, box: Box) -> shift_messages.DayView:
    day = trading.read_trading_day(db)
    return shift_messages.DayView(
        opened=day.opened,
        closed=day.closed,
        business_date=box.business_date(box.wall_at()),
        open_shifts=[shift.register_no for shift in trading.read_open_shifts(db)],
        held_tickets=held_tickets.count_held_tickets(db),
    )


def _move_cash(
    db: Connection,
    box: Box,
    place: Place,
    token: str,
    wish: shift_messages.MoveCash,
    fact_id: uuid.UUID,
) -> Fact:
    move = CashMove(wish.move)
    out_fen = wish.amount_fen if DRAWER_SIGN[move] < 0 else 0
    amounts = {Measure.PAY_OUT_FEN: out_fen}
    actor = attendance.find_actor(db, box, place, token)
    asked = Wish(place.register_no, actor.person_no, Right.MOVE_CASH, amounts)
    operator, claim = _operator(asked), Claim(actor, asked, wish.approval_id)
    taken = shifts.CashTaken(move, wish.amount_fen, wish.reason)
    return shifts.move_cash(db, box, operator, taken, claim, fact_id)


def _open_drawer(
    db: Connection,
    box: Box,
    place: Place,
    token: str,
    wish: shift_messages.OpenDrawer,
    fact_id: uuid.UUID,
) -> Fact:
    actor = attendance.find_actor(db, box, place, token)
    asked = Wish(place.register_no, actor.person_no, Right.OPEN_DRAWER, {})
    operator, claim = _operator(asked), Claim(actor, asked, wish.approval_id)
    return shifts.open_drawer(db, box, operator, wish.reason, claim, fact_id)


def _operator(wish: Wish) -> Operator:
    return Operator(wish.asked_by, wish.register_no)


def _read_x(db: Connection, box: Box, place: Place, token: str) -> shift_messages.ShiftReport:
    actor = attendance.find_actor(db, box, place, token)
    shift, totals = shifts.read_x(db, place.register_no)
    is_blind = Right.CLOSE_DAY not in actor.role.rights
    return _show_report(shift, totals, expected=None if is_blind else totals.expected_cash_fen)


def _show_report(
    shift: Shift, totals: ShiftTotals, *, expected: int | None
) -> shift_messages.ShiftReport:
    return shift_messages.ShiftReport(
        shift_no=shift.shift_no,
        register_no=shift.register_no,
        staff_no=shift.staff_no,
        float_fen=shift.float_fen,
        expected_cash_fen=expected,
        counted_fen=None,
        difference_fen=None,
        **_sums(totals),
    )


def _show_z(fact: Fact) -> shift_messages.ShiftReport:
    closed = fact.happening.payload
    assert isinstance(closed, ShiftClosed)
    return shift_messages.ShiftReport(
        shift_no=closed.shift_no,
        register_no=fact.happening.register_no,
        staff_no=fact.happening.staff_no,
        float_fen=closed.float_fen,
        expected_cash_fen=closed.totals.expected_cash_fen,
        counted_fen=closed.counted_fen,
        difference_fen=closed.difference_fen,
        **_sums(closed.totals),
    )


def _sums(totals: ShiftTotals) -> dict[str, Any]:
    names = (
        *("tickets", "first_receipt_no", "last_receipt_no", "sales_fen", "returns_fen"),
        *("rounding_fen", "voids", "drawer_openings", "reprints"),
    )
    tenders = [
        shift_messages.TenderTotalView(kind=total.kind.value, amount_fen=total.amount_fen)
        for total in totals.tenders
    ]
    return {name: getattr(totals, name) for name in names} | {"tenders": tenders}
