"""What a cashier may not do alone, and tickets that wait: over the real application."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.store import journal
from edge_agent.store.database import open_database
from retail_domain.errors import DiscountTooLargeError
from retail_domain.trade import open_ticket
from retail_domain.trade.approval import Approval
from retail_domain.trade.open_ticket import OpenTicket
from retail_domain.trade.ticket import Ticket
from retail_domain.trade.void import TicketVoided
from tests.edge_agent.shop_setup import COLA_CODE
from tests.edge_agent.staffed_store import CASHIER, MANAGER, SUPERVISOR
from tests.edge_agent.till import CASH, Answer, Open
from tests.retail_domain.builders import make_offer


def last_payload(database: str) -> object:
    with contextlib.closing(open_database(database)) as db:
        return [fact.happening.payload for fact, _body, _head in journal.iterate_facts(db)][-1]


def code(answer: Answer) -> object:
    return answer["refusal"]["code"]


def test_small_discount_is_the_cashiers_own(open_till: Open, database: str) -> None:
    till = open_till("1")
    till.do("scan", code=COLA_CODE)

    done = till.do("set_discount", line_id=1, discount_fen=15)  # 5 % of 3.00.
    till.do("pay", tenders=CASH)

    assert done["outcome"] == "done"
    ticket = last_payload(database)
    assert isinstance(ticket, Ticket)
    assert (ticket.amount_fen, ticket.approvals) == (285, ())


@pytest.mark.parametrize(
    ("name", "arguments", "right", "due_fen"),
    [
        ("set_discount", {"line_id": 1, "discount_fen": 16}, "give_discount", 284),
        ("discount_ticket", {"discount_fen": 60}, "give_discount", 240),
        ("set_price", {"line_id": 1, "unit_price_fen": 270}, "override_price", 270),
    ],
)
def test_larger_reduction_needs_a_supervisor_who_stands_on_the_ticket(
    open_till: Open, database: str, name: str, arguments: dict[str, int], right: str, due_fen: int
) -> None:
    till = open_till("1")
    till.do("scan", code=COLA_CODE)

    refused = till.do(name, **arguments)
    done = till.do(name, till.approve(refused), **arguments)
    till.do("pay", tenders=CASH)

    assert (code(refused), done["outcome"]) == ("approval_needed", "done")
    ticket = last_payload(database)
    assert isinstance(ticket, Ticket)
    assert ticket.amount_fen == due_fen
    line_no = arguments.get("line_id", 0)
    assert ticket.approvals == (Approval(right, SUPERVISOR, line_no),)


def test_approval_is_good_for_one_reduction_and_no_larger_one(open_till: Open) -> None:
    till = open_till("1")
    till.do("scan", code=COLA_CODE)
    refused = till.do("set_discount", line_id=1, discount_fen=30)
    approval_id = till.approve(refused)

    larger = till.do("set_discount", approval_id, line_id=1, discount_fen=31)
    done = till.do("set_discount", approval_id, line_id=1, discount_fen=30)
    again = till.do("set_discount", approval_id, line_id=1, discount_fen=30)

    assert code(larger) == "approval_missing"
    assert done["outcome"] == "done"
    assert code(again) == "approval_missing"


def test_supervisor_may_not_approve_beyond_their_own_limit(open_till: Open) -> None:
    till = open_till("1")
    till.do("scan", code=COLA_CODE)

    refused = till.do("set_discount", line_id=1, discount_fen=150)

    assert till.approve(refused, SUPERVISOR) is None
    assert till.approve(refused, MANAGER) is not None


def test_ticket_is_voided_with_a_reason_and_by_two_people(open_till: Open, database: str) -> None:
    till = open_till("1")
    till.do("scan", code=COLA_CODE)

    refused = till.do("clear_ticket", reason="customer_left")
    done = till.do("clear_ticket", till.approve(refused), reason="customer_left")

    assert (code(refused), done["outcome"]) == ("approval_needed", "done")
    voided = last_payload(database)
    assert isinstance(voided, TicketVoided)
    assert (voided.reason, voided.approved_by) == ("customer_left", SUPERVISOR)


def test_approval_survives_the_hold_and_the_recall_at_another_register(
    open_till: Open, database: str
) -> None:
    first, second = open_till("1"), open_till("2")
    first.do("scan", code=COLA_CODE)
    refused = first.do("set_discount", line_id=1, discount_fen=60)
    first.do("set_discount", first.approve(refused), line_id=1, discount_fen=60)
    first.do("hold_ticket")
    [held] = second.held()

    second.do("recall_ticket", held_id=held["held_id"])
    second.do("pay", tenders=CASH)

    assert (held["register_no"], held["staff_no"]) == ("1", CASHIER)
    assert second.held() == []
    ticket = last_payload(database)
    assert isinstance(ticket, Ticket)
    assert (ticket.amount_fen, ticket.approvals) == (
        240,
        (Approval("give_discount", SUPERVISOR, 1),),
    )


def test_one_held_ticket_is_taken_up_once(open_till: Open) -> None:
    first, second = open_till("1"), open_till("2")
    first.do("scan", code=COLA_CODE)
    first.do("hold_ticket")
    [held] = first.held()

    answers = [till.do("recall_ticket", held_id=held["held_id"]) for till in (first, second)]

    assert answers[0]["outcome"] == "done"
    assert code(answers[1]) == "held_ticket_gone"


def test_ticket_is_not_recalled_over_another_one(open_till: Open) -> None:
    till = open_till("1")
    till.do("scan", code=COLA_CODE)
    till.do("hold_ticket")
    till.do("scan", code=COLA_CODE)
    [held] = till.held()

    assert code(till.do("recall_ticket", held_id=held["held_id"])) == "ticket_open"
    assert till.held() == [held]


def test_nothing_is_held_of_an_empty_ticket(open_till: Open) -> None:
    till = open_till("1")

    assert code(till.do("hold_ticket")) == "ticket_empty"


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(1, 50)), min_size=1), st.data())
def test_ticket_discount_is_shared_to_the_fen_and_never_below_zero(
    goods: list[tuple[int, int]], data: st.DataObject
) -> None:
    ticket = OpenTicket()
    for item_id, (price_fen, pieces) in enumerate(goods, start=1):
        offer = make_offer(item_id, price_fen)
        ticket, _line_id = open_ticket.add_item(ticket, offer, pieces * 1_000)
    gross_fen = open_ticket.total(ticket).gross_fen
    discount_fen = data.draw(st.integers(0, gross_fen))

    after = open_ticket.discount_ticket(ticket, discount_fen)

    assert after.due_fen == gross_fen - discount_fen
    assert all(line.amount_fen >= 0 for line in after.lines)
    assert open_ticket.discount_ticket(after, 0) == ticket
    with pytest.raises(DiscountTooLargeError):
        open_ticket.discount_ticket(ticket, gross_fen + 1)


def test_discount_of_ten_is_not_kept_for_one() -> None:
    ticket, line_id = open_ticket.add_item(OpenTicket(), make_offer(1, 1_000), 10_000)
    ticket, _line_id = open_ticket.set_discount(ticket, line_id, 500)

    fewer, _line_id = open_ticket.set_quantity(ticket, line_id, 1_000)
    more, _line_id = open_ticket.set_quantity(fewer, line_id, 10_000)

    assert (fewer.line(line_id).discount_fen, more.line(line_id).discount_fen) == (50, 50)
