"""Routes of the journal: facts as people search them, and one fact with all that is known of it."""

from __future__ import annotations

import datetime
from typing import Annotated

import fastapi
import pydantic

from hq_hub.api.answers import FactsAnswer, UnknownCodesAnswer
from hq_hub.api.csv_answer import answer_csv
from hq_hub.api.headquarters import BLOCK_ROWS, BLOCK_ROWS_MAX, Parts, may
from hq_hub.api.shown import show
from hq_hub.reports.fact_detail import FactDetail, read_fact
from hq_hub.reports.facts import (
    FactFilter,
    FactRow,
    PageKey,
    count_not_indexed,
    iterate_facts,
    read_facts,
    read_query,
)
from hq_hub.reports.paging import read_as_of
from hq_hub.reports.unknown_codes import UnknownCode, read_unknown_codes
from hq_hub.services.errors import FactNotFoundError, InvalidRequestError
from hq_hub.store.engine import read_transaction
from retail_domain.people.permission import Actor, require_right
from retail_domain.people.right import Right
from retail_domain.trade.fact import HQ_STORE
from retail_domain.trade.fact_kind import FactKind

router = fastapi.APIRouter(tags=["journal"])

NUMBER_MAX = 2**63 - 1
"""What the journal's columns hold."""
Text = Annotated[str, pydantic.Field(max_length=64)]
Before = Annotated[
    str,
    fastapi.Query(
        max_length=40, description="`next_page` of the page before; empty for the first page."
    ),
]
Limit = Annotated[int, fastapi.Query(ge=1, le=BLOCK_ROWS_MAX)]
Reader = Annotated[Actor, may(Right.READ_JOURNAL)]
Position = Annotated[int, fastapi.Path(ge=0, le=NUMBER_MAX)]


class FactQuestion(pydantic.BaseModel):
    """The fields of the search form; both dates count."""

    query: Annotated[
        str,
        pydantic.Field(
            max_length=100,
            description="A fact id, a receipt (S001-1-12), a place (S001/1/12), a receipt number, "
            "or the number of an order.",
        ),
    ] = ""
    store: Text = ""
    kind: FactKind | None = None
    first_date: Annotated[datetime.date | None, pydantic.Field(alias="from")] = None
    last_date: Annotated[datetime.date | None, pydantic.Field(alias="to")] = None
    staff_no: Text = ""
    register_no: Text = ""


def get_filter(actor: Reader, asked: Annotated[FactQuestion, fastapi.Query()]) -> FactFilter:
    """Which facts are asked for."""
    require_right(actor, Right.READ_JOURNAL, asked.store or None)
    wanted = FactFilter(
        asked.store,
        asked.kind,
        asked.first_date,
        asked.last_date,
        asked.staff_no,
        asked.register_no,
        stores=actor.stores,
    )
    return read_query(wanted, asked.query)


Wanted = Annotated[FactFilter, fastapi.Depends(get_filter)]


def get_before(before: Before = "") -> PageKey | None:
    """Behind which fact the page begins."""
    if not before:
        return None
    date, _, number = before.partition("~")
    if not number.isdecimal() or int(number) > NUMBER_MAX:
        raise InvalidRequestError(problem="before is not a next_page")
    return PageKey(date, int(number))


@router.get("/facts", response_model=FactsAnswer)
def list_facts(
    parts: Parts,
    actor: Reader,
    wanted: Wanted,
    before: Annotated[PageKey | None, fastapi.Depends(get_before)],
    limit: Limit = BLOCK_ROWS,
) -> fastapi.Response:
    """Facts of the chain, the newest business date first, then the newest received."""
    with read_transaction(parts.read_engine) as db:
        page = read_facts(db, wanted, before, limit)
        key = page.next_page
        answer = FactsAnswer(
            rows=page.rows,
            next_page=None if key is None else f"{key.business_date}~{key.receive_no}",
            not_indexed=count_not_indexed(db),
            as_of=read_as_of(db, actor.stores),
        )
    return show(actor, answer)


@router.get("/facts.csv", response_class=fastapi.Response)
def export_facts(parts: Parts, actor: Reader, wanted: Wanted) -> fastapi.Response:
    """Show the same as CSV."""
    return answer_csv(parts, actor, "facts", FactRow, lambda db: iterate_facts(db, wanted))


@router.get("/unknown-codes", response_model=UnknownCodesAnswer)
def list_unknown_codes(parts: Parts, actor: Reader) -> fastapi.Response:
    """Codes that tills scanned and no item has; those that still have none come first."""
    with read_transaction(parts.read_engine) as db:
        answer = UnknownCodesAnswer(
            rows=read_unknown_codes(db, actor.stores), as_of=read_as_of(db, actor.stores)
        )
    return show(actor, answer)


@router.get("/unknown-codes.csv", response_class=fastapi.Response)
def export_unknown_codes(parts: Parts, actor: Reader) -> fastapi.Response:
    """Show the same as CSV."""
    return answer_csv(
        parts, actor, "unknown-codes", UnknownCode, lambda db: read_unknown_codes(db, actor.stores)
    )


@router.get("/facts/{store}/{epoch}/{seq}", response_model=FactDetail)
def show_fact(
    store: str, epoch: Position, seq: Position, parts: Parts, actor: Reader
) -> fastapi.Response:
    """One fact with its words, stock, entry, causes and bytes."""
    # What headquarters wrote is its books: invoices, payments, vouchers.
    require_right(actor, Right.READ_LEDGER if store == HQ_STORE else Right.READ_JOURNAL, store)
    with read_transaction(parts.read_engine) as db:
        found = read_fact(db, (store, epoch, seq), actor.stores)
    if found is None:
        raise FactNotFoundError(store=store, epoch=epoch, seq=seq)
    return show(actor, found)
