"""Those who work at stores: which stores know them, what is kept, and who decided it."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable

import argon2
import pytest
import sqlalchemy as sa

from hq_hub.reports.paging import Block
from hq_hub.reports.people import read_audit
from hq_hub.services import roles, staff, users
from hq_hub.services.documents import put_store
from hq_hub.services.requests import Asked
from hq_hub.services.staff import NewMember, hash_pin
from hq_hub.store import documents, people
from hq_hub.store.engine import write_transaction
from hq_hub.store.people import User
from hq_hub.store.stores import Store
from protos.documents import CHAIN_SCOPE, PEOPLE_FEED, ROLES_FEED
from protos.people import StorePerson, decode_person, decode_role, hash_card
from retail_domain.errors import RetailError
from retail_domain.people.built_in_roles import BUILT_IN_ROLES, ROLE_BY_ID
from retail_domain.people.permission import Actor
from retail_domain.people.reach import parse_reach
from retail_domain.people.right import Measure, Right
from retail_domain.people.role import Role
from tests.hq_hub.small_chain import STORES, SmallChain
from tests.retail_domain.builders import NOON

PIN = "736251"
PIN_HASH = argon2.PasswordHasher(time_cost=1, memory_cost=1024).hash(PIN)


def make_member(reach: str = "stores:S001", role_id: str = "cashier") -> NewMember:
    return NewMember("1001", "王小明", role_id, parse_reach(reach), {Measure.REFUND_FEN: 5_000})


def put(small: SmallChain, member: NewMember, pin_hash: str | None = PIN_HASH) -> None:
    staff.put_member(small.db, member, pin_hash, small.ask())


def known_at(small: SmallChain, store: str) -> list[StorePerson]:
    """People whom a store's box would know."""
    found = [
        decode_person(body) for _key, body in documents.iterate_living(small.db, PEOPLE_FEED, store)
    ]
    small.db.rollback()
    return found


def stores_that_know(small: SmallChain, staff_no: str = "1001") -> list[str]:
    numbers = [row[0] for row in small.read("SELECT store FROM store ORDER BY store")]
    return [n for n in numbers if any(p.staff_no == staff_no for p in known_at(small, n))]


def audited(small: SmallChain) -> list[tuple[str, str, str]]:
    rows = read_audit(small.db, Block(0, 100))
    small.db.rollback()
    return [(row.done_by, row.action, row.subject) for row in reversed(rows)]


@pytest.mark.parametrize(
    ("reach", "stores"),
    [("stores:S001", ["S001"]), ("stores:S001,S003", ["S001", "S003"]), ("all", list(STORES))],
)
def test_person_is_known_at_the_stores_of_their_reach(
    small: SmallChain, reach: str, stores: list[str]
) -> None:
    put(small, make_member(reach))

    assert stores_that_know(small) == stores
    person = known_at(small, "S001")[0]
    assert (person.name, person.role_id, person.own_limits) == (
        "王小明",
        "cashier",
        {Measure.REFUND_FEN: 5_000},
    )
    assert argon2.PasswordHasher().verify(person.pin_hash, PIN)


def test_pin_is_kept_nowhere_in_clear(small: SmallChain) -> None:
    pin_hash = hash_pin(PIN)
    put(small, make_member(), pin_hash)

    kept = repr(
        [
            small.read(f"SELECT * FROM {t}")
            for t in ("person", "document", "audit", "request_answer")
        ]
    )

    assert PIN not in kept
    assert pin_hash.startswith("$argon2id$")
    assert PIN_HASH not in repr(known_at(small, "S001"))


@pytest.mark.parametrize(
    "pin", ["", "12345", "1234567890123", "12345a", "111111", "123456", "654321", "七三六二五一"]
)
def test_pin_that_is_guessed_first_is_refused(pin: str) -> None:
    with pytest.raises(RetailError) as refused:
        hash_pin(pin)

    assert refused.value.code == "pin_weak"


