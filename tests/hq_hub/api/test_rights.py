"""All routes, walked as every role: each has a right, a reach, and hides what it must."""

from __future__ import annotations

import csv
import io
import re
import uuid
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from fastapi.routing import APIRoute

from hq_hub.api.app import ROUTERS
from hq_hub.api.headquarters import get_actor
from hq_hub.services.fact_index import index_next
from retail_domain.people.built_in_roles import BUILT_IN_ROLES, ROLE_BY_ID
from retail_domain.people.reach import EVERYWHERE, Reach, ReachKind
from retail_domain.people.right import RIGHTS_OF_THE_CHAIN, Field, Measure, Right
from retail_domain.people.role import Role
from tests.hq_hub.api.conftest import Desk
from tests.retail_domain.builders import (
    make_receipt,
    make_shipment,
    make_ticket,
)

ANYBODY = {
    ("GET", "/health"),
    ("POST", "/session"),
    ("DELETE", "/session"),
    ("POST", "/enrolments"),
}
"""No session: what they tell or do needs none, or another proof."""
ONESELF = {("GET", "/session"), ("POST", "/session/password")}
"""Any session: they concern nobody but the person."""
PARAMETERS = {
    "transfer_no": "T-000001",
    "staff_no": "1001",
    "user_name": "clerk",
    "role_id": "guest",
    "store": "S001",
    "epoch": "1",
    "seq": "2",
    "account_code": "1405",
    "period": "2026-10",
    "fact_no": "H-1-1",
}
BODIES: dict[tuple[str, str], dict[str, object]] = {
    ("POST", "/transfers"): {
        "source_store": "S001",
        "target_store": "S002",
        "lines": [{"item_id": 1, "quantity_milli": 1_000}],
    },
    ("PUT", "/people/{staff_no}"): {"name": "王", "role_id": "cashier", "reach": "all"},
    ("PUT", "/users/{user_name}"): {
        "display_name": "王",
        "role_id": "it",
        "password": "correct horse battery",
    },
    ("PUT", "/roles/{role_id}"): {"name": "客", "name_en": "Guest", "rights": ["sell"]},
}
HIDDEN = {
    Field.COST: re.compile(r"(^|_)(cost|value)(_|$)|^in_transit_fen$"),
    Field.MARGIN: re.compile(r"(^|_)margin(_|$)"),
    Field.MEMBER_DATA: re.compile(r"(^|_)member(_|$)"),
}
S001_ONLY = Reach(ReachKind.STORES, ("S001",))
OTHER_STORE = re.compile(r"S00[23]")


def walk_routes() -> Iterator[tuple[str, str, APIRoute]]:
    """Method, path and route of all that the application includes."""
    for router in ROUTERS:
        for route in router.routes:
            assert isinstance(route, APIRoute)
            for method in sorted(route.methods or ()):
                yield method, route.path, route


ROUTES = list(walk_routes())
READS = [path for method, path, _route in ROUTES if method == "GET" and path != "/health"]


def rights_of(route: APIRoute) -> set[Right]:
    """What a route declares by may() or asking(), however deep."""
    found: set[Right] = set()
    waiting = [route.dependant]
    while waiting:
        dependant = waiting.pop()
        waiting += dependant.dependencies
        if dependant.call is get_actor or dependant.own_oauth_scopes:
            found |= {Right(name) for name in dependant.own_oauth_scopes or ()}
    return found


def call(desk: Desk, method: str, path: str, **parameters: str) -> httpx2.Response:
    address = path.format(**PARAMETERS | parameters)
    return desk.client.request(
        method,
        f"/api/v1{address}",
        json=BODIES.get((method, path)),
        headers={"Idempotency-Key": str(uuid.uuid4())},
    )


def names_in(answer: httpx2.Response) -> set[str]:
    """Every name of an answer, at any depth; the columns of a CSV file."""
    if answer.headers["content-type"].startswith("text/csv"):
        return set(next(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))))
    found: set[str] = set()
    waiting: list[Any] = [answer.json()]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            found |= value.keys()
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return found


