"""Rules of vouchers that people write, of shares, and of months that are closed."""

from __future__ import annotations

from collections.abc import Sequence

from retail_domain.errors import AmountOutOfRangeError
from retail_domain.ledger.chart import AccountRole, Chart
from retail_domain.ledger.errors import (
    AccountControlledError,
    AccountNoExpenseError,
    AccountNotFoundError,
    AccountNotLeafError,
    MonthClosedError,
    MonthFormatError,
    MonthInFutureError,
    MonthNotNextError,
    SharesEmptyError,
    VoucherLineSidesError,
    VoucherUnbalancedError,
)
from retail_domain.rounding import split_by_largest_remainder
from retail_domain.trade.tender import TENDER_FEN_MAX
from retail_domain.trade.voucher import PERIOD, month_after

MONTH_MIN = "2000-01"
"""No chain kept its books here before; a slip of the pen is refused."""
CONTROLLED = frozenset(
    {
        AccountRole.INVENTORY,
        AccountRole.GOODS_IN_TRANSIT,
        AccountRole.GOODS_RECEIVED_NOT_INVOICED,
        AccountRole.ACCOUNTS_PAYABLE,
        AccountRole.BETWEEN_STORES,
    }
)
"""Accounts with a sub-ledger of their own: a voucher would part the two."""


def require_amount(amount_fen: int) -> None:
    """Check an amount that a person entered.

    Raises:
        AmountOutOfRangeError: below 0 or beyond TENDER_FEN_MAX.
    """
    if not 0 <= amount_fen <= TENDER_FEN_MAX:
        raise AmountOutOfRangeError(amount_fen=amount_fen, limit_fen=TENDER_FEN_MAX)


def require_account(chart: Chart, account_code: str) -> None:
    """Check that a person may post to an account.

    Raises:
        AccountNotFoundError, AccountNotLeafError, AccountControlledError
    """
    account = chart.find(account_code)
    if account is None:
        raise AccountNotFoundError(account_code=account_code)
    if not chart.is_leaf(account_code):
        raise AccountNotLeafError(account_code=account_code)
    if account.role in CONTROLLED:
        raise AccountControlledError(account_code=account_code)


def require_expense(chart: Chart, account_code: str) -> None:
    """Check that an account's cost can be shared out.

    Raises:
        AccountNoExpenseError: it stays beyond the end of a month.
        RetailError: what `require_account` refuses.
    """
    require_account(chart, account_code)
    if not chart.is_income(account_code):
        raise AccountNoExpenseError(account_code=account_code)


def require_balance(sides_fen: Sequence[tuple[int, int]]) -> None:
    """Check (debit, credit) of the lines of a voucher, in their order.

    Raises:
        AmountOutOfRangeError, VoucherLineSidesError
        VoucherUnbalancedError: debits are not credits.
    """
    for line_no, (debit_fen, credit_fen) in enumerate(sides_fen, start=1):
        require_amount(debit_fen)
        require_amount(credit_fen)
        if (debit_fen > 0) == (credit_fen > 0):
            raise VoucherLineSidesError(line_no=line_no)
    whole_debit_fen = sum(debit_fen for debit_fen, _credit_fen in sides_fen)
    whole_credit_fen = sum(credit_fen for _debit_fen, credit_fen in sides_fen)
    if whole_debit_fen != whole_credit_fen:
        raise VoucherUnbalancedError(debit_fen=whole_debit_fen, credit_fen=whole_credit_fen)


def share_amount(amount_fen: int, weights: Sequence[int]) -> list[int]:
    """Share an amount of any sign by weights that are not negative, to the fen.

    Raises:
        AmountOutOfRangeError: a weight below 0 or beyond TENDER_FEN_MAX.
        SharesEmptyError: every weight is 0.
    """
    for weight in weights:
        require_amount(weight)
    if not any(weights):
        raise SharesEmptyError(amount_fen=amount_fen)
    return split_by_largest_remainder(amount_fen, weights)


def require_open_month(business_month: str, closed_through: str) -> None:
    """Check that a voucher's month is open.

    Raises:
        MonthClosedError
    """
    if business_month <= closed_through:
        raise MonthClosedError(period=business_month, open_period=month_after(closed_through))


def require_next_month(period: str, closed_through: str, *, today: str) -> None:
    """Check a month that shall be closed; the first one may be any.

    Args:
        period: such as 2026-11.
        closed_through: the last closed month; empty when none is.
        today: ISO 8601.

    Raises:
        MonthFormatError, MonthInFutureError, MonthNotNextError
    """
    if not PERIOD.fullmatch(period) or period < MONTH_MIN:
        raise MonthFormatError(period=period)
    if period > today[:7]:
        raise MonthInFutureError(period=period, today=today)
    if closed_through and period != month_after(closed_through):
        raise MonthNotNextError(period=period, next_period=month_after(closed_through))
