"""What people and pages may not do: guess, come from another site, climb out of a folder."""

from __future__ import annotations

import csv
import io
import re
import uuid
from collections.abc import Iterator

import fastapi
import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from edge_agent.api.app import ROUTERS as BOX_ROUTERS
from edge_agent.api.app import make_app as make_box_app
from edge_agent.api.shop import Shop
from hq_hub.api.csv_answer import to_cell
from hq_hub.api.headquarters import SESSION_COOKIE
from hq_hub.services import documents
from hq_hub.services.documents import NewPurchase
from hq_hub.services.fact_index import index_next
from hq_hub.services.sessions import TRIES_OF_A_USER_MAX
from hq_hub.store.orders import PurchaseLine
from retail_domain.people.built_in_roles import BUILT_IN_ROLES, ROLE_BY_ID
from retail_domain.people.right import Field
from retail_domain.people.role import Role
from retail_domain.stock.goods import ReceiptPurpose
from tests.edge_agent.shop_setup import TOKEN
from tests.edge_agent.staffed_store import CASHIER, PINS
from tests.hq_hub.api.conftest import PASSWORD, Desk
from tests.hq_hub.api.test_rights import READS, ROUTES, call, rights_of
from tests.retail_domain.builders import NOON, make_item, make_receipt, make_ticket

PLANTED_FEN, PLANTED = 7_351_931, re.compile(r"7351931|73519\.31")
"""The cost of goods that nobody may see who may not see cost: a number that means nothing else."""
SIDE_STEPS = (
    "/../../../../etc/passwd",
    "/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/..%2f..%2f..%2fetc%2fpasswd",
    "/assets/../../main.py",
    "/assets/%2e%2e/%2e%2e/main.py",
    "/assets//etc/passwd",
    "/assets/..\\..\\main.py",
    "/assets/%00",
    "/static/hub.toml",
    "/pki/ca.key",
)
INJECTIONS = (
    "'; DROP TABLE ticket; --",
    "1) UNION SELECT password_hash FROM hub_user --",
    "%' OR 1=1 --",
    "\\",
    "\x00",
    "9" * 50,
)
FORGED = (
    "https://evil.example",
    "null",
    "http://",
    "http://[",
    "//",
    "http://testserver.evil",
    "http://testserver:1",
)


@pytest.fixture
def box(shop: Shop) -> Iterator[TestClient]:
    with TestClient(make_box_app(shop), base_url="http://testserver") as client:
        yield client


@pytest.fixture(params=["hub", "box"])
def client(request: pytest.FixtureRequest) -> TestClient:
    """A browser that knows nobody, at either program."""
    if request.param == "box":
        found: TestClient = request.getfixturevalue("box")
        return found
    desk: Desk = request.getfixturevalue("trading")
    return desk.client


@pytest.mark.parametrize("path", SIDE_STEPS)
@pytest.mark.parametrize("root", ["", "/register"])
def test_no_path_leads_out_of_the_pages(client: TestClient, root: str, path: str) -> None:
    answer = client.get(root + path)

    assert answer.status_code in {400, 404, 422, 503}, answer.text
    assert "root:" not in answer.text
    assert "PRIVATE KEY" not in answer.text
    assert "import" not in answer.text


@pytest.mark.parametrize("origin", FORGED)
def test_write_from_another_site_is_refused_by_both(client: TestClient, origin: str) -> None:
    for path in ("/api/v1/session", "/api/registers/1/sign-in"):
        answer = client.post(path, json={}, headers={"Origin": origin})
        assert answer.status_code == 403, (origin, answer.text)
        assert answer.json()["code"] in {"other_site", "box_other_site"}


@pytest.mark.parametrize("origin", FORGED)
def test_register_socket_hears_no_page_of_another_site(box: TestClient, origin: str) -> None:
    with (
        box.websocket_connect("/register/ws", headers={"Origin": origin}) as socket,
        pytest.raises(WebSocketDisconnect) as closed,
    ):
        socket.receive_text()

    assert closed.value.code == 4403


