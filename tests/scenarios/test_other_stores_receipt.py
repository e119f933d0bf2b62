"""A customer brings goods back to a store that did not sell them: real programs, a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from deploy.demo.chain import HUB, STALL_S
from hq_hub.reports import checks
from hq_hub.store.engine import open_read_engine, read_transaction
from retail_domain.trade.sale_code import make_sale_code
from tests.edge_agent.pages.conftest import CHROMIUM, FLAGS
from tests.processes.chain_run import ChainRun, Wish
from tests.processes.till import Printed, ask
from tests.scenarios.whole_day import Hands

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HERE, SELLER, REGISTER = "S001", "S002", "2"
STEPS_MAX = 4
"""Of the journey "return": scan the receipt, Enter, the goods, the money."""
ANSWER_MS_MAX = 30_000


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChainRun]:
    """Two stores that sold, and headquarters that knows of it."""
    wish = Wish(stores=2, baskets=4, transports=("grpc",), is_calm=True)
    run = ChainRun(tmp_path_factory.mktemp("chain"), wish, lambda _said: None)
    try:
        run.start()
        run.open_stores()
        run.chain.troupe.wait_until(
            "trade", STALL_S, lambda: all(till.is_done for till in run.tills)
        )
        run.settle()
        yield run
    finally:
        run.close()


@pytest.fixture
def page(run: ChainRun) -> Iterator[Page]:
    """A register of the store that did not sell."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_context(locale="zh-CN").new_page()
        token = run.tokens[HERE][REGISTER]
        page.goto(
            f"http://127.0.0.1:{run.stores[HERE]}/register/#register_no={REGISTER}&token={token}"
        )
        expect(page.get_by_role("status").filter(has_text="总部已同步")).to_be_visible()
        yield page
        browser.close()


def sold_elsewhere(run: ChainRun, place: int) -> Printed:
    (till,) = (till for till in run.tills if till.store == SELLER)
    return till.printed[place]


def find_at_seller(run: ChainRun, sale: Printed) -> tuple[int, dict[str, object]]:
    headers = {"Authorization": f"Bearer {run.tokens[SELLER][REGISTER]}"}
    code = make_sale_code(sale.fact_id)
    return ask(run.stores[SELLER], "GET", f"/api/sales?code={code}", headers)


def test_goods_of_another_store_come_back_through_headquarters(run: ChainRun, page: Page) -> None:
    sale, hands = sold_elsewhere(run, 0), Hands(page)
    dialog = page.get_by_role("dialog", name="退货")
    hands.begin("return")
    hands.card(make_sale_code(sale.fact_id))
    expect(dialog.get_by_role("button", name="向总部调取")).to_be_focused()
    hands.press("Enter")
    expect(dialog.get_by_text(f"门店 {SELLER}")).to_be_visible(timeout=ANSWER_MS_MAX)
    hands.tap(dialog.get_by_role("button", name="多退一件").first)
    hands.tap(dialog.get_by_role("button", name="退现金"))
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("−").first).to_be_visible()
    run.settle()

    status, answer = find_at_seller(run, sale)

    assert 0 < hands.steps["return"] <= STEPS_MAX
    assert (status, answer["code"]) == (409, "sale_passed_on")
    engine = open_read_engine(run.chain.database_url)
    with read_transaction(engine) as db:
        assert checks.read_ledger_checks(db) == checks.LedgerChecks(0, 0, 0, 0, 0)
        assert checks.read_stock_difference_milli(db) == 0
    engine.dispose()


def test_without_a_line_the_cashier_is_told_and_the_queue_goes_on(
    run: ChainRun, page: Page
) -> None:
    sale = sold_elsewhere(run, 1)
    run.chain.troupe.stop(HUB)
    expect(page.get_by_text("总部离线").first).to_be_visible(timeout=ANSWER_MS_MAX)
    dialog = page.get_by_role("dialog", name="退货")
    Hands(page).card(make_sale_code(sale.fact_id))
    expect(dialog.get_by_role("button", name="向总部调取")).to_be_focused()

    page.keyboard.press("Enter")

    expect(dialog.get_by_role("alert")).to_contain_text(re.compile("联系不上总部"))
    expect(dialog.get_by_role("button", name="无小票退货")).to_be_enabled()