def test_change_without_a_pin_keeps_the_pin(small: SmallChain) -> None:
    put(small, make_member())

    put(small, make_member(role_id="supervisor"), None)

    person = known_at(small, "S001")[0]
    assert (person.role_id, person.pin_hash) == ("supervisor", PIN_HASH)


def test_smaller_reach_takes_the_person_away_from_the_other_stores(small: SmallChain) -> None:
    put(small, make_member("all"))

    put(small, make_member("stores:S002"))

    assert stores_that_know(small) == ["S002"]


def test_dismissed_person_is_known_nowhere_and_signs_in_nowhere(small: SmallChain) -> None:
    put(small, make_member("all"))
    clerk = User("wang", "王小明", "finance", staff_no="1001")
    users.put_user(small.db, clerk, "hash", small.ask())

    staff.remove_member(small.db, "1001", small.ask())

    assert stores_that_know(small) == []
    assert people.find_user(small.db, "wang") is None
    small.db.rollback()
    assert ("boss", "remove_user", "wang") in audited(small)


def test_number_of_who_left_comes_back_without_the_old_pin_and_card(small: SmallChain) -> None:
    put(small, make_member())
    staff.give_card(small.db, "1001", "card-code", small.ask())
    staff.remove_member(small.db, "1001", small.ask())

    put(small, make_member(), None)

    person = known_at(small, "S001")[0]
    assert (person.pin_hash, person.card_hash) == ("", b"")


def test_new_store_of_a_region_knows_its_people_at_once(small: SmallChain) -> None:
    put(small, make_member("regions:华东"))
    assert stores_that_know(small) == []

    put_store(small.db, Store("S004", "四号店", "Four", "苏州", "Z1", "LE1", "华东"))

    assert stores_that_know(small) == ["S004"]


def test_store_that_changes_its_region_changes_its_people(small: SmallChain) -> None:
    put(small, make_member("regions:华东"))
    store = Store("S001", "一号店", "One", "上海", "Z1", "LE1", "华东")
    put_store(small.db, store)
    assert stores_that_know(small) == ["S001"]

    put_store(small.db, dataclasses.replace(store, region="华北"))

    assert stores_that_know(small) == []


def test_card_belongs_to_one_person(small: SmallChain) -> None:
    put(small, make_member())
    put(small, dataclasses.replace(make_member(), staff_no="1002"))
    staff.give_card(small.db, "1001", "card-code", small.ask())

    with pytest.raises(RetailError) as refused:
        staff.give_card(small.db, "1002", "card-code", small.ask())

    assert refused.value.code == "card_taken"
    assert known_at(small, "S001")[0].card_hash == hash_card("card-code")


@pytest.mark.parametrize(
    ("member", "code"),
    [
        (dataclasses.replace(make_member(), staff_no="10 01"), "staff_number"),
        (make_member(role_id="king"), "role_not_found"),
        (
            dataclasses.replace(make_member(), own_limits={Measure.REFUND_FEN: -1}),
            "limits_unreadable",
        ),
    ],
)
def test_person_who_cannot_be_is_refused_and_nothing_is_written(
    small: SmallChain, member: NewMember, code: str
) -> None:
    with pytest.raises(RetailError) as refused:
        put(small, member)

    assert refused.value.code == code
    assert stores_that_know(small) == []
    assert audited(small) == []


