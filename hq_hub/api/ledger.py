"""Routes of the books: the trial balance, and the card of one account."""

from __future__ import annotations

import datetime
from typing import Annotated

import fastapi

from hq_hub.api.answers import LedgerCardAnswer, TrialBalanceAnswer
from hq_hub.api.csv_answer import answer_csv
from hq_hub.api.headquarters import Parts, Rows, may
from hq_hub.api.shown import show
from hq_hub.reports.checks import read_ledger_checks
from hq_hub.reports.ledger import LedgerFilter
from hq_hub.reports.ledger_card import CardLine, iterate_card, read_card
from hq_hub.reports.paging import read_as_of
from hq_hub.reports.trial_balance import AccountRow, add_up, read_trial_balance
from hq_hub.services.errors import InvalidRequestError
from hq_hub.store.engine import read_transaction
from retail_domain.ledger.errors import AccountNotFoundError
from retail_domain.people.permission import Actor, require_right
from retail_domain.people.right import Right

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
Reader = Annotated[Actor, may(Right.READ_LEDGER)]


def get_filter(
    actor: Reader,
    first_date: FirstDate = None,
    through: Through = None,
    period: Period = "",
    store: StoreNo = "",
) -> LedgerFilter:
    """Which entries are asked for."""
    if period and (first_date or through):
        raise InvalidRequestError(problem="give a period or dates, not both")
    require_right(actor, Right.READ_LEDGER, store or None)
    return LedgerFilter(first_date, through, period, store, actor.stores)


Wanted = Annotated[LedgerFilter, fastapi.Depends(get_filter)]


@router.get("/trial-balance", response_model=TrialBalanceAnswer)
def list_trial_balance(parts: Parts, actor: Reader, wanted: Wanted) -> fastapi.Response:
    """Every account that was posted to. The checks are of today's whole books."""
    return show(actor, _read(parts, wanted))


@router.get("/trial-balance.csv", response_class=fastapi.Response)
def export_trial_balance(parts: Parts, actor: Reader, wanted: Wanted) -> fastapi.Response:
    """Show the same as CSV."""
    return answer_csv(
        parts, actor, "trial-balance", AccountRow, lambda db: read_trial_balance(db, wanted)
    )


@router.get("/ledger/{account_code}.csv", response_class=fastapi.Response)
def export_card(
    account_code: AccountCode, parts: Parts, actor: Reader, wanted: Wanted
) -> fastapi.Response:
    """Show the lines of the same as CSV; an account without lines has none."""
    return answer_csv(
        parts, actor, "ledger", CardLine, lambda db: iterate_card(db, account_code, wanted)
    )


@router.get("/ledger/{account_code}", response_model=LedgerCardAnswer)
def show_card(
    account_code: AccountCode, parts: Parts, actor: Reader, wanted: Wanted, rows: Rows
) -> fastapi.Response:
    """One account: opening, its lines in order of business date with running balance, closing."""
    with read_transaction(parts.read_engine) as db:
        card = read_card(db, account_code, wanted, rows)
        as_of = read_as_of(db, wanted.stores)
    if card is None:
        raise AccountNotFoundError(account_code=account_code)
    answer = LedgerCardAnswer(
        account=card.account,
        rows=card.rows,
        total=card.sums.lines,
        sums=card.sums,
        brought_forward_fen=card.brought_forward_fen,
        block_debit_fen=card.block_debit_fen,
        block_credit_fen=card.block_credit_fen,
        as_of=as_of,
    )
    return show(actor, answer)


def _read(parts: Parts, wanted: LedgerFilter) -> TrialBalanceAnswer:
    with read_transaction(parts.read_engine) as db:
        rows = read_trial_balance(db, wanted)
        return TrialBalanceAnswer(
            rows=rows,
            total=len(rows),
            totals=add_up(rows),
            checks=read_ledger_checks(db),
            as_of=read_as_of(db, wanted.stores),
        )
