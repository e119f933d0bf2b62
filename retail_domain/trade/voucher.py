"""Facts of headquarters that are entries by themselves: vouchers, allocations, closed months."""

from __future__ import annotations

import dataclasses
import re

PERIOD = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)


@dataclasses.dataclass(frozen=True, slots=True)
class VoucherLine:
    """One line of a voucher: exactly one side is above zero."""

    line_no: int
    """From 1, without gaps."""
    store: str
    """Whose books; HQ for headquarters' own."""
    account_code: str
    debit_fen: int
    credit_fen: int

    def __post_init__(self) -> None:
        assert min(self.debit_fen, self.credit_fen) == 0 < max(self.debit_fen, self.credit_fen)


@dataclasses.dataclass(frozen=True, slots=True)
class ManualEntry:
    """Payload: an entry that a person wrote (记账凭证)."""

    summary: str
    """摘要."""
    lines: tuple[VoucherLine, ...]

    def __post_init__(self) -> None:
        debit_fen = sum(line.debit_fen for line in self.lines)
        assert debit_fen == sum(line.credit_fen for line in self.lines) > 0, self


@dataclasses.dataclass(frozen=True, slots=True)
class AllocatedShare:
    """What one store bears."""

    store: str
    amount_fen: int
    """Above 0."""

    def __post_init__(self) -> None:
        assert self.amount_fen > 0


@dataclasses.dataclass(frozen=True, slots=True)
class CostAllocated:
    """Payload: an expense of headquarters was shared out over stores."""

    summary: str
    account_code: str
    """Of the expense, at headquarters and at the stores alike."""
    shares: tuple[AllocatedShare, ...]

    def __post_init__(self) -> None:
        assert self.shares
        assert len({share.store for share in self.shares}) == len(self.shares)


@dataclasses.dataclass(frozen=True, slots=True)
class PeriodClosed:
    """Payload: an accounting month is closed; its income goes to the year's profit (结转损益).

    What reaches headquarters later is posted to the next month, with its business date kept.
    """

    period: str
    """Such as 2026-11; all earlier ones are closed with it."""

    def __post_init__(self) -> None:
        assert PERIOD.fullmatch(self.period), self.period


def month_after(period: str) -> str:
    """The accounting month after one."""
    year, month = int(period[:4]), int(period[5:])
    return f"{year + month // 12:04}-{month % 12 + 1:02}"


def period_of(business_month: str, closed_through: str) -> str:
    """Accounting month of a fact: its own, or the first open one.

    Args:
        business_month: of its business date, such as 2026-11.
        closed_through: the last closed month; empty when none is.
    """
    return max(business_month, month_after(closed_through)) if closed_through else business_month
