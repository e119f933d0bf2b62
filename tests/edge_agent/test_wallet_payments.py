"""Wallet payments on a real database: asked once, late answers, taken back, given back."""

from __future__ import annotations

import dataclasses
import uuid

import pytest

from edge_agent.services import wallet_payments as use
from edge_agent.services.answers import Answer
from edge_agent.services.box import Box, Operator, TillRules
from edge_agent.services.register import Command, CommandName, execute_command
from edge_agent.services.returns import BroughtBack
from edge_agent.services.trading_days import close_day
from edge_agent.services.wallet_errors import WalletsLeftError
from edge_agent.store import journal, registers, wallet_payments
from edge_agent.store.sqlite_library import Connection
from edge_agent.store.wallet_payments import WalletPayment
from retail_domain.stock.movement import StockState
from retail_domain.trade.refund import GoodsBack
from retail_domain.trade.tender import Tender, TenderKind
from retail_domain.trade.ticket import Ticket
from retail_domain.trade.wallet_payment import (
    Outcome,
    ProviderAnswer,
    RefundState,
    WalletState,
    next_state,
    read_pay_code,
)
from tests.edge_agent.shop_setup import ANYBODY, COLA, KEY, NOODLES, make_box

CASH, CARD, WECHAT, ALIPAY = TenderKind.CASH, TenderKind.CARD, TenderKind.WECHAT, TenderKind.ALIPAY
WECHAT_CODE, ALIPAY_CODE = "134567890123456789", "281234567890123456"
PAID = ProviderAnswer(Outcome.PAID)


@pytest.fixture
def box() -> Box:
    return dataclasses.replace(make_box(), till=TillRules(10, has_wallet_gateway=True))


class Counter:
    """Commands at register 1."""

    def __init__(self, db: Connection, box: Box) -> None:
        self.db, self.box = db, box

    def do(self, name: CommandName, **wish: object) -> Answer:
        command = Command(command_id=uuid.uuid4(), name=name, **wish)  # type: ignore[arg-type]  # By name.
        return execute_command(self.db, self.box, "1", ANYBODY, command).answer

    def refused(self, name: CommandName, **wish: object) -> str:
        refusal = self.do(name, **wish).refusal
        return "" if refusal is None else refusal.code

    def ring_up(self, item_id: int = NOODLES) -> None:
        assert self.refused(CommandName.ADD_ITEM, item_id=item_id) == ""

    def ask(self, pay_code: str = WECHAT_CODE, **wish: object) -> WalletPayment:
        assert self.refused(CommandName.PAY_BY_CODE, pay_code=pay_code, **wish) == ""
        return self.payments()[-1]

    def payments(self) -> list[WalletPayment]:
        return wallet_payments.read_open_payments(self.db)

    def hear(self, payment: WalletPayment, answer: ProviderAnswer = PAID) -> use.Heard:
        return use.hear_payment(self.db, self.box, payment.payment_no, answer)

    def state(self, payment: WalletPayment) -> WalletState:
        found = wallet_payments.find_payment(self.db, payment.payment_no)
        assert found is not None
        return found.state

    def tickets(self) -> list[Ticket]:
        payloads = [fact.happening.payload for fact, _, _ in journal.iterate_facts(self.db)]
        return [payload for payload in payloads if isinstance(payload, Ticket)]


@pytest.fixture
def counter(db: Connection, box: Box) -> Counter:
    return Counter(db, box)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (WECHAT_CODE, WECHAT),
        ("1" * 18, WECHAT),
        ("161234567890123456", None),
        (ALIPAY_CODE, ALIPAY),
        ("25" + "0" * 14, ALIPAY),
        ("30" + "0" * 22, ALIPAY),
        ("30" + "0" * 23, None),
        ("240123456789012345", None),
        ("6901234567892", None),
        ("１３４５６７８９０１２３４５６７８９", None),
    ],
)
def test_pay_codes_are_told_by_length_and_first_digits(code: str, kind: TenderKind | None) -> None:
    assert read_pay_code(code) is kind


def test_paid_wallet_closes_the_ticket_by_itself(counter: Counter) -> None:
    counter.ring_up()
    payment = counter.ask()
    assert counter.tickets() == []

    heard = counter.hear(payment)

    (ticket,) = counter.tickets()
    assert ticket.tenders == (Tender(WECHAT, 450, 450, payment.payment_no),)
    assert heard.fact is not None
    assert counter.state(payment) is WalletState.SETTLED
    assert registers.read_open_ticket(counter.db, "1").lines == ()


