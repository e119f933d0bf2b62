"""People on their way: hired at headquarters, signed in at the store, dismissed, and out."""

from __future__ import annotations

import contextlib
import pathlib
from collections.abc import Iterator

import pytest

from edge_agent.services import attendance, exchange, sign_in
from edge_agent.services.attendance import Place
from edge_agent.services.errors import SignInNeededError, WrongPinError
from edge_agent.store import feeds, staff
from edge_agent.store.database import write_transaction
from edge_agent.store.feeds import ScopePosition
from edge_agent.store.sqlite_library import Connection
from edge_agent.store.staff import RegisterSession
from hq_hub.services import feeds as hub_feeds
from hq_hub.services import roles
from hq_hub.services import staff as hub_staff
from hq_hub.services.staff import NewMember
from protos.documents import PEOPLE_FEED, ROLES_FEED
from protos.liushui.v1 import sync_pb2
from retail_domain.people.reach import parse_reach
from retail_domain.people.right import Right
from retail_domain.people.role import Role
from retail_domain.trade.attendance import SignInMethod
from tests.edge_agent.shop_setup import make_box, open_box
from tests.hq_hub.small_chain import SmallChain, open_chain

PIN = "736251"


@pytest.fixture
def hub(tmp_path: pathlib.Path) -> Iterator[SmallChain]:
    (tmp_path / "hub").mkdir()
    with open_chain(tmp_path / "hub") as chain:
        yield chain


@pytest.fixture
def box_db(tmp_path: pathlib.Path) -> Iterator[Connection]:
    with contextlib.closing(open_box(str(tmp_path / "box.sqlite"))) as db:
        yield db


def ask_page(hub: SmallChain, known: ScopePosition, store: str = "S001") -> sync_pb2.FeedPage:
    """The hub's answer to a box that knows this much."""
    request = exchange.make_page_request(store, known, b"", 0)
    page = hub_feeds.read_page(hub.db, request, store)
    hub.db.rollback()
    assert page is not None
    assert page.is_last
    return page


def take(db: Connection, page: sync_pb2.FeedPage) -> bool:
    """Apply a page as the line does."""
    said = page.target
    target = ScopePosition(said.feed, said.scope, said.generation, said.version, said.content_hash)
    return exchange.take_pages(db, base_version=page.base.version, target=target, pages=[page])


def pull(hub: SmallChain, db: Connection, feed: str, store: str = "S001") -> sync_pb2.FeedPage:
    page = ask_page(hub, feeds.read_position(db, feed), store)
    assert take(db, page)
    with write_transaction(db):
        staff.confirm_people(db, attendance.now_ms(make_box()))
    return page


def hire(hub: SmallChain, role_id: str = "cashier") -> None:
    member = NewMember("1001", "王小明", role_id, parse_reach("stores:S001"))
    hub_staff.put_member(hub.db, member, hub_staff.hash_pin(PIN), hub.ask())


def come(db: Connection) -> None:
    box = make_box()
    sign_in.check_pin(sign_in.start_pin_try(db, box, "1", "1001"), PIN)
    session = RegisterSession(
        "1", "1001", attendance.hash_session_token("token"), attendance.now_ms(box)
    )
    sign_in.sign_in(db, box, session, SignInMethod.PIN)


def test_hired_at_headquarters_signs_in_at_the_store(hub: SmallChain, box_db: Connection) -> None:
    hire(hub)

    pull(hub, box_db, PEOPLE_FEED)

    come(box_db)
    actor = attendance.find_actor(box_db, make_box(), Place("1", "x"), "token")
    assert (actor.person_no, actor.role.role_id) == ("1001", "cashier")


def test_dismissed_is_out_and_no_page_said_again_lets_him_in(
    hub: SmallChain, box_db: Connection
) -> None:
    hire(hub)
    hired = pull(hub, box_db, PEOPLE_FEED)
    come(box_db)
    hub_staff.remove_member(hub.db, "1001", hub.ask())
    pull(hub, box_db, PEOPLE_FEED)

    assert not take(box_db, hired)

    with pytest.raises(SignInNeededError):
        attendance.find_actor(box_db, make_box(), Place("1", "x"), "token")
    with pytest.raises(WrongPinError):
        come(box_db)


def test_role_that_headquarters_changes_changes_at_the_store(
    hub: SmallChain, box_db: Connection
) -> None:
    roles.publish_built_in_roles(hub.db)
    pull(hub, box_db, ROLES_FEED)
    hire(hub)
    pull(hub, box_db, PEOPLE_FEED)
    come(box_db)
    strict = Role("cashier", "收银员", "Cashier", frozenset({Right.SELL, Right.VOID_TICKET}))
    roles.put_role(hub.db, strict, hub.ask())

    pull(hub, box_db, ROLES_FEED)

    actor = attendance.find_actor(box_db, make_box(), Place("1", "x"), "token")
    assert staff.find_role(box_db, "cashier") == strict
    assert actor.role.rights == strict.rights


def test_people_of_another_store_are_not_handed_out(hub: SmallChain) -> None:
    hire(hub)
    other = ScopePosition(PEOPLE_FEED, "S001", 0, 0, b"")
    request = exchange.make_page_request("S002", other, b"", 0)

    page = hub_feeds.read_page(hub.db, request, "S002")
    hub.db.rollback()

    assert page is None