def test_every_answer_carries_the_headers_that_protect_a_page(client: TestClient) -> None:
    for path in ("/", "/nothing", "/openapi.json", "/api/v1/health", "/api/status", "/register/"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe-eval" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"


def test_answer_does_not_tell_whether_a_user_exists(trading: Desk) -> None:
    trading.sign_in()
    trading.client.cookies.clear()
    answers = [
        trading.client.post("/api/v1/session", json={"user_name": name, "password": "wrong"})
        for name in ("boss", "nobody")
    ]

    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].json() == answers[1].json()
    assert dict(answers[0].headers) == dict(answers[1].headers)


def test_guesser_of_a_password_is_locked_out_even_when_the_guess_is_right(trading: Desk) -> None:
    trading.sign_in()
    trading.client.cookies.clear()
    for name in ("boss", "nobody"):
        statuses = [
            trading.client.post(
                "/api/v1/session", json={"user_name": name, "password": f"wrong {n}"}
            ).status_code
            for n in range(TRIES_OF_A_USER_MAX + 1)
        ]
        assert statuses == [401] * TRIES_OF_A_USER_MAX + [429]

    right = trading.client.post("/api/v1/session", json={"user_name": "boss", "password": PASSWORD})

    assert right.status_code == 429


def test_session_that_somebody_planted_is_not_taken_over(trading: Desk) -> None:
    trading.sign_in()
    planted = "a" * 43
    trading.client.cookies.clear()
    trading.client.cookies.set(SESSION_COOKIE, planted)

    answer = trading.client.post(
        "/api/v1/session", json={"user_name": "boss", "password": PASSWORD}
    )

    cookie = answer.headers["set-cookie"]
    assert planted not in cookie
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    trading.client.cookies.clear()
    trading.client.cookies.set(SESSION_COOKIE, planted)
    assert trading.client.get("/api/v1/session").status_code == 401


def test_cookie_of_a_register_is_for_no_script_and_no_other_site(box: TestClient) -> None:
    answer = box.post(
        "/api/registers/1/sign-in",
        json={"staff_no": CASHIER, "pin": PINS[CASHIER]},
        headers={"Authorization": f"Bearer {TOKEN}"},
    )

    cookie = answer.headers["set-cookie"].lower()
    assert answer.status_code == 200
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def parameters_of(path: str) -> list[str]:
    """Query parameters of a list of the hub."""
    route = next(route for method, at, route in ROUTES if (method, at) == ("GET", path))
    found, waiting = [], [route.dependant]
    while waiting:
        dependant = waiting.pop()
        waiting += dependant.dependencies
        found += [parameter.alias for parameter in dependant.query_params]
    return sorted(set(found))


@pytest.mark.parametrize("path", READS)
def test_no_parameter_reaches_sql_as_it_stands(trading: Desk, path: str) -> None:
    trading.sign_in()
    tables = "SELECT name, sql FROM sqlite_master ORDER BY 1"
    before = trading.small.read(tables)
    in_path = re.findall(r"{(\w+)}", path)

    for text in INJECTIONS:
        for name in parameters_of(path):
            answer = trading.client.get(
                f"/api/v1{path.format(**dict.fromkeys(in_path, '1'))}", params={name: text}
            )
            assert answer.status_code < 500, (name, text, answer.text)
            assert "argon2" not in answer.text
        for name in in_path:
            answer = call(trading, "GET", path, **{name: text.replace("\x00", "%00")})
            assert answer.status_code < 500, (name, text, answer.text)

    assert trading.small.read(tables) == before


@pytest.mark.parametrize("text", [text for text in INJECTIONS if text != "\x00"])
def test_no_search_of_the_box_reaches_sql_as_it_stands(box: TestClient, text: str) -> None:
    answer = box.get(
        "/api/items", params={"query": text}, headers={"Authorization": f"Bearer {TOKEN}"}
    )

    assert answer.status_code in {200, 422}
    assert answer.status_code == 422 or answer.json() == []


