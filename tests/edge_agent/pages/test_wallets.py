"""Pay codes in a real browser, a real box, and a provider that fails in every way it can."""

from __future__ import annotations

import contextlib
import pathlib
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from edge_agent.services.registers import enrol_register
from edge_agent.store.database import open_database
from edge_agent.wallets.gateway_sim import TOKEN as GATEWAY_KEY
from edge_agent.wallets.gateway_sim import GatewaySim
from retail_domain.trade.tender import TenderKind
from retail_domain.trade.ticket import Ticket
from tests.edge_agent.pages.box_process import BoxProcess, payloads, wait_until
from tests.edge_agent.pages.conftest import type_code
from tests.edge_agent.shop_setup import COLA_CODE, TOKEN
from tests.edge_agent.staffed_store import staff_store

pytestmark = pytest.mark.browser

CODE = "1345678901234567"
"""Without the two digits that choose what the provider does."""
FINE, DECLINED, PASSWORD, ANSWER_LOST, NEVER_HEARD, FORGOTTEN = (
    CODE + last for last in ("99", "01", "02", "03", "04", "05")
)


@pytest.fixture
def provider() -> Iterator[GatewaySim]:
    sim = GatewaySim()
    sim.start()
    yield sim
    sim.stop()


@pytest.fixture
def box_process(
    tmp_path: pathlib.Path, provider: GatewaySim, request: pytest.FixtureRequest
) -> Iterator[BoxProcess]:
    settings = f'payment_gateway = "{provider.url}"\ncash_rounding_fen = 10\n'
    box = BoxProcess(tmp_path, settings)
    (tmp_path / "payment.key").write_text(GATEWAY_KEY, encoding="ascii")
    if "staffed_page" in request.fixturenames:
        with contextlib.closing(open_database(box.database)) as db:
            staff_store(db)
            enrol_register(db, "2", TOKEN + "2", {})
    box.start()
    yield box
    with contextlib.suppress(ValueError):
        box.stop()


def tickets(box: BoxProcess) -> list[Ticket]:
    return [payload for payload in payloads(box) if isinstance(payload, Ticket)]


def by_wallet_fen(box: BoxProcess) -> int:
    """What the store's own books say that wallets paid, less what they got back."""
    return sum(
        tender.amount_fen
        for ticket in tickets(box)
        for tender in ticket.tenders
        if tender.kind in {TenderKind.WECHAT, TenderKind.ALIPAY}
    )


def ring_up(page: Page) -> None:
    type_code(page, COLA_CODE)
    expect(page.get_by_role("status", name="应收")).to_contain_text("3.00")


def expect_paid(page: Page) -> None:
    expect(page.get_by_role("article", name="销售小票")).to_contain_text("微信")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_ten_scans_and_the_scan_of_a_pay_code_are_a_whole_sale(
    page: Page, box_process: BoxProcess, provider: GatewaySim, faults: list[str]
) -> None:
    for _scan in range(10):
        type_code(page, COLA_CODE)
    expect(page.get_by_role("status", name="应收")).to_contain_text("30.00")

    type_code(page, FINE)

    expect_paid(page)
    assert provider.kept_fen() == by_wallet_fen(box_process) == 3_000
    assert faults == []


def test_pay_code_that_a_scanner_types_into_the_payment_pays_the_rest_beside_cash(
    page: Page, box_process: BoxProcess, provider: GatewaySim
) -> None:
    ring_up(page)
    page.keyboard.press("F12")
    expect(page.get_by_role("dialog", name="收款")).to_be_visible()
    page.keyboard.type("1")
    page.wait_for_timeout(200)  # A hand pauses before the scanner types.
    page.keyboard.type(FINE)
    page.keyboard.press("Enter")

    expect_paid(page)
    (ticket,) = tickets(box_process)
    assert {tender.kind: tender.amount_fen for tender in ticket.tenders} == {
        TenderKind.WECHAT: 200,
        TenderKind.CASH: 100,
    }
    assert provider.kept_fen() == 200


def test_goods_scanned_into_the_payment_are_no_amount_of_money(
    page: Page, box_process: BoxProcess
) -> None:
    ring_up(page)
    page.keyboard.press("F12")
    dialog = page.get_by_role("dialog", name="收款")
    expect(dialog).to_be_visible()
    page.keyboard.type(COLA_CODE)
    page.keyboard.press("Enter")

    expect(dialog.get_by_role("alert")).to_contain_text("不是付款码")
    assert tickets(box_process) == []


def test_declined_code_is_told_and_cash_pays_rounded_down(
    page: Page, box_process: BoxProcess, provider: GatewaySim
) -> None:
    page.keyboard.type("NOODLES")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status", name="应收")).to_contain_text("4.50")
    type_code(page, DECLINED)
    dialog = page.get_by_role("dialog", name="收款")
    expect(dialog.get_by_role("alert")).to_contain_text("balance too low")
    page.keyboard.press("Enter")

    expect(page.get_by_role("article", name="销售小票")).to_contain_text("现金")
    assert provider.kept_fen() == by_wallet_fen(box_process) == 0


