"""The console in a real browser, over the real hub process and a small chain."""

from __future__ import annotations

import pathlib
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

import hq_hub.api.app
from hq_hub.services.users import hash_password, put_user
from hq_hub.store import alarms, quarantine
from hq_hub.store.alarms import AlarmKind, Question
from hq_hub.store.engine import write_transaction
from hq_hub.store.people import User
from tests.accessibility import find_faults, needs_axe, require_no_faults
from tests.hq_hub.console_hub import (
    CHIEF,
    CHROMIUM,
    FLAGS,
    PASSWORD,
    PHONE,
    serving,
    signed_in,
    small_chain_with_a_user,
)
from tests.retail_domain.builders import make_arrival, make_receipt, make_shipment, make_ticket

pytestmark = pytest.mark.browser

NOVICE = "novice"
"""Has a password that somebody else set."""
MENU = 8
"""Pages that the menu leads to."""
SHOWN = [
    "", "stores", "stores/S001", "stock", "facts", "facts/S001/1/2", "trial-balance",
    "accounts/1001", "transfers", "sales", "unknown-codes",
]  # fmt: skip
"""Each page, and what it leads to."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Trade in two stores, goods that came, a fact that waits for its order, a refused batch."""
    if not (hq_hub.api.app.STATIC / "index.html").exists():
        pytest.skip("the console is not built (LIUSHUI_SKIP_SCREENS)")
    folder: pathlib.Path = tmp_path_factory.mktemp("hub")
    with small_chain_with_a_user(folder) as small:
        novice = User(NOVICE, "新人", "manager", must_change=True)
        put_user(small.db, novice, hash_password(PASSWORD), small.ask(CHIEF))
        small.order()
        small.draft_transfer()
        small.receive("S001", make_receipt((1, 3_000), (2, 3_000)))
        small.receive("S001", make_ticket((1, 1_000, 565), (2, 1_000, 200), receipt_no=41))
        small.receive("S001", make_shipment((1, 1_000)))
        small.receive("S002", make_arrival((1, 1_000)), make_ticket((1, 1_000, 339)))
        small.receive("S001", make_receipt((1, 1_000), purchase_order_no="PO-999999"))
        early = make_arrival((2, 1_000), transfer_no=small.draft_transfer())
        small.receive("S002", early)
        small.apply()
        refused = quarantine.RefusedBatch("S001", "B1", "signature_wrong", b"content", b"")
        with write_transaction(small.db):
            quarantine.quarantine_batch(small.db, refused, 1_000)
            fork = Question("B1", 1, kept_seq=4, box_seq=6, kept_facts=3, box_facts=5)
            alarms.raise_alarm(small.db, "S001", AlarmKind.HISTORY_FORKED, fork, 1_000)
            clone = Question("B1", 1, kept_seq=3, box_seq=3)
            alarms.raise_alarm(small.db, "S002", AlarmKind.BOX_CLONED, clone, 2_000)
            alarms.add_boot(small.db, "S002", 1, b"\xab" * 16, tail_seq=3, now_ms=3_000)
    with serving(folder) as address:
        yield address


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with signed_in(browser, address) as (page, faults):
        yield page
        assert faults == []


def test_every_entry_of_the_menu_leads_to_its_page(page: Page) -> None:
    links = page.get_by_role("navigation", name="主菜单").get_by_role("link")
    expect(links).to_have_count(MENU)

    for number in range(MENU):
        link = links.nth(number)
        link.click()

        expect(page.get_by_role("heading", level=1)).to_have_text(link.inner_text())
        expect(page.get_by_text("没有这个页面")).to_have_count(0)
        expect(page.get_by_role("alert")).to_have_count(1 if number == 0 else 0)


def test_wrong_passwords_are_refused_in_words_and_a_given_one_is_changed_first(
    browser: Browser, address: str
) -> None:
    page = browser.new_page()
    page.goto(address)
    page.fill("input[name=user_name]", NOVICE)
    page.fill("input[name=password]", "wrong horse battery")
    page.click("button[type=submit]")
    expect(page.get_by_role("alert")).to_contain_text("用户名或密码")
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")

    page.fill("input[name=old]", "wrong horse battery")
    page.fill("input[name=new]", "another horse battery")
    page.click("button[type=submit]")
    expect(page.get_by_role("alert")).to_be_visible()
    page.fill("input[name=old]", PASSWORD)
    page.click("button[type=submit]")

    expect(page.get_by_role("heading", level=1)).to_have_text("经营看板")
    page.close()


