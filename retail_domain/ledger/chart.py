"""Charts of accounts as data, and the roles that posting rules name instead of codes."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping


class AccountRole(enum.Enum):
    """What a posting rule means; a chart says which account that is."""

    CASH = "cash"
    CARD_CLEARING = "card_clearing"
    INVENTORY = "inventory"
    GOODS_IN_TRANSIT = "goods_in_transit"
    GOODS_RECEIVED_NOT_INVOICED = "goods_received_not_invoiced"
    OPENING_STOCK = "opening_stock"
    SALES_REVENUE = "sales_revenue"
    OUTPUT_TAX = "output_tax"
    COST_OF_GOODS_SOLD = "cost_of_goods_sold"
    COST_VARIANCE = "cost_variance"


class Side(enum.Enum):
    """The side on which an account normally stands."""

    DEBIT = "debit"
    CREDIT = "credit"


@dataclasses.dataclass(frozen=True, slots=True)
class Account:
    """One account. A longer code with the same beginning is its sub-account."""

    account_code: str
    name: str
    name_en: str
    side: Side
    role: AccountRole | None = None
    """Only leaf accounts have one: entries are posted to leaves alone."""


@dataclasses.dataclass(frozen=True, slots=True)
class Chart:
    """A chart of accounts: complete, every role exactly once."""

    chart_id: str
    accounts: tuple[Account, ...]
    """In ascending order of code."""

    def __post_init__(self) -> None:
        codes = [account.account_code for account in self.accounts]
        assert codes == sorted(set(codes)), codes
        roles = [account.role for account in self.accounts if account.role is not None]
        assert sorted(role.value for role in roles) == sorted(role.value for role in AccountRole)
        for account in self.accounts:
            assert account.role is None or self.is_leaf(account.account_code), account

    def is_leaf(self, account_code: str) -> bool:
        """Whether no other account is below this one."""
        return not any(
            account.account_code != account_code and account.account_code.startswith(account_code)
            for account in self.accounts
        )

    def codes(self) -> Mapping[AccountRole, str]:
        """The account of every role."""
        return {
            account.role: account.account_code
            for account in self.accounts
            if account.role is not None
        }
