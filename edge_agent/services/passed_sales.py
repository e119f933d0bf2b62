"""Use cases of goods that another store sold: ask for the sale, and pass on what others ask for.

The right to take goods of a sale back is at one store at a time. Its box alone decides, in its own
transaction, to take goods back or to pass the right on, with what came back so far (ADR 0018).
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Mapping

from edge_agent.services.box import Box, Operator
from edge_agent.services.facts import write_fact
from edge_agent.services.return_errors import (
    SaleHolderBusyError,
    SaleLostError,
    SaleNotFoundError,
    SaleOfOtherCompanyError,
    SalePassedOnError,
    SaleUnknownError,
    SaleUnreadableError,
)
from edge_agent.store import journal, passed_sales, trading, wallet_payments
from edge_agent.store.database import write_transaction
from edge_agent.store.sqlite_library import Connection
from edge_agent.store.trading import Returned
from protos import codec
from protos.codec import MalformedFactError, NewerFactError
from protos.passed_sales import PassedSale, PassedSaleState, SaleQuestion
from retail_domain.errors import RetailError
from retail_domain.trade.fact import HQ_STORE, Fact
from retail_domain.trade.sale_passing import (
    RefundedShare,
    ReturnedShare,
    SaleAnswered,
    SaleOutcome,
    SaleRequested,
)
from retail_domain.trade.ticket import Ticket

REFUSALS: Mapping[PassedSaleState, type[RetailError] | None] = {
    PassedSaleState.HERE: None,
    PassedSaleState.UNKNOWN: SaleUnknownError,
    PassedSaleState.OTHER_COMPANY: SaleOfOtherCompanyError,
    PassedSaleState.LOST: SaleLostError,
    PassedSaleState.BUSY: SaleHolderBusyError,
}


@dataclasses.dataclass(frozen=True, slots=True)
class SaleHere:
    """A sale whose goods this store may take back."""

    fact: Fact
    """Of its ticket, this store's or another's."""
    pass_no: int
    """How often the sale was passed on until it came here; 0 where it was sold."""
    returned: dict[int, Returned]
    """What came back so far, in all stores, by line."""
    returned_elsewhere: tuple[ReturnedShare, ...] = ()
    """Of it, what other stores took."""
    refunded_elsewhere: tuple[RefundedShare, ...] = ()

    @property
    def ticket(self) -> Ticket:
        """What was sold."""
        ticket = self.fact.happening.payload
        assert isinstance(ticket, Ticket)
        return ticket

    def returned_milli(self, line_no: int) -> int:
        """What came back of a line."""
        return self.returned[line_no].milli if line_no in self.returned else 0

    def refunded_elsewhere_fen(self, payment_no: str) -> int:
        """What other stores gave back of one of its payments."""
        return sum(
            one.amount_fen for one in self.refunded_elsewhere if one.payment_no == payment_no
        )


def find_sale_here(db: Connection, store: str, sale_id: uuid.UUID) -> SaleHere:
    """A sale that goods may come back of at this store.

    Raises:
        SaleNotFoundError: sold elsewhere, or nowhere.
        SalePassedOnError: another store took it over.
        SaleUnreadableError: a newer program wrote it.
    """
    fact, answer = journal.find_fact(db, sale_id), passed_sales.find_answer(db, sale_id)
    if fact is not None and not isinstance(fact.happening.payload, Ticket):
        raise SaleNotFoundError(fact_id=str(sale_id))
    if answer is not None and answer.state is not PassedSaleState.HERE:
        answer = None
    passed_on = passed_sales.find_passed_on(db, sale_id)
    if passed_on is not None and (answer is None or answer.pass_no <= passed_on.pass_no):
        raise SalePassedOnError(store=passed_on.to_store)
    own = trading.read_returned(db, sale_id)
    if answer is None:
        if fact is None:
            raise SaleNotFoundError(fact_id=str(sale_id))
        return SaleHere(fact, 0, own)
    returned = tuple(one for one in answer.returned if one.store != store)
    refunded = tuple(one for one in answer.refunded if one.store != store)
    fact = _read_ticket(answer) if fact is None else fact
    return SaleHere(fact, answer.pass_no, _add_returned(own, returned), returned, refunded)


def request_sale(
    db: Connection, box: Box, operator: Operator, sale_id: uuid.UUID, *, fact_id: uuid.UUID
) -> Fact:
    """Ask for a sale of another store; `is_granted` says what becomes of it. A repeat asks once."""
    with write_transaction(db):
        found = journal.find_fact(db, fact_id)
        if found is not None:
            return found
        return write_fact(db, box, operator, SaleRequested(sale_id), fact_id=fact_id)


def is_granted(db: Connection, sale_id: uuid.UUID, request_id: uuid.UUID) -> bool:
    """Whether a request brought the sale here; False while nobody answered it.

    Raises:
        SaleUnknownError, SaleOfOtherCompanyError, SaleLostError, SaleHolderBusyError: it will not
            come.
    """
    answer = passed_sales.find_answer(db, sale_id)
    if answer is None or answer.request_id != request_id:
        return False
    refusal = REFUSALS[answer.state]
    if refusal is not None:
        raise refusal
    return True


def answer_questions(db: Connection, box: Box) -> int:
    """Pass on the sales that other stores ask for, if they are here.

    Each question is answered once, by the identity that headquarters gave the answer.

    Returns:
        How many were answered now.
    """
    answered = 0
    with write_transaction(db):
        for question in passed_sales.read_questions(db):
            if journal.find_fact(db, question.answer_id) is None:
                payload = _answer(db, box.identity.store, question)
                causes = (question.request_id,)
                write_fact(
                    db,
                    box,
                    Operator(HQ_STORE),
                    payload,
                    fact_id=question.answer_id,
                    causes=causes,
                )
                answered += 1
    return answered


def _answer(db: Connection, store: str, question: SaleQuestion) -> SaleAnswered:
    asked = (question.request_id, question.sale_id, question.to_store)
    try:
        here = find_sale_here(db, store, question.sale_id)
    except (SaleNotFoundError, SalePassedOnError, SaleUnreadableError):
        return SaleAnswered(*asked, SaleOutcome.NOT_HERE, 0, (), ())
    own = trading.read_returned(db, question.sale_id)
    returned = [
        ReturnedShare(store, line_no, one.milli, one.refunded_fen)
        for line_no, one in sorted(own.items())
    ]
    payment_nos = sorted({one.payment_no for one in here.ticket.tenders if one.payment_no})
    refunded = [
        RefundedShare(store, payment_no, fen)
        for payment_no in payment_nos
        if (fen := wallet_payments.sum_refunds(db, payment_no))
    ]
    return SaleAnswered(
        *asked,
        SaleOutcome.PASSED_ON,
        here.pass_no + 1,
        (*returned, *here.returned_elsewhere),
        (*refunded, *here.refunded_elsewhere),
    )


def _add_returned(
    own: dict[int, Returned], elsewhere: tuple[ReturnedShare, ...]
) -> dict[int, Returned]:
    sums = dict(own)
    for one in elsewhere:
        before = sums.get(one.sale_line_no, Returned(0, 0))
        sums[one.sale_line_no] = Returned(
            before.milli + one.quantity_milli, before.refunded_fen + one.amount_fen
        )
    return sums


def _read_ticket(answer: PassedSale) -> Fact:
    try:
        fact = codec.decode_fact(answer.fact)
    except (MalformedFactError, NewerFactError) as error:
        raise SaleUnreadableError from error
    assert isinstance(fact.happening.payload, Ticket), "headquarters passes tickets on alone"
    return fact