@pytest.mark.parametrize("code", [PASSWORD, ANSWER_LOST])
def test_late_or_lost_answer_is_asked_for_until_it_comes(
    page: Page, box_process: BoxProcess, provider: GatewaySim, code: str
) -> None:
    ring_up(page)

    type_code(page, code)

    expect(page.get_by_role("status", name="等待顾客手机确认")).to_be_visible()
    expect_paid(page)
    assert provider.kept_fen() == by_wallet_fen(box_process) == 300
    assert len(provider.book) == 1


def test_code_that_never_reached_the_provider_can_never_be_charged_later(
    page: Page, box_process: BoxProcess, provider: GatewaySim
) -> None:
    ring_up(page)
    type_code(page, NEVER_HEARD)
    dialog = page.get_by_role("dialog", name="收款")

    expect(dialog.get_by_role("alert")).to_contain_text("已撤回")
    (charge,) = provider.book.values()
    assert charge.state == "taken_back"
    page.keyboard.press("Enter")
    expect(page.get_by_role("article", name="销售小票")).to_contain_text("现金")
    assert provider.kept_fen() == by_wallet_fen(box_process) == 0


def test_customer_who_gives_up_pays_in_cash_and_the_charge_is_taken_back(
    page: Page, box_process: BoxProcess, provider: GatewaySim
) -> None:
    ring_up(page)
    type_code(page, FORGOTTEN)
    asked = page.get_by_role("status", name="等待顾客手机确认")
    expect(asked).to_be_visible()

    page.keyboard.press("Delete")
    expect(asked).to_have_count(0)
    page.keyboard.press("Enter")

    expect(page.get_by_role("article", name="销售小票")).to_contain_text("现金")
    wait_until(lambda: [one.state for one in provider.book.values()] == ["taken_back"])
    assert by_wallet_fen(box_process) == 0


def test_box_that_dies_while_the_customer_pays_finds_the_payment_again(
    page: Page, box_process: BoxProcess, provider: GatewaySim
) -> None:
    ring_up(page)
    type_code(page, PASSWORD)
    expect(page.get_by_role("status", name="等待顾客手机确认")).to_be_visible()
    wait_until(lambda: len(provider.book) == 1)
    box_process.kill()
    box_process.start()

    expect_paid(page)
    assert provider.kept_fen() == by_wallet_fen(box_process) == 300
    assert len(tickets(box_process)) == 1


def test_provider_that_is_away_holds_up_one_customer_and_not_the_queue(
    page: Page, box_process: BoxProcess, provider: GatewaySim
) -> None:
    ring_up(page)
    provider.is_down = True
    type_code(page, FINE)
    expect(page.get_by_role("status", name="等待顾客手机确认")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("F2")
    expect(page.get_by_role("status", name="应收")).to_contain_text("0.00")
    ring_up(page)
    page.keyboard.press("F12")
    expect(page.get_by_role("dialog", name="收款")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("article", name="销售小票")).to_contain_text("现金")
    assert provider.kept_fen() == 0

    provider.is_down = False

    # Nobody knows whether the first call arrived: the number is closed at the provider.
    wait_until(lambda: [one.state for one in provider.book.values()] == ["taken_back"])
    assert by_wallet_fen(box_process) == 0


def test_goods_bought_by_wallet_are_paid_back_to_the_wallet(
    staffed_page: Page, box_process: BoxProcess, provider: GatewaySim
) -> None:
    page = staffed_page
    ring_up(page)
    type_code(page, FINE)
    expect_paid(page)
    page.keyboard.press("F7")
    dialog = page.get_by_role("dialog", name="退货")
    page.get_by_label("扫描小票上的码").fill("1-1")
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="多退一件").click()
    dialog.get_by_role("button", name="退微信").click()

    wait_until(lambda: provider.kept_fen() == 0)
    assert by_wallet_fen(box_process) == 0
    assert len(tickets(box_process)) == 2


def test_wallet_pays_what_an_exchange_costs_more(
    page: Page, box_process: BoxProcess, provider: GatewaySim, faults: list[str]
) -> None:
    ring_up(page)
    page.keyboard.press("F12")
    page.keyboard.press("Enter")
    expect(page.get_by_role("article", name="销售小票")).to_contain_text("现金")
    type_code(page, "NOODLES")
    expect(page.get_by_role("status", name="应收")).to_contain_text("4.50")
    page.keyboard.press("F7")
    page.get_by_label("扫描小票上的码").fill("1-1")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="可乐 330ml 多退一件").click()
    page.get_by_role("button", name="补收 ¥1.50").click()
    expect(page.get_by_role("dialog", name="收款")).to_be_visible()

    type_code(page, FINE)
    expect(page.get_by_role("button", name="撤回")).to_be_visible()
    expect(page.get_by_role("dialog", name="收款").locator(".ant-btn-loading")).to_have_count(0)
    assert len(tickets(box_process)) == 1, "it is confirmed by the cashier"
    page.keyboard.press("Enter")
    expect_paid(page)

    exchanged = tickets(box_process)[-1]
    assert (exchanged.amount_fen, len(exchanged.lines)) == (150, 2)
    assert by_wallet_fen(box_process) == provider.kept_fen() == 150
    assert faults == []
