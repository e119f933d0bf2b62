"""Practice on the real screens: nothing of it is a fact, and nothing of it is lost to work."""

from __future__ import annotations

import contextlib

import pytest
from playwright.sync_api import Page, expect

from edge_agent.store import journal
from edge_agent.store.database import open_database
from retail_domain.trade.ticket import Ticket
from tests.edge_agent.pages.box_process import BoxProcess, payloads
from tests.edge_agent.pages.conftest import sign_in, type_code
from tests.edge_agent.shop_setup import COLA_CODE
from tests.edge_agent.staffed_store import CASHIER

pytestmark = pytest.mark.browser


def practise(page: Page) -> None:
    page.keyboard.press("F11")
    page.wait_for_url("**/training/register/")
    expect(page.get_by_text("训练模式 · 不入账")).to_be_visible()


def sell(page: Page) -> None:
    type_code(page, COLA_CODE)
    expect(page.get_by_role("status", name="应收")).to_contain_text("3.00")
    page.keyboard.press("F12")
    expect(page.get_by_role("dialog", name="收款")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("article", name="销售小票")).to_contain_text("现金")


def test_what_is_sold_in_practice_reaches_no_journal_that_counts(
    page: Page, box_process: BoxProcess, faults: list[str]
) -> None:
    sell(page)
    page.keyboard.press("Enter")
    practise(page)
    for _sale in range(3):
        sell(page)
        page.keyboard.press("Enter")
    page.keyboard.press("F11")
    page.wait_for_url(lambda url: "/training/" not in url)
    expect(page.get_by_text("人民路店").first).to_be_visible()
    expect(page.get_by_text("训练模式")).to_have_count(0)
    sell(page)

    tickets = [one for one in payloads(box_process) if isinstance(one, Ticket)]
    assert [ticket.receipt_no for ticket in tickets] == [1, 2]
    practised = str(box_process.folder / "training.sqlite")
    with contextlib.closing(open_database(practised)) as db:
        assert journal.read_tail(db).seq == 3
    assert faults == []


def test_practice_begins_without_the_tickets_of_work(page: Page) -> None:
    type_code(page, COLA_CODE)
    expect(page.get_by_role("status", name="应收")).to_contain_text("3.00")
    page.keyboard.press("F2")
    expect(page.get_by_role("status", name="应收")).to_contain_text("0.00")
    practise(page)

    expect(page.get_by_role("button", name="取单", exact=False)).not_to_contain_text("1")


def test_tasks_are_ticked_off_as_they_are_done_and_kept(page: Page) -> None:
    practise(page)
    tasks = page.get_by_role("status", name="训练任务")
    expect(tasks).to_contain_text("任务 0 / 10")

    sell(page)
    expect(tasks).to_contain_text("任务 2 / 10")
    page.reload()

    expect(tasks).to_contain_text("任务 2 / 10")
    expect(tasks).to_contain_text("把数量改成 3")


def test_who_practises_signs_in_anew_and_stays_signed_in_at_work(
    staffed_page: Page, box_process: BoxProcess
) -> None:
    page = staffed_page
    page.keyboard.press("F11")
    page.wait_for_url("**/training/register/")
    sign_in(page, CASHIER)
    sell(page)
    page.keyboard.press("Enter")
    page.keyboard.press("F11")

    expect(page.get_by_text(f"收银员 {CASHIER}").first).to_be_visible()
    assert not any(isinstance(one, Ticket) for one in payloads(box_process))
