"""A store's settings on their way: decided at headquarters, kept at the store, line or no line."""

from __future__ import annotations

import contextlib
import pathlib
from collections.abc import Iterator

import pytest

from edge_agent.services import approvals, attendance
from edge_agent.services.approvals import Claim, Wish
from edge_agent.services.attendance import Place
from edge_agent.store.sqlite_library import Connection
from edge_agent.store.store_settings import read_settings
from hq_hub.reports.paging import Block
from hq_hub.reports.people import read_audit
from hq_hub.services import store_settings
from hq_hub.services.errors import StoreNotFoundError, TillCertificateNotFoundError
from protos.documents import SETTINGS_FEED
from protos.liushui.v1 import document_pb2
from protos.store_settings import decode_settings, encode_settings
from retail_domain.people.errors import FeatureFixedError, FeatureOffError
from retail_domain.people.right import Measure, Right
from retail_domain.people.store_settings import StoreSettings, TillCertificate
from tests.edge_agent.shop_setup import make_box, open_box
from tests.edge_agent.sync.test_people_feed import pull
from tests.hq_hub.small_chain import SmallChain, open_chain

NONE = frozenset[Right]()
DISCOUNTS, COUNTS = frozenset({Right.GIVE_DISCOUNT}), frozenset({Right.COUNT_STOCK})
FIRST, SECOND = bytes(range(32)), bytes(range(1, 33))


@pytest.fixture
def hub(tmp_path: pathlib.Path) -> Iterator[SmallChain]:
    (tmp_path / "hub").mkdir()
    with open_chain(tmp_path / "hub") as chain:
        yield chain


@pytest.fixture
def box_db(tmp_path: pathlib.Path) -> Iterator[Connection]:
    with contextlib.closing(open_box(str(tmp_path / "box.sqlite"))) as db:
        yield db


def claim_discount(db: Connection) -> Claim:
    actor = attendance.find_actor(db, make_box(), Place("1", unstaffed_no="1001"), None)
    wish = Wish("1", "1001", Right.GIVE_DISCOUNT, {Measure.DISCOUNT_BP: 100})
    return Claim(actor, wish, None)


def test_settings_survive_the_wire_and_a_later_programs_feature_is_left_on() -> None:
    settings = StoreSettings(DISCOUNTS | COUNTS, (TillCertificate("2", FIRST, is_revoked=True),))
    later = document_pb2.StoreSettingsDocument(rights_off=["count_stock", "teleport_goods"])

    assert decode_settings(encode_settings(settings)) == settings
    assert decode_settings(later.SerializeToString()).rights_off == COUNTS


def test_feature_that_is_off_is_refused_at_the_store_and_nobody_can_allow_it(
    hub: SmallChain, box_db: Connection
) -> None:
    box = make_box()
    assert approvals.permit(box_db, box, claim_discount(box_db)) == ""
    store_settings.switch_features(hub.db, "S001", NONE, DISCOUNTS, hub.ask())
    pull(hub, box_db, SETTINGS_FEED)

    with pytest.raises(FeatureOffError):
        approvals.permit(box_db, box, claim_discount(box_db))
    attendance.require_may(box_db, box, claim_discount(box_db).actor, Right.SELL)

    store_settings.switch_features(hub.db, "S001", DISCOUNTS, COUNTS, hub.ask())
    pull(hub, box_db, SETTINGS_FEED)
    assert approvals.permit(box_db, box, claim_discount(box_db)) == ""
    assert read_settings(box_db).rights_off == COUNTS


def test_store_is_never_left_without_selling_or_closing_its_day(hub: SmallChain) -> None:
    for right in (Right.SELL, Right.HANDLE_SHIFT, Right.CLOSE_DAY):
        with pytest.raises(FeatureFixedError):
            store_settings.switch_features(hub.db, "S001", NONE, frozenset({right}), hub.ask())

    with pytest.raises(StoreNotFoundError):
        store_settings.switch_features(hub.db, "S999", NONE, COUNTS, hub.ask())


def test_certificates_of_a_till_are_taken_back_together_or_one_by_one(
    hub: SmallChain, box_db: Connection
) -> None:
    for fingerprint in (FIRST, SECOND):
        made = TillCertificate("2", fingerprint)
        store_settings.note_till_certificate(hub.db, "S001", made, hub.ask())
    store_settings.revoke_till(hub.db, "S001", "2", FIRST, hub.ask())
    pull(hub, box_db, SETTINGS_FEED)
    assert [read_settings(box_db).is_revoked(one) for one in (FIRST, SECOND)] == [True, False]

    store_settings.revoke_till(hub.db, "S001", "2", None, hub.ask())
    pull(hub, box_db, SETTINGS_FEED)

    assert [read_settings(box_db).is_revoked(one) for one in (FIRST, SECOND)] == [True, True]
    actions = [row.action for row in read_audit(hub.db, Block(0, 100))]
    assert sorted(actions) == ["issue_certificate"] * 2 + ["revoke_till"] * 2


def test_certificate_from_before_the_list_is_taken_back_by_its_file(
    hub: SmallChain, box_db: Connection
) -> None:
    with pytest.raises(TillCertificateNotFoundError):
        store_settings.revoke_till(hub.db, "S001", "2", None, hub.ask())

    store_settings.revoke_till(hub.db, "S001", "2", FIRST, hub.ask())
    pull(hub, box_db, SETTINGS_FEED)

    assert read_settings(box_db).is_revoked(FIRST)


def test_repeat_sends_nothing_down(hub: SmallChain) -> None:
    def version() -> list[tuple[object, ...]]:
        return hub.read("SELECT version FROM feed_scope WHERE feed = 'settings'")

    store_settings.switch_features(hub.db, "S001", NONE, COUNTS, hub.ask())
    before = version()
    store_settings.switch_features(hub.db, "S001", NONE, COUNTS, hub.ask())

    assert version() == before
