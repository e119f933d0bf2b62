"""Shifts of a cashier at a register: float, cash moved, blind count, over and short.

Expected cash = float + cash sales - cash refunds + pay-ins - pay-outs - drops - deposits.
Source: domain rule 11.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Iterable

from retail_domain.trade.tender import Tender, TenderKind
from retail_domain.trade.ticket import Ticket


class CashMove(enum.Enum):
    """Why cash goes into a drawer or out of it without a sale."""

    FLOAT_ADDED = "float_added"
    """From the store's safe."""
    PAID_IN = "paid_in"
    """From somebody, such as a deposit on crates."""
    PAID_OUT = "paid_out"
    """To somebody, such as a taxi."""
    DROPPED = "dropped"
    """Into the store's safe: less in the drawer, the same cash."""
    DEPOSITED = "deposited"
    """To the bank."""


DRAWER_SIGN = {
    CashMove.FLOAT_ADDED: 1,
    CashMove.PAID_IN: 1,
    CashMove.PAID_OUT: -1,
    CashMove.DROPPED: -1,
    CashMove.DEPOSITED: -1,
}
"""What a move does to the cash that the drawer should hold."""
assert set(DRAWER_SIGN) == set(CashMove)


@dataclasses.dataclass(frozen=True, slots=True)
class CashMoved:
    """Payload: cash went in or out without a sale."""

    shift_no: int
    move: CashMove
    amount_fen: int
    reason: str
    approved_by: str

    def __post_init__(self) -> None:
        assert self.amount_fen > 0


@dataclasses.dataclass(frozen=True, slots=True)
class ShiftOpened:
    """Payload: a cashier takes a register over. Numbered a register, from 1, without gaps."""

    shift_no: int
    float_fen: int
    """In the drawer at the start, from the safe."""

    def __post_init__(self) -> None:
        assert self.shift_no >= 1
        assert self.float_fen >= 0


@dataclasses.dataclass(frozen=True, slots=True)
class DenominationCount:
    """How many notes or coins of a value were counted."""

    denomination_fen: int
    pieces: int

    def __post_init__(self) -> None:
        assert self.denomination_fen > 0
        assert self.pieces >= 0


@dataclasses.dataclass(frozen=True, slots=True)
class TenderTotal:
    """What a tender came to in a shift, refunds taken off."""

    kind: TenderKind
    amount_fen: int


@dataclasses.dataclass(frozen=True, slots=True)
class ShiftTotals:
    """What an X or a Z shows. Sums of the shift's facts, never typed in."""

    tickets: int
    first_receipt_no: int
    """0 when nothing was sold."""
    last_receipt_no: int
    sales_fen: int
    """Of sale lines, tax included."""
    returns_fen: int
    """Of return lines, not negative."""
    rounding_fen: int
    voids: int
    drawer_openings: int
    reprints: int
    expected_cash_fen: int
    tenders: tuple[TenderTotal, ...]
    """Kinds that were used, in the order of TenderKind."""


@dataclasses.dataclass(frozen=True, slots=True)
class ShiftClosed:
    """Payload: the Z. Counted before the expected amount was shown, and final."""

    shift_no: int
    float_fen: int
    counted_fen: int
    """What the drawer held; the sum of the counts when there are any."""
    counts: tuple[DenominationCount, ...]
    totals: ShiftTotals

    def __post_init__(self) -> None:
        counted_fen = sum(count.denomination_fen * count.pieces for count in self.counts)
        assert not self.counts or counted_fen == self.counted_fen, self

    @property
    def difference_fen(self) -> int:
        """Over (+, 长款) or short (-, 短款)."""
        return self.counted_fen - self.totals.expected_cash_fen


@dataclasses.dataclass(slots=True)
class ShiftSum:
    """A shift as it adds up, fact by fact."""

    float_fen: int
    cash_fen: int = 0
    """In the drawer beside the float."""
    tickets: int = 0
    first_receipt_no: int = 0
    last_receipt_no: int = 0
    sales_fen: int = 0
    returns_fen: int = 0
    rounding_fen: int = 0
    voids: int = 0
    drawer_openings: int = 0
    reprints: int = 0
    tenders_fen: dict[TenderKind, int] = dataclasses.field(default_factory=dict)

    def add_ticket(self, ticket: Ticket) -> None:
        """Count a closed ticket."""
        self.tickets += 1
        self.first_receipt_no = self.first_receipt_no or ticket.receipt_no
        self.last_receipt_no = ticket.receipt_no
        self.sales_fen += sum(line.amount_fen for line in ticket.lines if not line.is_return)
        self.returns_fen -= sum(line.amount_fen for line in ticket.lines if line.is_return)
        self.rounding_fen += ticket.rounding_fen
        self._add_tenders(ticket.tenders)

    def add_cash(self, moved: CashMoved) -> None:
        """Count cash that went in or out."""
        self.cash_fen += DRAWER_SIGN[moved.move] * moved.amount_fen

    def totals(self) -> ShiftTotals:
        """What an X shows now."""
        return ShiftTotals(
            tickets=self.tickets,
            first_receipt_no=self.first_receipt_no,
            last_receipt_no=self.last_receipt_no,
            sales_fen=self.sales_fen,
            returns_fen=self.returns_fen,
            rounding_fen=self.rounding_fen,
            voids=self.voids,
            drawer_openings=self.drawer_openings,
            reprints=self.reprints,
            expected_cash_fen=self.float_fen + self.cash_fen,
            tenders=tuple(
                TenderTotal(kind, self.tenders_fen[kind])
                for kind in TenderKind
                if kind in self.tenders_fen
            ),
        )

    def _add_tenders(self, tenders: Iterable[Tender]) -> None:
        for tender in tenders:
            held_fen = self.tenders_fen.get(tender.kind, 0)
            self.tenders_fen[tender.kind] = held_fen + tender.amount_fen
            if tender.kind is TenderKind.CASH:
                self.cash_fen += tender.amount_fen