@pytest.fixture
def trading(visitor: Desk) -> Desk:
    """Goods in S001 and S002, a sale in each, and goods on the way to S003."""
    small = visitor.small
    small.order("S001")
    small.order("S002")
    number = small.draft_transfer("S002", "S003")
    small.receive("S001", make_receipt((1, 3_000)), make_ticket((1, 1_000, 565)))
    small.receive(
        "S002",
        make_receipt((1, 3_000), purchase_order_no="PO-000002"),
        make_ticket((1, 1_000, 777)),
        make_shipment((1, 1_000), transfer_no=number, target_store="S003"),
    )
    small.apply()
    index_next(small.db)
    return visitor


@pytest.mark.parametrize(
    ("method", "path", "route"), ROUTES, ids=[f"{method} {path}" for method, path, _ in ROUTES]
)
def test_every_route_declares_a_right(method: str, path: str, route: APIRoute) -> None:
    is_free = (method, path) in ANYBODY | ONESELF

    assert bool(rights_of(route)) is not is_free


@pytest.mark.parametrize("role", BUILT_IN_ROLES, ids=lambda role: role.role_id)
def test_route_is_open_to_whose_role_has_its_right_and_to_nobody_else(
    trading: Desk, role: Role
) -> None:
    trading.sign_in(role.role_id)

    for method, path, route in ROUTES:
        if (method, path) in ANYBODY | ONESELF:
            continue
        answer = call(trading, method, path)
        is_allowed = rights_of(route) <= role.rights
        is_refused = answer.status_code == 403 and answer.json()["code"] == "right_missing"
        assert is_refused is not is_allowed or (
            path.endswith(("/approve", "/cancel")) and is_refused
        ), (method, path, answer.status_code, answer.text)


@pytest.mark.parametrize("role", BUILT_IN_ROLES, ids=lambda role: role.role_id)
def test_no_answer_and_no_file_tells_what_the_role_hides(trading: Desk, role: Role) -> None:
    trading.sign_in(role.role_id)
    hidden = [pattern for field, pattern in HIDDEN.items() if field not in role.fields]

    for path in READS:
        answer = call(trading, "GET", path)
        if answer.status_code != 200:
            continue
        told = {n for n in names_in(answer) for pattern in hidden if pattern.search(n)}
        assert told == set(), path


def test_who_may_see_cost_sees_it_in_lists_and_files(trading: Desk) -> None:
    trading.sign_in("finance")

    assert "value_fen" in names_in(call(trading, "GET", "/stock"))
    assert "value_yuan" in names_in(call(trading, "GET", "/stock.csv"))
    assert {"cost_fen", "margin_fen"} <= names_in(call(trading, "GET", "/sales"))
    assert "in_transit_fen" in names_in(call(trading, "GET", "/transfers"))


@pytest.mark.parametrize("sort", ["value_fen", "-value_fen"])
def test_order_by_value_is_refused_to_who_may_not_see_value(trading: Desk, sort: str) -> None:
    trading.sign_in("store_manager")

    for path in ("stock", "stock.csv"):
        answer = trading.client.get(f"/api/v1/{path}", params={"sort": sort})
        assert (answer.status_code, answer.json()["code"]) == (403, "field_hidden")


def test_it_sees_how_stores_are_and_not_what_they_sell(trading: Desk) -> None:
    trading.sign_in("it")

    names = names_in(call(trading, "GET", "/stores"))

    assert "state" in names
    assert "sales_fen" not in names


@pytest.mark.parametrize("path", READS)
def test_nothing_of_another_store_reaches_a_manager_of_one(trading: Desk, path: str) -> None:
    trading.sign_in("regional_manager", S001_ONLY)

    answer = call(trading, "GET", path)

    if answer.status_code == 200:
        assert OTHER_STORE.search(answer.text) is None
    else:
        assert answer.json()["code"] in {"right_missing", "reach_too_small"}


