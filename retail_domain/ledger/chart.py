"""Charts of accounts as data, and the roles that posting rules name instead of codes."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping


class AccountRole(enum.Enum):
    """What a posting rule means; a chart says which account that is."""

    CASH = "cash"
    BANK = "bank"
    CARD_CLEARING = "card_clearing"
    WALLET_CLEARING = "wallet_clearing"
    PAID_OUT_BY_STORES = "paid_out_by_stores"
    BETWEEN_STORES = "between_stores"
    """Zero over the chain: what one store's books owe another's."""
    INVENTORY = "inventory"
    GOODS_IN_TRANSIT = "goods_in_transit"
    GOODS_RECEIVED_NOT_INVOICED = "goods_received_not_invoiced"
    PENDING_LOSS = "pending_loss"
    """Goods found and missing, until somebody decides (待处理财产损溢)."""
    CASH_OVER_SHORT = "cash_over_short"
    ACCOUNTS_PAYABLE = "accounts_payable"
    INPUT_TAX = "input_tax"
    PAID_IN_TO_STORES = "paid_in_to_stores"
    OPENING_STOCK = "opening_stock"
    PROFIT_OF_YEAR = "profit_of_year"
    SALES_REVENUE = "sales_revenue"
    OUTPUT_TAX = "output_tax"
    COST_OF_GOODS_SOLD = "cost_of_goods_sold"
    COST_VARIANCE = "cost_variance"
    CASH_ROUNDING = "cash_rounding"
    """What was rounded away in the customer's favour (抹零)."""
    STORE_USE = "store_use"
    """Goods that a store used itself or gave away as samples."""

    __hash__ = object.__hash__
    """A member is one object; an enum hashes its name, which is a call of Python a look-up."""


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
    income_prefix: str
    """Codes of income and expense begin with it; a closed month takes them to the year's profit."""

    def __post_init__(self) -> None:
        codes = [account.account_code for account in self.accounts]
        assert codes == sorted(set(codes)), codes
        roles = [account.role for account in self.accounts if account.role is not None]
        assert sorted(role.value for role in roles) == sorted(role.value for role in AccountRole)
        for account in self.accounts:
            assert account.role is None or self.is_leaf(account.account_code), account

    def is_income(self, account_code: str) -> bool:
        """Whether an account is closed to the year's profit at the end of a month."""
        return account_code.startswith(self.income_prefix)

    def find(self, account_code: str) -> Account | None:
        """The account of a code."""
        return next((a for a in self.accounts if a.account_code == account_code), None)

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
