"""Routes of the books: the trial balance, and the card of one account."""

from __future__ import annotations

import datetime
from typing import Annotated

import fastapi

from hq_hub.api.answers import LedgerCardAnswer, TrialBalanceAnswer
from hq_hub.api.csv_answer import answer_csv
from hq_hub.api.headquarters import Parts, Rows, SignedIn
from hq_hub.reports.checks import read_ledger_checks
from hq_hub.reports.ledger import LedgerFilter
from hq_hub.reports.ledger_card import CardLine, iterate_card, read_card
from hq_hub.reports.paging import read_as_of
from hq_hub.reports.trial_balance import AccountRow, add_up, read_trial_balance
from hq_hub.services.errors import AccountNotFoundError, InvalidRequestError
from hq_hub.store.engine import read_transaction

router = fastapi.APIRouter(tags=["ledger"])

FirstDate = Annotated[
    datetime.date | None,
    fastapi.Query(alias="from", description="First business date; what is before it is opening."),
]
Through = Annotated[
    datetime.date | None, fastapi.Query(description="Last business date that counts.")
]
Period = Annotated[
    str,
    fastapi.Query(
        pattern=r"^(\d{4}-(0[1-9]|1[0-2]))?$", description="Accounting month, instead of dates."
    ),
]
StoreNo = Annotated[str, fastapi.Query(max_length=16, description="Whose books; empty for all.")]
AccountCode = Annotated[str, fastapi.Path(max_length=32)]


def get_filter(
    first_date: FirstDate = None, through: Through = None, period: Period = "", store: StoreNo = ""
) -> LedgerFilter:
    """Which entries are asked for."""
    if period and (first_date or through):
        raise InvalidRequestError(problem="give a period or dates, not both")
    return LedgerFilter(first_date, through, period, store)


Wanted = Annotated[LedgerFilter, fastapi.Depends(get_filter)]


@router.get("/trial-balance")
def list_trial_balance(parts: Parts, _user: SignedIn, wanted: Wanted) -> TrialBalanceAnswer:
    """Every account that was posted to. The checks are of today's whole books."""
    return _read(parts, wanted)


@router.get("/trial-balance.csv", response_class=fastapi.Response)
def export_trial_balance(parts: Parts, _user: SignedIn, wanted: Wanted) -> fastapi.Response:
    """Show the same as CSV."""
    return answer_csv(parts, "trial-balance", AccountRow, lambda db: read_trial_balance(db, wanted))


@router.get("/ledger/{account_code}.csv", response_class=fastapi.Response)
def export_card(
    account_code: AccountCode, parts: Parts, _user: SignedIn, wanted: Wanted
) -> fastapi.Response:
    """Show the lines of the same as CSV; an account without lines has none."""
    return answer_csv(parts, "ledger", CardLine, lambda db: iterate_card(db, account_code, wanted))


@router.get("/ledger/{account_code}")
def show_card(
    account_code: AccountCode, parts: Parts, _user: SignedIn, wanted: Wanted, rows: Rows
) -> LedgerCardAnswer:
    """One account: opening, its lines in order of business date with running balance, closing."""
    with read_transaction(parts.read_engine) as db:
        card = read_card(db, account_code, wanted, rows)
        as_of = read_as_of(db)
    if card is None:
        raise AccountNotFoundError(account_code=account_code)
    return LedgerCardAnswer(
        account=card.account,
        rows=card.rows,
        total=card.sums.lines,
        sums=card.sums,
        brought_forward_fen=card.brought_forward_fen,
        block_debit_fen=card.block_debit_fen,
        block_credit_fen=card.block_credit_fen,
        as_of=as_of,
    )


def _read(parts: Parts, wanted: LedgerFilter) -> TrialBalanceAnswer:
    with read_transaction(parts.read_engine) as db:
        rows = read_trial_balance(db, wanted)
        return TrialBalanceAnswer(
            rows=rows,
            total=len(rows),
            totals=add_up(rows),
            checks=read_ledger_checks(db),
            as_of=read_as_of(db),
        )