def test_store_page_says_what_needs_a_person_and_what_mends_it(page: Page) -> None:
    page.goto("#/stores")
    page.get_by_role("link", name="S001店 S001").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("S001店 S001")
    expect(page.get_by_text("挂起 1 · 隔离 1")).to_be_visible()
    expect(page.get_by_text("请补建这张单据，随后自动过账。")).to_be_visible()
    expect(page.get_by_text("PO-999999").first).to_be_visible()
    expect(page.get_by_text("签名不对")).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("^已过账 4, "))).to_be_visible()
    page.get_by_role("link", name="查询全部流水").click()
    expect(page.get_by_role("link", name="S001/1/4")).to_be_visible()
    expect(page.get_by_role("link", name="S002/1/1")).to_have_count(0)


def test_alarm_of_a_history_leads_to_its_store_and_to_the_first_fact_in_question(
    page: Page,
) -> None:
    shown = page.get_by_role("region", name="告警")
    fork = shown.get_by_role("listitem").filter(has_text="流水分叉")
    expect(fork).to_contain_text("只在总部 3 条 · 只在门店 5 条")
    expect(fork).to_contain_text("hq-hub new-epoch --store S001")
    fork.get_by_role("link", name="S001", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("S001店 S001")
    expect(shown.get_by_text("流水分叉")).to_be_visible()
    expect(shown.get_by_text("两台机器冒用同一主机")).to_have_count(0)
    shown.get_by_role("link", name="从这条起").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("S001/1/2")


def test_alarm_of_a_clone_names_the_machines_on_its_store_page(page: Page) -> None:
    page.goto("#/stores/S002")

    machines = page.get_by_role("list", name="上线的机器")

    expect(machines).to_contain_text("abababababababababababababababab：到第 3 条")


def test_alarm_of_a_transfer_leads_to_the_transfer(page: Page) -> None:
    stuck = page.get_by_role("region", name="告警").get_by_role("listitem")
    stuck.filter(has_text="收到的货没有发货记录").get_by_role("link").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("门店调拨")
    expect(page.get_by_role("dialog")).to_contain_text("T-000002")


def test_alarms_are_in_english_too_and_a_store_without_any_shows_none(
    browser: Browser, address: str
) -> None:
    with signed_in(browser, address, language="en") as (page, faults):
        alarm = page.get_by_role("region", name="Alarms").get_by_role("listitem").first
        expect(alarm).to_contain_text("Two histories of one box")
        expect(alarm).to_contain_text("only here: 3 · only in the store: 5")

        page.goto("#/stores/S003")

        expect(page.get_by_role("heading", level=1)).to_have_text("Store S003 S003")
        expect(page.get_by_text("Machines that spoke")).to_have_count(0)
        expect(page.get_by_role("region", name="Alarms")).to_have_count(0)
        assert faults == []


def test_receipt_number_leads_to_the_receipt_and_its_entry(page: Page) -> None:
    page.goto("#/facts")
    search = page.get_by_label("凭证号、小票号、单据号或位置")
    search.fill("S001-1-41")
    expect(page.get_by_role("link", name="销售小票")).to_have_count(1)

    page.get_by_role("link", name="销售小票").click()

    paper = page.get_by_role("article", name="销售小票")
    expect(paper).to_contain_text("S001-1-41")
    expect(paper).to_contain_text("¥7.65")
    entry = page.get_by_role("region", name="会计分录")
    expect(entry.get_by_role("row", name="主营业务收入")).to_be_visible()
    expect(entry.get_by_role("row", name="合计")).to_contain_text("¥14.31")  # 7.65 + 2 x 3.33.
    expect(page.get_by_role("region", name="内容")).to_contain_text("VAT13")
    page.go_back()
    expect(page.get_by_label("凭证号、小票号、单据号或位置")).to_have_value("S001-1-41")


def test_balance_leads_to_its_lines_to_the_fact_to_the_receipt_and_back(page: Page) -> None:
    page.goto("#/trial-balance?period=2026-11&store=S001")
    shown = page.get_by_role("main")
    expect(shown.get_by_role("row", name="合计")).to_contain_text(
        "¥27.65"
    )  # The closing, on both sides.
    checks = shown.get_by_role("list", name="账务检查").get_by_role("listitem")
    expect(checks).to_have_count(6)
    expect(checks.filter(has_text="一致")).to_have_count(6)
    expect(checks.filter(has_text="暂估明细账 = 总账")).to_have_count(1)
    shown.get_by_role("link", name="1001").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("1001 库存现金 明细账")
    expect(shown.get_by_role("row", name="本期合计")).to_contain_text("¥7.65")
    expect(shown.get_by_text("期初余额")).to_be_visible()
    shown.get_by_role("link", name="销售小票").click()
    expect(page.get_by_role("article", name="销售小票")).to_contain_text("¥7.65")

    page.get_by_role("region", name="会计分录").get_by_role("link", name="5001").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("5001 主营业务收入 明细账")
    expect(shown.get_by_role("row", name="本期合计")).to_contain_text("贷")
    shown.get_by_role("link", name="返回试算平衡").click()
    expect(page.get_by_label("会计期间")).to_have_value("2026-11")


def test_board_names_what_needs_a_person_and_leads_to_the_fact(page: Page) -> None:
    page.goto("#/transfers")
    needing = page.get_by_role("region", name="需要处理的调拨")
    expect(needing.get_by_role("listitem")).to_have_count(1)
    expect(needing).to_contain_text("收到的货没有发货记录")
    expect(needing).to_contain_text("请S001店补做发货")
    expect(page.get_by_role("heading", level=2, name="已收货 1")).to_be_visible()

    needing.get_by_role("button", name="T-000002").click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_role("region", name="门店单据").get_by_role("link", name="调拨收货").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("调拨收货 S002/1/3")


@pytest.mark.parametrize(
    ("path", "name", "first"),
    [
        ("facts?store=S001", "facts.csv", "S001,1,"),
        ("accounts/1001?store=S001", "ledger.csv", "2026-11-22,2026-11,S001,"),
        ("trial-balance", "trial-balance.csv", "1001,"),
    ],
)
def test_list_is_exported_as_it_is_filtered(page: Page, path: str, name: str, first: str) -> None:
    page.goto(f"#/{path}")
    with page.expect_download() as download:
        page.get_by_role("link", name="导出 CSV").click()

    lines = pathlib.Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert download.value.suggested_filename == name
    assert len(lines) > 1
    assert lines[1].startswith(first)


def test_parked_fact_shows_why_and_its_bytes(page: Page) -> None:
    page.goto("#/facts/S001/1/4")

    expect(page.get_by_role("heading", level=1)).to_have_text("收货入库 S001/1/4")
    expect(page.get_by_role("alert")).to_contain_text("总部没有对应的单据")
    expect(page.get_by_label("原始内容的开头")).to_contain_text("0a 10 ")  # fact_id, 16 bytes.


def test_kind_and_order_narrow_the_search_and_english_is_one_tap_away(page: Page) -> None:
    page.goto("#/facts?query=T-000001")
    shown = page.get_by_role("main")
    expect(shown.get_by_role("link", name="调拨")).to_have_count(2)

    page.get_by_text("EN", exact=True).click()

    expect(shown.get_by_role("link", name="Transfer shipped")).to_be_visible()
    page.get_by_label("Kind").click()
    page.get_by_text("Ticket", exact=True).click()
    expect(page.get_by_text("Nothing matches")).to_be_visible()
    page.get_by_role("button", name="Clear filters").click()
    expect(shown.get_by_role("link", name="Ticket")).to_have_count(2)


def test_fact_that_is_not_there_is_a_sentence(page: Page) -> None:
    page.goto("#/facts/S001/1/99")

    expect(page.get_by_role("alert")).to_contain_text("总部没有事实 S001/1/99。")


@pytest.mark.parametrize("path", SHOWN)
def test_page_fits_a_phone(browser: Browser, address: str, path: str) -> None:
    with signed_in(browser, address, PHONE) as (page, faults):
        page.goto(f"#/{path}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.wait_for_load_state("networkidle")

        width = page.evaluate("document.documentElement.scrollWidth")
        inside = page.evaluate("document.querySelector('.page').scrollWidth")

        assert (width, inside, faults) == (375, 375, [])


@needs_axe
@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
def test_console_keeps_the_rules_of_accessibility(page: Page, is_dark: bool) -> None:
    faults = dict[str, list[str]]()
    page.evaluate(f"localStorage.setItem('liushui.dark', '{int(is_dark)}')")
    page.reload()
    for path in SHOWN:
        page.goto(f"#/{path}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.wait_for_load_state("networkidle")
        faults[path] = find_faults(page)

    require_no_faults(faults)