@pytest.mark.parametrize(
    ("path", "keys", "value"),
    [
        ("overview", ("sales_fen",), 565),
        ("overview", ("tickets",), 1),
        ("overview", ("stores_total",), 1),
        ("stores", ("total",), 1),
        ("stock", ("total",), 1),
        ("stock", ("sums", "quantity_milli"), 2_000),
        ("sales", ("total",), 1),
        ("sales", ("totals", "amount_fen"), 565),
        ("transfers", ("total",), 0),
        ("transfers/board", ("in_transit", "transfers"), 0),
    ],
)
def test_sums_and_counts_are_those_of_the_reach(
    trading: Desk, path: str, keys: tuple[str, ...], value: int
) -> None:
    trading.sign_in("regional_manager", S001_ONLY)

    answer = trading.client.get(f"/api/v1/{path}").json()

    for key in keys:
        answer = answer[key]
    assert answer == value


def test_in_transit_of_other_stores_is_in_no_overview(trading: Desk) -> None:
    trading.sign_in("regional_manager", S001_ONLY)
    own = trading.client.get("/api/v1/overview").json()
    trading.sign_in("regional_manager", EVERYWHERE, user_name="chief")

    chains = trading.client.get("/api/v1/overview").json()

    assert (own["in_transit_transfers"], own["in_transit_fen"]) == (0, 0)
    assert chains["in_transit_transfers"] == 1
    assert chains["in_transit_fen"] > 0


@pytest.mark.parametrize("path", ["stock", "stock.csv", "sales", "sales.csv"])
def test_store_of_another_in_a_filter_is_refused_like_one_that_is_not_there(
    trading: Desk, path: str
) -> None:
    trading.sign_in("regional_manager", S001_ONLY)

    for store in ("S002", "S999"):
        answer = trading.client.get(f"/api/v1/{path}", params={"store": store})
        assert (answer.status_code, answer.json()["code"]) == (403, "store_out_of_reach")


@pytest.mark.parametrize("path", ["stores/S002", "facts/S002/1/1", "facts?store=S002"])
def test_store_or_fact_of_another_in_a_path_is_refused(trading: Desk, path: str) -> None:
    trading.sign_in("regional_manager", S001_ONLY)

    answer = trading.client.get(f"/api/v1/{path}")

    assert (answer.status_code, answer.json()["code"]) == (403, "store_out_of_reach")


@pytest.mark.parametrize("query", ["S002/1/1", "S002-1-1"])
def test_search_finds_nothing_of_another_store(trading: Desk, query: str) -> None:
    trading.sign_in("regional_manager", EVERYWHERE, user_name="chief")
    found = trading.client.get("/api/v1/facts", params={"query": query}).json()
    trading.sign_in("regional_manager", S001_ONLY)

    answer = trading.client.get("/api/v1/facts", params={"query": query})

    assert len(found["rows"]) == 1
    assert answer.status_code == 403 or answer.json()["rows"] == []


def test_what_headquarters_wrote_is_shown_to_who_reads_the_ledger(trading: Desk) -> None:
    lines = [
        {"store": "HQ", "account_code": "5602", "debit_fen": 900},
        {"store": "HQ", "account_code": "1002", "credit_fen": 900},
    ]
    rent = {"summary": "rent", "business_date": "2026-11-22", "lines": lines}
    trading.sign_in("finance", user_name="books")
    _status, voucher = trading.write("/vouchers", rent)
    _, epoch, seq = str(voucher["fact_no"]).split("-")
    path = f"/api/v1/facts/HQ/{epoch}/{int(seq)}"

    shown = trading.client.get(path)
    trading.sign_in("regional_manager")
    refused = trading.client.get(path)

    assert shown.json()["kind"] == "manual_entry"
    assert (refused.status_code, refused.json()["code"]) == (403, "right_missing")


