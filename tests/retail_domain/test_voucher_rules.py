"""Rules of vouchers by hand and of shares, over both charts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_domain.ledger.chart import AccountRole, Chart
from retail_domain.ledger.charts import CHARTS
from retail_domain.ledger.errors import (
    AccountControlledError,
    AccountNoExpenseError,
    AccountNotLeafError,
    SharesEmptyError,
)
from retail_domain.ledger.voucher_rules import (
    CONTROLLED,
    require_account,
    require_balance,
    require_expense,
    share_amount,
)

ALL_CHARTS = pytest.mark.parametrize("chart", CHARTS.values(), ids=lambda chart: chart.chart_id)


@ALL_CHARTS
@pytest.mark.parametrize("role", sorted(CONTROLLED, key=str), ids=lambda role: role.value)
def test_account_with_a_sub_ledger_takes_no_voucher(chart: Chart, role: AccountRole) -> None:
    with pytest.raises(AccountControlledError):
        require_account(chart, chart.codes()[role])


@ALL_CHARTS
def test_every_other_leaf_takes_vouchers_and_no_summary_account_does(chart: Chart) -> None:
    for account in chart.accounts:
        if not chart.is_leaf(account.account_code):
            with pytest.raises(AccountNotLeafError):
                require_account(chart, account.account_code)
        elif account.role not in CONTROLLED:
            require_account(chart, account.account_code)


@ALL_CHARTS
def test_cash_is_no_expense(chart: Chart) -> None:
    with pytest.raises(AccountNoExpenseError):
        require_expense(chart, chart.codes()[AccountRole.CASH])
    require_expense(chart, chart.codes()[AccountRole.STORE_USE])


def test_balanced_lines_pass() -> None:
    require_balance([(10, 0), (0, 4), (0, 6)])


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(0, 10**12), max_size=50))
def test_shares_sum_to_the_whole_and_never_change_its_sign(
    amount_fen: int, weights: list[int]
) -> None:
    if not any(weights):
        with pytest.raises(SharesEmptyError):
            share_amount(amount_fen, weights)
        return

    shares = share_amount(amount_fen, weights)

    assert sum(shares) == amount_fen
    assert all(share * amount_fen >= 0 for share in shares)
    assert share_amount(-amount_fen, weights) == [-share for share in shares]