def test_hiring_that_dies_half_way_never_happened(
    small: SmallChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_arguments: object, **_more: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(staff, "write_audit", die)
    with pytest.raises(KeyboardInterrupt):
        put(small, make_member("all"))

    assert stores_that_know(small) == []
    assert small.read("SELECT * FROM person") == []


def test_repeated_request_changes_nothing(small: SmallChain) -> None:
    asked = small.ask()
    staff.put_member(small.db, make_member(), PIN_HASH, asked)

    staff.put_member(small.db, make_member(), PIN_HASH, asked)

    assert audited(small) == [("boss", "put_person", "1001")]


def clerk_asks(small: SmallChain, role_id: str = "it") -> Asked:
    """A request of wang, who works at S001 too."""
    with write_transaction(small.db):
        wang = User("wang", "王小明", role_id, staff_no="1001")
        people.write_user(small.db, wang, password_hash="hash", version=1)
    return small.ask(Actor("wang", ROLE_BY_ID[role_id], None))


def test_nobody_changes_their_own_rights(small: SmallChain) -> None:
    put(small, make_member())
    asked = clerk_asks(small)
    attempts: list[Callable[[], object]] = [
        lambda: users.put_user(small.db, User("wang", "王", "manager"), None, asked),
        lambda: users.remove_user(small.db, "wang", asked),
        lambda: staff.put_member(small.db, make_member(role_id="manager"), None, asked),
        lambda: staff.remove_member(small.db, "1001", asked),
        lambda: roles.put_role(
            small.db,
            dataclasses.replace(ROLE_BY_ID["it"], rights=frozenset({Right.READ_STORES})),
            asked,
        ),
    ]

    for attempt in attempts:
        with pytest.raises(RetailError) as refused:
            attempt()
        assert refused.value.code == "own_rights"


def test_audit_tells_who_did_what_and_no_row_of_it_changes(small: SmallChain) -> None:
    put(small, make_member())
    staff.give_card(small.db, "1001", "card-code", small.ask())
    staff.remove_member(small.db, "1001", small.ask())

    rows = read_audit(small.db, Block(0, 10))
    small.db.rollback()

    assert audited(small) == [
        ("boss", "put_person", "1001"),
        ("boss", "give_card", "1001"),
        ("boss", "remove_person", "1001"),
    ]
    assert {row.at for row in rows} == {NOON}
    for change in ("UPDATE audit SET done_by = 'x'", "DELETE FROM audit"):
        with pytest.raises(sa.exc.DBAPIError), write_transaction(small.db):
            small.db.exec_driver_sql(change)


# Roles.


def published(small: SmallChain) -> dict[str, Role]:
    found = [
        decode_role(body)[0]
        for _key, body in documents.iterate_living(small.db, ROLES_FEED, CHAIN_SCOPE)
    ]
    small.db.rollback()
    return {role.role_id: role for role in found}


def test_built_in_roles_are_published_once(small: SmallChain) -> None:
    roles.publish_built_in_roles(small.db)
    version = documents.read_version(small.db)
    small.db.rollback()

    roles.publish_built_in_roles(small.db)

    assert documents.read_version(small.db) == version
    small.db.rollback()
    assert published(small) == {role.role_id: role for role in BUILT_IN_ROLES}


def test_role_that_the_chain_wrote_is_not_overwritten_by_the_program(small: SmallChain) -> None:
    stricter = dataclasses.replace(ROLE_BY_ID["cashier"], rights=frozenset({Right.SELL}))
    roles.put_role(small.db, stricter, small.ask())

    roles.publish_built_in_roles(small.db)

    assert published(small)["cashier"] == stricter
    assert roles.find_role(small.db, "cashier") == stricter


def test_built_in_role_that_is_removed_is_as_it_came(small: SmallChain) -> None:
    stricter = dataclasses.replace(ROLE_BY_ID["cashier"], rights=frozenset({Right.SELL}))
    roles.put_role(small.db, stricter, small.ask())

    roles.remove_role(small.db, "cashier", small.ask())

    assert roles.find_role(small.db, "cashier") == ROLE_BY_ID["cashier"]


def test_role_that_somebody_has_stays(small: SmallChain) -> None:
    guest = Role("guest", "客", "Guest", frozenset({Right.SELL}))
    roles.put_role(small.db, guest, small.ask())
    put(small, make_member(role_id="guest"))

    with pytest.raises(RetailError) as refused:
        roles.remove_role(small.db, "guest", small.ask())
    staff.remove_member(small.db, "1001", small.ask())
    roles.remove_role(small.db, "guest", small.ask())

    assert refused.value.code == "role_in_use"
    assert roles.find_role(small.db, "guest") is None


def test_valid_until_travels_with_the_person(small: SmallChain) -> None:
    day = datetime.date(2027, 6, 30)

    put(small, dataclasses.replace(make_member(), valid_until=day))

    assert known_at(small, "S001")[0].valid_until == day
