"""Both programs say in OpenAPI what they take and give: whatever is sent, that stays true."""

from __future__ import annotations

from typing import Any, TypeAlias

import fastapi
import hypothesis
import pytest
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from edge_agent.api.app import make_app as make_box_app
from hq_hub.api.app import make_app as make_hub_app
from hq_hub.api.headquarters import SESSION_COOKIE
from tests.attack.conftest import share_of_examples
from tests.edge_agent.shop_setup import TOKEN
from tests.hq_hub.api.conftest import Desk

CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
]
SHARE = 20
"""Of the examples, for every operation: there are many."""
Operation: TypeAlias = schemathesis.APIOperation[Any, Any, Any, Any]
NOTHING: Any = None
"""The parts behind the routes: OpenAPI is written without them."""


def read_operations(app: fastapi.FastAPI) -> list[Any]:
    """Operations of an application as parameters of a test."""
    schema = schemathesis.openapi.from_dict(app.openapi())
    found = []
    for result in schema.get_all_operations():
        assert isinstance(result, Ok), result
        operation = result.ok()
        found.append(pytest.param(operation, id=operation.label))
    return found


def attack(operation: Operation, app: fastapi.FastAPI, headers: dict[str, str]) -> None:
    """Send what the operation takes, and what it does not."""

    @hypothesis.settings(max_examples=share_of_examples(SHARE))
    @hypothesis.given(case=operation.as_strategy())
    def send(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(app=app, headers=headers, checks=CHECKS)

    send()


@pytest.mark.parametrize("operation", read_operations(make_hub_app(NOTHING)))
def test_hub_answers_whatever_is_sent_as_its_openapi_says(
    operation: Operation,
    hub_app: fastapi.FastAPI,
    trading: Desk,
) -> None:
    trading.sign_in()

    attack(
        operation, hub_app, {"Cookie": f"{SESSION_COOKIE}={trading.client.cookies[SESSION_COOKIE]}"}
    )


@pytest.mark.parametrize("operation", read_operations(make_box_app(NOTHING)))
def test_box_answers_whatever_is_sent_as_its_openapi_says(
    operation: Operation,
    box_app: fastapi.FastAPI,
) -> None:
    attack(operation, box_app, {"Authorization": f"Bearer {TOKEN}"})
