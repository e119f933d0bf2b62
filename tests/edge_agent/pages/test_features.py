"""Features that headquarters switched off are not on the screens, for the store or for a role."""

from __future__ import annotations

import contextlib
import dataclasses

import pytest
from playwright.sync_api import Page, expect

from edge_agent.store.database import open_database, write_transaction
from protos.documents import ROLES_FEED, SETTINGS_FEED
from protos.people import encode_role, role_key
from protos.store_settings import SETTINGS_KEY, encode_settings
from retail_domain.people.built_in_roles import ROLE_BY_ID
from retail_domain.people.right import Right
from retail_domain.people.store_settings import StoreSettings
from tests.edge_agent.pages.box_process import BoxProcess
from tests.edge_agent.pages.conftest import sign_in, type_code
from tests.edge_agent.shop_setup import COLA_CODE, put_documents
from tests.edge_agent.staffed_store import CASHIER

pytestmark = pytest.mark.browser


def put(box: BoxProcess, feed: str, key: bytes, body: bytes) -> None:
    """As the line would bring it while the box runs."""
    with contextlib.closing(open_database(box.database)) as db, write_transaction(db):
        put_documents(db, feed, [(key, body)])


def test_what_the_store_does_without_goes_from_the_open_screens(
    page: Page, box_process: BoxProcess
) -> None:
    expect(page.get_by_role("button", name="改价")).to_be_visible()
    settings = StoreSettings(frozenset({Right.OVERRIDE_PRICE, Right.COUNT_STOCK}))
    put(box_process, SETTINGS_FEED, SETTINGS_KEY, encode_settings(settings))

    expect(page.get_by_role("button", name="改价")).to_have_count(0)
    type_code(page, COLA_CODE)
    expect(page.get_by_role("status", name="应收")).to_contain_text("3.00")
    page.keyboard.press("F6")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("F10")
    expect(page.get_by_role("tab", name="报损与自用")).to_be_visible()
    expect(page.get_by_role("tab", name="盘点")).to_have_count(0)


def test_new_cashiers_role_begins_with_fewer_buttons(
    staffed_page: Page, box_process: BoxProcess
) -> None:
    page = staffed_page
    expect(page.get_by_role("button", name="行折扣")).to_be_visible()
    role = ROLE_BY_ID["cashier"]
    simple = dataclasses.replace(role, rights_off=frozenset({Right.GIVE_DISCOUNT, Right.REFUND}))
    body = encode_role(simple, is_built_in=False)
    put(box_process, ROLES_FEED, role_key(role.role_id), body)
    page.get_by_role("button", name="交班退出").click()
    sign_in(page, CASHIER)

    expect(page.get_by_role("button", name="改价")).to_be_visible()
    expect(page.get_by_role("button", name="行折扣")).to_have_count(0)
    expect(page.get_by_role("button", name="退货")).to_have_count(0)
