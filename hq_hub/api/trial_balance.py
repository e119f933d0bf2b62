"""Routes of the trial balance."""

from __future__ import annotations

import datetime
from typing import Annotated

import fastapi

from hq_hub.api.answers import TrialBalanceAnswer
from hq_hub.api.csv_answer import answer_csv
from hq_hub.api.headquarters import Parts, SignedIn
from hq_hub.reports.checks import read_ledger_checks
from hq_hub.reports.paging import read_as_of
from hq_hub.reports.trial_balance import AccountRow, add_up, read_trial_balance
from hq_hub.store.engine import read_transaction

router = fastapi.APIRouter(tags=["ledger"])

Through = Annotated[
    datetime.date | None, fastapi.Query(description="Last business date that counts.")
]
StoreNo = Annotated[str, fastapi.Query(max_length=16, description="Whose books; empty for all.")]


@router.get("/trial-balance")
def list_trial_balance(
    parts: Parts, _user: SignedIn, through: Through = None, store: StoreNo = ""
) -> TrialBalanceAnswer:
    """Every account that was posted to. The checks are of today's whole books."""
    return _read(parts, through, store)


@router.get("/trial-balance.csv", response_class=fastapi.Response)
def export_trial_balance(
    parts: Parts, _user: SignedIn, through: Through = None, store: StoreNo = ""
) -> fastapi.Response:
    """Show the same as CSV."""
    answer = _read(parts, through, store)
    return answer_csv("trial-balance", AccountRow, answer.rows, answer.total)


def _read(parts: Parts, through: datetime.date | None, store: str) -> TrialBalanceAnswer:
    with read_transaction(parts.read_engine) as db:
        rows = read_trial_balance(db, through=through, store=store)
        return TrialBalanceAnswer(
            rows=rows,
            total=len(rows),
            totals=add_up(rows),
            checks=read_ledger_checks(db),
            as_of=read_as_of(db),
        )