def test_answer_that_comes_twice_sells_once(counter: Counter) -> None:
    counter.ring_up()
    payment = counter.ask()
    counter.hear(payment)
    counter.ring_up(COLA)

    again = counter.hear(payment)

    assert not again.has_changed
    assert len(counter.tickets()) == 1
    assert len(registers.read_open_ticket(counter.db, "1").lines) == 1


def test_cash_that_was_handed_over_closes_the_ticket_together_with_the_wallet(
    counter: Counter,
) -> None:
    counter.ring_up()

    counter.hear(counter.ask(tenders=((CASH, 200),)))

    (ticket,) = counter.tickets()
    assert [(one.kind, one.amount_fen) for one in ticket.tenders] == [(WECHAT, 250), (CASH, 200)]


def test_two_wallets_pay_one_ticket(counter: Counter) -> None:
    counter.ring_up()
    first = counter.ask(amount_fen=200)
    assert counter.refused(CommandName.PAY_BY_CODE, pay_code=ALIPAY_CODE) == "wallet_pending"
    counter.hear(first)
    assert counter.tickets() == []

    counter.hear(counter.ask(ALIPAY_CODE))

    (ticket,) = counter.tickets()
    assert [(one.kind, one.amount_fen) for one in ticket.tenders] == [(WECHAT, 200), (ALIPAY, 250)]


def test_rest_of_a_ticket_is_paid_in_cash_and_rounded_down(counter: Counter) -> None:
    counter.ring_up()
    counter.hear(counter.ask(amount_fen=203))

    assert counter.refused(CommandName.PAY, tenders=((CASH, 300),)) == ""

    (ticket,) = counter.tickets()
    assert (ticket.rounding_fen, ticket.change_fen) == (7, 60)
    assert sum(tender.amount_fen for tender in ticket.tenders) == 443


@pytest.mark.parametrize(
    ("name", "wish"),
    [
        (CommandName.ADD_ITEM, {"item_id": COLA}),
        (CommandName.SCAN, {"code": "COLA"}),
        (CommandName.SET_QUANTITY, {"line_id": 1, "quantity_milli": 2_000}),
        (CommandName.SET_DISCOUNT, {"line_id": 1, "discount_fen": 1}),
        (CommandName.REMOVE_LINE, {"line_id": 1}),
        (CommandName.CLEAR_TICKET, {}),
        (CommandName.EXCHANGE, {}),
        (CommandName.PAY, {"tenders": ((CASH, 450),)}),
    ],
)
def test_ticket_that_a_wallet_is_asked_for_does_not_change(
    counter: Counter, name: CommandName, wish: dict[str, object]
) -> None:
    counter.ring_up()
    payment = counter.ask()
    before = registers.read_open_ticket(counter.db, "1")

    assert counter.refused(name, **wish) == "wallet_pending"
    assert registers.read_open_ticket(counter.db, "1") == before
    assert counter.state(payment) is WalletState.ASKED


def test_payment_that_is_taken_back_frees_the_ticket_and_never_pays_it(counter: Counter) -> None:
    counter.ring_up()
    payment = counter.ask()

    number = payment.payment_no
    assert counter.refused(CommandName.TAKE_BACK_PAYMENT, payment_no=number) == ""
    late = counter.hear(payment)
    assert not late.has_changed
    assert counter.state(payment) is WalletState.TAKING_BACK
    assert counter.refused(CommandName.PAY, tenders=((CARD, 450),)) == ""
    counter.hear(payment, ProviderAnswer(Outcome.TAKEN_BACK))

    assert counter.state(payment) is WalletState.TAKEN_BACK
    (ticket,) = counter.tickets()
    assert [tender.kind for tender in ticket.tenders] == [CARD]


def test_payment_of_another_register_or_of_a_closed_ticket_is_not_taken_back(
    counter: Counter,
) -> None:
    counter.ring_up()
    payment = counter.ask()
    counter.hear(payment)

    for number in (payment.payment_no, "0" * 32):
        code = counter.refused(CommandName.TAKE_BACK_PAYMENT, payment_no=number)
        assert code == "wallet_not_found"
    assert counter.state(payment) is WalletState.SETTLED


