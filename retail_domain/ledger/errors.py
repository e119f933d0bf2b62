"""What the books refuse, and what a person can do about it."""

from __future__ import annotations

from retail_domain.errors import RetailError


class AccountNotFoundError(RetailError):
    """Not in the chart of accounts."""

    code = "account_not_found"
    en = "The chart of accounts has no account {account_code}."
    zh = "科目表里没有科目 {account_code}。"


class AccountNotLeafError(RetailError):
    """Entries are posted to the lowest level alone."""

    code = "account_not_leaf"
    en = "Account {account_code} has sub-accounts; post to one of them."
    zh = "科目 {account_code} 有下级科目，请记到末级科目。"


class AccountControlledError(RetailError):
    """Its sub-ledger would not agree with it any more."""

    code = "account_controlled"
    en = "Account {account_code} follows from goods and invoices; it takes no voucher by hand."
    zh = "科目 {account_code} 由商品和发票业务自动记账，不能手工填制凭证。"


class AccountNoExpenseError(RetailError):
    """Only income and expense can be shared out over stores."""

    code = "account_no_expense"
    en = "Account {account_code} is no account of income or expense; its cost cannot be allocated."
    zh = "科目 {account_code} 不是损益类科目，不能分摊。"


class VoucherUnbalancedError(RetailError):
    """Debits are not credits."""

    code = "voucher_unbalanced"
    en = "The voucher does not balance: debit {debit_fen} fen, credit {credit_fen} fen."
    zh = "凭证借贷不平：借方 {debit_fen} 分，贷方 {credit_fen} 分。"


class VoucherLineSidesError(RetailError):
    """Exactly one side of a line is above zero."""

    code = "voucher_line_sides"
    en = "Line {line_no} needs an amount above 0 on one side, and 0 on the other."
    zh = "第 {line_no} 行必须且只能有一方金额大于 0。"


class LinesTooManyError(RetailError):
    """More than one fact holds."""

    code = "lines_too_many"
    en = "There are {lines} lines; {limit} are the most. Split it."
    zh = "共有 {lines} 行，最多 {limit} 行。请拆分。"


class SharesEmptyError(RetailError):
    """Nothing to share out over."""

    code = "shares_empty"
    en = "Nothing to share {amount_fen} fen over: every weight is 0."
    zh = "{amount_fen} 分无法分摊：所有权重都是 0。"


class SharesDifferError(RetailError):
    """Shares by hand that do not sum to the whole."""

    code = "shares_differ"
    en = "The shares sum to {shares_fen} fen, the whole is {amount_fen} fen."
    zh = "各份合计 {shares_fen} 分，总额为 {amount_fen} 分，两者不符。"


class FutureDateError(RetailError):
    """It has not happened yet."""

    code = "future_date"
    en = "The business date {date} is after today, {today}."
    zh = "业务日期 {date} 晚于今天 {today}。"


class MonthClosedError(RetailError):
    """A closed month never changes."""

    code = "month_closed"
    en = "The month {period} is closed. Date the voucher in {open_period} or later."
    zh = "会计期间 {period} 已结账，请把凭证日期改到 {open_period} 或以后。"


class MonthNotNextError(RetailError):
    """Months are closed one after the other."""

    code = "month_not_next"
    en = "{period} cannot be closed now: the next month to close is {next_period}."
    zh = "现在不能结 {period}：下一个应结的期间是 {next_period}。"


class MonthInFutureError(RetailError):
    """A month that has not begun."""

    code = "month_in_future"
    en = "{period} cannot be closed: it has not begun. Today is {today}."
    zh = "{period} 尚未开始，不能结账。今天是 {today}。"


class MonthFormatError(RetailError):
    """No month."""

    code = "month_format"
    en = "{period} is no month. Write it as 2026-11."
    zh = "{period} 不是月份，请写成 2026-11 的形式。"