@pytest.fixture
def costly(visitor: Desk) -> Desk:
    """Goods whose cost is a number that means nothing else, received and partly sold."""
    chain = visitor.small
    lines = (PurchaseLine(2, 1_000, PLANTED_FEN), PurchaseLine(1, 3_000, PLANTED_FEN))
    for store in ("S001", "S002"):
        purchase = NewPurchase(store, "SUP1", ReceiptPurpose.PURCHASE, lines)
        number = documents.put_purchase_order(chain.db, purchase, by="boss", at=NOON)
        received = make_receipt((2, 1_000), (1, 3_000), purchase_order_no=number)
        chain.receive(store, received, make_ticket((1, 3_000, 900)))
    chain.apply()
    while index_next(chain.db):
        pass
    return visitor


def read_everything(desk: Desk) -> Iterator[tuple[str, str]]:
    """Path and text of everything that may be read, every fact among it."""
    facts = [{"store": store, "seq": str(seq)} for store in ("S001", "S002") for seq in (1, 2)]
    for path in READS:
        is_fact = path.startswith("/facts/{")
        for place in facts if is_fact else [{"store": "S001"}]:
            yield path, call(desk, "GET", path, **place).text


@pytest.mark.parametrize("role", BUILT_IN_ROLES, ids=lambda role: role.role_id)
def test_cost_appears_nowhere_for_who_may_not_see_it(costly: Desk, role: Role) -> None:
    costly.sign_in(role.role_id)

    told = {path for path, text in read_everything(costly) if PLANTED.search(text)}

    may_see_cost = Field.COST in role.fields
    assert may_see_cost or told == set()
    if role.role_id == "manager":
        assert {"/stock", "/stock.csv"} <= told


def test_box_knows_of_no_cost(box_app: fastapi.FastAPI) -> None:
    schemas = box_app.openapi()["components"]["schemas"]

    names = {name for schema in schemas.values() for name in schema.get("properties", {})}

    assert {name for name in names if re.search(r"cost|margin|value_fen", name)} == set()


def test_cashier_does_nothing_at_the_box_that_needs_another_right(
    box: TestClient, box_app: fastapi.FastAPI
) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    proof = {"staff_no": CASHIER, "pin": PINS[CASHIER]}
    assert box.post("/api/registers/1/sign-in", json=proof, headers=headers).status_code == 200
    rights = ROLE_BY_ID["cashier"].rights
    refused = 0

    for route in walk_box_routes():
        needed = rights_of(route)
        if not needed - rights:
            continue
        path = re.sub(r"{\w+}", "1", route.path)
        keyed = headers | {"Idempotency-Key": str(uuid.uuid4())}
        for method in route.methods or ():
            answer = box.request(method, path, json={}, headers=keyed)
            assert answer.status_code == 403, (method, path, answer.text)
            refused += 1

    assert refused >= 1


def walk_box_routes() -> Iterator[APIRoute]:
    """Every route of the box that declares a right."""
    for router in BOX_ROUTERS:
        for route in router.routes:
            if isinstance(route, APIRoute) and rights_of(route):
                yield route


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_text_that_a_spreadsheet_would_run_begins_with_an_apostrophe(sign: str) -> None:
    assert to_cell("name", f"{sign}HYPERLINK(1)") == f"'{sign}HYPERLINK(1)"


def test_names_in_a_file_can_run_nothing(trading: Desk) -> None:
    documents.put_items(trading.small.db, [make_item(7, name="=cmd|'/c calc'!A1")])
    trading.sign_in()

    text = trading.client.get("/api/v1/items.csv").content.decode("utf-8-sig")

    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert "'=cmd|'/c calc'!A1" in cells
    assert [cell for cell in cells if cell.startswith(("=", "+", "@"))] == []