def test_number_that_the_provider_never_heard_of_is_closed_there_before_it_is_given_up(
    counter: Counter,
) -> None:
    counter.ring_up()
    payment = counter.ask()

    counter.hear(payment, ProviderAnswer(Outcome.UNHEARD))

    assert counter.state(payment) is WalletState.TAKING_BACK


def test_declined_payment_leaves_the_ticket_as_it_was(counter: Counter) -> None:
    counter.ring_up()

    counter.hear(counter.ask(), ProviderAnswer(Outcome.DECLINED, "余额不足"))

    assert counter.payments() == []
    assert counter.refused(CommandName.PAY, tenders=((CASH, 450),)) == ""


def test_payment_goes_aside_with_its_ticket_and_comes_back_paid(counter: Counter) -> None:
    counter.ring_up()
    payment = counter.ask()
    assert counter.refused(CommandName.HOLD_TICKET) == ""
    counter.ring_up(COLA)
    assert counter.refused(CommandName.PAY, tenders=((CASH, 300),)) == ""

    heard = counter.hear(payment)
    assert heard.fact is None
    held = wallet_payments.read_open_payments(counter.db)[0].held_id
    assert counter.refused(CommandName.RECALL_TICKET, held_id=held) == ""
    assert counter.refused(CommandName.PAY, tenders=()) == ""

    assert [ticket.amount_fen for ticket in counter.tickets()] == [300, 450]
    assert counter.state(payment) is WalletState.SETTLED


def test_what_nobody_knows_after_ten_minutes_is_taken_back(
    counter: Counter, db: Connection, box: Box
) -> None:
    counter.ring_up()
    payment = counter.ask()
    old = dataclasses.replace(payment, asked_at_ms=payment.asked_at_ms - use.WAIT_MAX_MS)
    db.execute("UPDATE wallet_payment SET asked_at_ms = ?", (old.asked_at_ms,))

    counter.hear(payment, ProviderAnswer(Outcome.WAITING))

    assert counter.state(payment) is WalletState.TAKING_BACK


def test_day_does_not_close_over_a_payment_without_its_ticket(counter: Counter) -> None:
    counter.ring_up()
    counter.hear(counter.ask(amount_fen=100))

    with pytest.raises(WalletsLeftError):
        close_day(counter.db, counter.box, Operator("1001"), KEY, fact_id=uuid.uuid4())


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"pay_code": "6901234567892"}, "not_a_pay_code"),
        ({"pay_code": WECHAT_CODE, "amount_fen": 451}, "wallet_amount"),
        ({"pay_code": WECHAT_CODE, "tenders": ((CASH, 450),)}, "wallet_amount"),
        ({"pay_code": WECHAT_CODE, "tenders": ((WECHAT, 1),)}, "wallet_by_hand"),
    ],
)
def test_charge_that_makes_no_sense_is_refused(
    counter: Counter, wish: dict[str, object], code: str
) -> None:
    counter.ring_up()

    assert counter.refused(CommandName.PAY_BY_CODE, **wish) == code
    assert counter.payments() == []


def test_wallet_is_entered_by_hand_only_without_a_gateway(db: Connection, box: Box) -> None:
    by_hand = Counter(db, dataclasses.replace(box, till=TillRules()))
    by_hand.ring_up()
    assert by_hand.refused(CommandName.PAY_BY_CODE, pay_code=WECHAT_CODE) == "no_payment_gateway"
    assert by_hand.refused(CommandName.PAY, tenders=((WECHAT, 450),)) == ""

    by_code = Counter(db, box)
    by_code.ring_up()
    assert by_code.refused(CommandName.PAY, tenders=((WECHAT, 450),)) == "wallet_by_hand"


def give_back(counter: Counter, sale: uuid.UUID, tender: tuple[TenderKind, int]) -> str:
    goods = GoodsBack(1_000, StockState.SELLABLE, "changed_mind")
    back = (BroughtBack(sale, 1, goods),)
    return counter.refused(CommandName.EXCHANGE, back=back, tenders=(tender,))


