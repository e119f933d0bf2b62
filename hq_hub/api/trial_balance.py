"""Routes of the trial balance."""

from __future__ import annotations

import datetime
from typing import Annotated

import fastapi

from hq_hub.api.answers import TrialBalanceAnswer
from hq_hub.api.csv_answer import answer_csv
from hq_hub.api.headquarters import Parts, may
from hq_hub.api.shown import show
from hq_hub.reports.checks import read_ledger_checks
from hq_hub.reports.paging import read_as_of
from hq_hub.reports.trial_balance import AccountRow, add_up, read_trial_balance
from hq_hub.store.engine import read_transaction
from retail_domain.people.permission import Actor, require_right
from retail_domain.people.right import Right

router = fastapi.APIRouter(tags=["ledger"])

Through = Annotated[
    datetime.date | None, fastapi.Query(description="Last business date that counts.")
]
StoreNo = Annotated[str, fastapi.Query(max_length=16, description="Whose books; empty for all.")]
Reader = Annotated[Actor, may(Right.READ_LEDGER)]


@router.get("/trial-balance", response_model=TrialBalanceAnswer)
def list_trial_balance(
    parts: Parts, actor: Reader, through: Through = None, store: StoreNo = ""
) -> fastapi.Response:
    """Every account that was posted to. The checks are of today's whole books."""
    return show(actor, _read(parts, actor, through, store))


@router.get("/trial-balance.csv", response_class=fastapi.Response)
def export_trial_balance(
    parts: Parts, actor: Reader, through: Through = None, store: StoreNo = ""
) -> fastapi.Response:
    """Show the same as CSV."""
    answer = _read(parts, actor, through, store)
    return answer_csv(actor, "trial-balance", AccountRow, answer.rows, answer.total)


def _read(
    parts: Parts, actor: Actor, through: datetime.date | None, store: str
) -> TrialBalanceAnswer:
    require_right(actor, Right.READ_LEDGER, store or None)
    with read_transaction(parts.read_engine) as db:
        rows = read_trial_balance(db, through=through, store=store, stores=actor.stores)
        return TrialBalanceAnswer(
            rows=rows,
            total=len(rows),
            totals=add_up(rows),
            checks=read_ledger_checks(db),
            as_of=read_as_of(db, actor.stores),
        )