def test_voucher_beyond_the_limit_of_the_role_is_refused(trading: Desk) -> None:
    limit_fen = ROLE_BY_ID["finance"].limits[Measure.MANUAL_ENTRY_FEN]
    trading.sign_in("finance")

    answers = [
        trading.write(
            "/vouchers",
            {
                "summary": "rent",
                "business_date": "2026-11-22",
                "lines": [
                    {"store": "HQ", "account_code": "5602", "debit_fen": amount_fen},
                    {"store": "HQ", "account_code": "1002", "credit_fen": amount_fen},
                ],
            },
        )
        for amount_fen in (limit_fen, limit_fen + 1)
    ]

    assert answers[0][0] == 200
    assert (answers[1][0], answers[1][1]["code"]) == (403, "limit_exceeded")


@pytest.mark.parametrize(("source", "target"), [("S001", "S002"), ("S002", "S001")])
def test_store_of_another_in_a_body_is_refused(trading: Desk, source: str, target: str) -> None:
    trading.sign_in("regional_manager", S001_ONLY)
    draft = BODIES["POST", "/transfers"] | {"source_store": source, "target_store": target}

    status, answer = trading.write("/transfers", draft)

    assert (status, answer["code"]) == (403, "store_out_of_reach")


@pytest.mark.parametrize("step", ["approve", "cancel"])
@pytest.mark.parametrize("number", ["T-000001", "T-999999"])
def test_order_of_others_in_a_path_is_as_good_as_none(
    trading: Desk, step: str, number: str
) -> None:
    trading.sign_in("regional_manager", S001_ONLY)

    status, answer = trading.write(f"/transfers/{number}/{step}")

    assert (status, answer["code"]) == (404, "transfer_not_found")


def test_regional_manager_approves_the_orders_of_others_only(trading: Desk) -> None:
    both = Reach(ReachKind.STORES, ("S001", "S002"))
    trading.sign_in("regional_manager", both)
    _status, drafted = trading.write("/transfers", BODIES["POST", "/transfers"])
    own_status, own = trading.write(f"/transfers/{drafted['transfer_no']}/approve")
    trading.sign_in("regional_manager", both, user_name="second")

    status, approved = trading.write(f"/transfers/{drafted['transfer_no']}/approve")

    assert (own_status, own["code"]) == (403, "second_person_needed")
    assert (status, approved["approved_by"]) == (200, "second")


def test_drafter_without_the_right_to_approve_may_cancel_their_own(trading: Desk) -> None:
    trading.sign_in("buyer", user_name="purchaser")
    _status, drafted = trading.write("/transfers", BODIES["POST", "/transfers"])

    own_status, _own = trading.write(f"/transfers/{drafted['transfer_no']}/cancel")
    status, answer = trading.write("/transfers/T-000001/cancel")

    assert own_status == 200
    assert (status, answer["code"]) == (403, "right_missing")


@pytest.mark.parametrize("right", [right for right in Right if right in RIGHTS_OF_THE_CHAIN])
def test_what_concerns_the_chain_needs_the_reach_of_the_chain(trading: Desk, right: Right) -> None:
    paths = [(m, p) for m, p, route in ROUTES if rights_of(route) == {right}]
    trading.sign_in("manager", S001_ONLY)

    for method, path in paths:
        answer = call(trading, method, path)
        assert (answer.status_code, answer.json()["code"]) == (403, "reach_too_small"), path


def test_every_role_that_reads_may_be_walked() -> None:
    reading = {right for _m, _p, route in ROUTES for right in rights_of(route)}

    assert {
        Right.READ_SALES,
        Right.READ_STOCK,
        Right.READ_STORES,
        Right.READ_LEDGER,
        Right.MANAGE_PEOPLE,
        Right.READ_AUDIT,
    } <= reading
    assert reading <= ROLE_BY_ID["manager"].rights
