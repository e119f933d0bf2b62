"""Sales that went to other stores for their returns, and those that came: facts and documents."""

from __future__ import annotations

import dataclasses
import uuid

from edge_agent.store import feeds
from edge_agent.store.rows import get_int, get_text
from edge_agent.store.sqlite_library import Connection
from protos.documents import RETURNS_FEED
from protos.passed_sales import PassedSale, SaleQuestion, decode_returns, sale_key
from retail_domain.trade.fact import Fact
from retail_domain.trade.sale_passing import SaleAnswered, SaleOutcome

QUESTIONS_MAX = 1_000
"""Documents looked at for questions, whose keys come first; headquarters asks 200 at most."""


@dataclasses.dataclass(frozen=True, slots=True)
class PassedOn:
    """That this store passed a sale on, the last time."""

    pass_no: int
    to_store: str


def find_passed_on(db: Connection, sale_id: uuid.UUID) -> PassedOn | None:
    """To whom this store passed a sale on last; None when it never did."""
    row = db.execute(
        "SELECT pass_no, to_store FROM passed_sale WHERE sale_id = ?", (sale_id.bytes,)
    ).fetchone()
    return None if row is None else PassedOn(get_int(row[0]), get_text(row[1]))


def find_answer(db: Connection, sale_id: uuid.UUID) -> PassedSale | None:
    """What headquarters last said of a sale that this store asked for."""
    body = feeds.read_document(db, RETURNS_FEED, sale_key(sale_id))
    if body is None:
        return None
    document = decode_returns(body)
    assert isinstance(document, PassedSale), "kept under another's key"
    return document


def read_questions(db: Connection) -> list[SaleQuestion]:
    """Sales that other stores ask this one for; headquarters takes away what is answered."""
    bodies = feeds.read_documents(db, RETURNS_FEED, QUESTIONS_MAX)
    return [one for one in map(decode_returns, bodies) if isinstance(one, SaleQuestion)]


def fold_answer(db: Connection, fact: Fact) -> None:
    """Note that a sale is not here any more."""
    answered = fact.happening.payload
    assert isinstance(answered, SaleAnswered)
    if answered.outcome is SaleOutcome.PASSED_ON:
        db.execute(
            """
            INSERT INTO passed_sale VALUES (?, ?, ?)
            ON CONFLICT DO UPDATE SET
                pass_no = excluded.pass_no, to_store = excluded.to_store
            WHERE excluded.pass_no > pass_no
            """,
            (answered.sale_id.bytes, answered.pass_no, answered.to_store),
        )
