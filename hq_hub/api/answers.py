"""What lists answer: rows, how many there are in all, and how old the answer is."""

from __future__ import annotations

from typing import Literal

import pydantic

from hq_hub.reports.alarm_rows import AlarmRow
from hq_hub.reports.bookkeeping import NextPeriod, PeriodRow, VoucherRow
from hq_hub.reports.catalog import ItemRow
from hq_hub.reports.checks import LedgerChecks
from hq_hub.reports.facts import FactRow
from hq_hub.reports.ledger import AccountName
from hq_hub.reports.ledger_card import CardLine, CardSums
from hq_hub.reports.paging import AsOf
from hq_hub.reports.people import AuditRow, PersonRow, UserRow
from hq_hub.reports.purchasing import AgeSum, InvoiceRow, UninvoicedRow, UninvoicedSums
from hq_hub.reports.sales import DayRow, SalesRow, SalesSums
from hq_hub.reports.stock import StockRow, StockSums
from hq_hub.reports.stores import StoreRow
from hq_hub.reports.transfers import TransferRow
from hq_hub.reports.trial_balance import AccountRow, LedgerTotals
from hq_hub.reports.unknown_codes import UnknownCode


class StoresAnswer(pydantic.BaseModel):
    """Stores in order of number."""

    rows: list[StoreRow]
    total: int
    as_of: AsOf


class AlarmsAnswer(pydantic.BaseModel):
    """Open alarms: of histories, of closed days, of transfers."""

    rows: list[AlarmRow]
    total: int
    as_of: AsOf


class StockAnswer(pydantic.BaseModel):
    """Stock on hand; the sums are those of the whole query."""

    rows: list[StockRow]
    total: int
    sums: StockSums
    as_of: AsOf


class ItemsAnswer(pydantic.BaseModel):
    """Items in order of number."""

    rows: list[ItemRow]
    total: int
    as_of: AsOf


class TransfersAnswer(pydantic.BaseModel):
    """Transfer orders, the newest first."""

    rows: list[TransferRow]
    total: int
    as_of: AsOf


class TrialBalanceAnswer(pydantic.BaseModel):
    """Accounts in order of code; every check is 0 when the books are right."""

    rows: list[AccountRow]
    total: int
    totals: LedgerTotals
    checks: LedgerChecks
    as_of: AsOf


class LedgerCardAnswer(pydantic.BaseModel):
    """Lines of one account in order of business date; the sums are those of the whole query."""

    account: AccountName
    rows: list[CardLine]
    total: int
    sums: CardSums
    brought_forward_fen: int
    """Balance before the first row."""
    block_debit_fen: int
    """Of the rows."""
    block_credit_fen: int
    as_of: AsOf


class SalesAnswer(pydantic.BaseModel):
    """Stores and business days, the newest first; sums and days are those of the whole query."""

    rows: list[SalesRow]
    total: int
    by_day: list[DayRow]
    totals: SalesSums
    as_of: AsOf


class FactsAnswer(pydantic.BaseModel):
    """One page of facts, the newest first. Nobody counts the facts of years."""

    rows: list[FactRow]
    next_page: str | None
    """Ask for it with `before`; None on the last page."""
    not_indexed: int
    """Kept, but not found by a search yet."""
    as_of: AsOf


class UnknownCodesAnswer(pydantic.BaseModel):
    """Codes that no item has, or had."""

    rows: list[UnknownCode]
    as_of: AsOf


class InvoicesAnswer(pydantic.BaseModel):
    """Supplier invoices, the oldest first; the ages are those of the whole query."""

    rows: list[InvoiceRow]
    total: int
    ages: list[AgeSum]
    as_of: AsOf


class UninvoicedAnswer(pydantic.BaseModel):
    """Lines of purchase orders in order of number; the sums are those of the whole query."""

    rows: list[UninvoicedRow]
    total: int
    sums: UninvoicedSums
    as_of: AsOf


class VouchersAnswer(pydantic.BaseModel):
    """Facts of headquarters, the newest first."""

    rows: list[VoucherRow]
    total: int
    as_of: AsOf


class PeriodsAnswer(pydantic.BaseModel):
    """Closed months, the newest first, and the one that comes next."""

    rows: list[PeriodRow]
    total: int
    next: NextPeriod
    as_of: AsOf


class SessionAnswer(pydantic.BaseModel):
    """Who is signed in."""

    user_name: str
    display_name: str
    role: str
    """Id of the role; its names stand beside it."""
    role_name: str
    role_name_en: str
    rights: list[str]
    """Ascending. A screen leaves out what needs another one; the hub refuses it anyway."""
    fields: list[str]
    """What is shown beyond the ordinary: cost, margin, member_data."""
    reach: str
    """all, stores:... or regions:..."""
    must_change_password: bool
    """Nothing else is answered before."""


class PeopleAnswer(pydantic.BaseModel):
    """Those who work at stores, in order of number."""

    rows: list[PersonRow]
    total: int
    as_of: AsOf


class UsersAnswer(pydantic.BaseModel):
    """Those who sign in at headquarters, in order of name."""

    rows: list[UserRow]
    total: int
    as_of: AsOf


class AuditAnswer(pydantic.BaseModel):
    """What was done in the administration, the newest first."""

    rows: list[AuditRow]
    total: int
    as_of: AsOf


class RoleShown(pydantic.BaseModel):
    """A role as a person reads and writes it; every list ascending."""

    role_id: str
    name: str
    name_en: str
    rights: list[str]
    fields: list[str]
    limits: dict[str, int]
    four_eyes: list[str]
    rights_off: list[str]
    lease_days: int


class RolesAnswer(pydantic.BaseModel):
    """Roles in order of id, and the words that a role is made of."""

    rows: list[RoleShown]
    rights: list[str]
    fields: list[str]
    measures: list[str]


class CardAnswer(pydantic.BaseModel):
    """The code of a new card, to print once: it is kept nowhere."""

    staff_no: str
    card_code: str


class Health(pydantic.BaseModel):
    """The hub answers and reads its database."""

    status: Literal["ok"]


class Refusal(pydantic.BaseModel):
    """A broken rule: the code is for ever, the sentences are for people."""

    code: str
    detail: str
    detail_zh: str
    values: dict[str, int | str]