def test_refund_goes_to_the_wallet_that_paid_under_the_payments_number(
    counter: Counter, db: Connection
) -> None:
    counter.ring_up()
    heard = counter.hear(counter.ask())
    assert heard.fact is not None

    assert give_back(counter, heard.fact.happening.fact_id, (WECHAT, 450)) == ""

    (refund,) = wallet_payments.read_open_refunds(db)
    assert (refund.amount_fen, refund.payment_no) == (450, heard.payment.payment_no)
    assert counter.tickets()[-1].tenders == (Tender(WECHAT, -450, -450, refund.payment_no),)
    done = use.hear_refund(db, counter.box, refund.refund_no, ProviderAnswer(Outcome.TAKEN_BACK))
    assert done.state is RefundState.REFUNDED
    assert wallet_payments.read_open_refunds(db) == []


def exchange_for_noodles(counter: Counter, *tenders: tuple[TenderKind, int]) -> str:
    """Cola comes back that was sold for 3.00; the open ticket holds noodles for 4.50."""
    sale = next(fact for fact, _, _ in journal.iterate_facts(counter.db))
    goods = GoodsBack(1_000, StockState.SELLABLE, "changed_mind")
    back = (BroughtBack(sale.happening.fact_id, 1, goods),)
    return counter.refused(CommandName.EXCHANGE, back=back, tenders=tenders)


@pytest.fixture
def exchanging(counter: Counter) -> Counter:
    counter.ring_up(COLA)
    assert counter.refused(CommandName.PAY, tenders=((CASH, 300),)) == ""
    counter.ring_up(NOODLES)
    return counter


def test_wallet_pays_what_the_new_goods_cost_more(exchanging: Counter) -> None:
    payment = exchanging.ask(amount_fen=150)
    assert exchange_for_noodles(exchanging) == "wallet_pending"
    assert exchanging.hear(payment).fact is None, "the goods that come back are not there yet"

    assert exchange_for_noodles(exchanging) == ""

    ticket = exchanging.tickets()[-1]
    assert (ticket.amount_fen, len(ticket.lines)) == (150, 2)
    assert ticket.tenders == (Tender(WECHAT, 150, 150, payment.payment_no),)
    assert exchanging.state(payment) is WalletState.SETTLED
    assert registers.read_open_ticket(exchanging.db, "1").lines == ()


def test_wallet_and_cash_pay_an_exchange_together(exchanging: Counter) -> None:
    exchanging.hear(exchanging.ask(amount_fen=100))

    assert exchange_for_noodles(exchanging, (CASH, 40)) == "tender_too_small"
    assert exchange_for_noodles(exchanging, (CASH, 50)) == ""

    paid = [(tender.kind, tender.amount_fen) for tender in exchanging.tickets()[-1].tenders]
    assert paid == [(WECHAT, 100), (CASH, 50)]


def test_exchange_that_a_wallet_overpaid_waits_until_it_is_taken_back(exchanging: Counter) -> None:
    payment = exchanging.ask(amount_fen=300)
    exchanging.hear(payment)

    assert exchange_for_noodles(exchanging) == "wallet_overpaid"
    assert exchanging.state(payment) is WalletState.PAID
    taken_back = exchanging.refused(CommandName.TAKE_BACK_PAYMENT, payment_no=payment.payment_no)
    assert taken_back == ""
    assert exchange_for_noodles(exchanging, (CASH, 150)) == ""
    assert len(exchanging.tickets()) == 2


def test_wallet_gets_no_more_back_than_it_paid(counter: Counter, db: Connection) -> None:
    counter.ring_up()
    counter.hear(counter.ask(amount_fen=200))
    assert counter.refused(CommandName.PAY, tenders=((CASH, 250),)) == ""
    sale = journal.read_last_ticket(db, "1")
    assert sale is not None

    assert give_back(counter, sale.happening.fact_id, (WECHAT, 450)) == "wallet_refund_too_large"
    assert give_back(counter, sale.happening.fact_id, (ALIPAY, 450)) == "wallet_refund_too_large"
    assert wallet_payments.read_open_refunds(db) == []
    assert len(counter.tickets()) == 1


@pytest.mark.parametrize("state", list(WalletState))
@pytest.mark.parametrize("outcome", list(Outcome))
def test_only_an_asked_payment_is_ever_paid(state: WalletState, outcome: Outcome) -> None:
    after = next_state(state, outcome)

    assert (after is WalletState.PAID) == (
        state is WalletState.PAID or (state is WalletState.ASKED and outcome is Outcome.PAID)
    )
    if state in {WalletState.SETTLED, WalletState.TAKEN_BACK, WalletState.DECLINED}:
        assert after is state
