"""Rights, reach, limits and the second person: what is allowed, and why something is not."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_domain.errors import RetailError
from retail_domain.people.built_in_roles import BUILT_IN_ROLES, ROLE_BY_ID
from retail_domain.people.errors import (
    FieldHiddenError,
    LimitExceededError,
    LimitsUnreadableError,
    ReachUnreadableError,
    RightMissingError,
    RoleShowsMoreError,
    SecondPersonNeededError,
    StoreOutOfReachError,
)
from retail_domain.people.permission import (
    Actor,
    require_approval,
    require_field,
    require_right,
)
from retail_domain.people.reach import Reach, ReachKind, parse_reach, write_reach
from retail_domain.people.right import MEASURES_OF_RIGHT, Field, Measure, Right
from retail_domain.people.role import (
    LIMIT_MAX,
    Role,
    parse_limits,
    require_role,
    write_limits,
)

S001 = frozenset({"S001"})


def make_actor(
    role_id: str, person_no: str = "1001", stores: frozenset[str] | None = S001
) -> Actor:
    return Actor(person_no, ROLE_BY_ID[role_id], stores)


@pytest.mark.parametrize(
    ("role_id", "right", "store", "amounts", "refused"),
    [
        ("cashier", Right.SELL, "S001", {}, None),
        ("cashier", Right.SELL, "S002", {}, StoreOutOfReachError),
        ("cashier", Right.VOID_TICKET, "S001", {}, RightMissingError),
        ("cashier", Right.REFUND, "S001", {Measure.REFUND_FEN: 10_000}, None),
        ("cashier", Right.REFUND, "S001", {Measure.REFUND_FEN: 10_001}, LimitExceededError),
        ("cashier", Right.GIVE_DISCOUNT, "S001", {Measure.DISCOUNT_BP: 501}, LimitExceededError),
        (
            "cashier",
            Right.GIVE_DISCOUNT,
            "S001",
            {Measure.DISCOUNT_BP: 1, Measure.DISCOUNT_FEN: 1_001},
            LimitExceededError,
        ),
        ("supervisor", Right.REFUND, "S001", {Measure.REFUND_FEN: 10_001}, None),
        ("supervisor", Right.VOID_TICKET, "S001", {}, SecondPersonNeededError),
        ("supervisor", Right.ADJUST_STOCK, "S001", {}, RightMissingError),
        ("store_manager", Right.VOID_TICKET, "S001", {}, None),
        ("store_manager", Right.READ_LEDGER, None, {}, RightMissingError),
        ("it", Right.READ_STOCK, None, {}, RightMissingError),
        ("finance", Right.MANAGE_PEOPLE, None, {}, RightMissingError),
        ("auditor", Right.WRITE_ENTRY, None, {}, RightMissingError),
    ],
)
def test_role_store_and_amount_decide_what_a_person_may_do(
    role_id: str,
    right: Right,
    store: str | None,
    amounts: dict[Measure, int],
    refused: type[RetailError] | None,
) -> None:
    actor = make_actor(role_id)

    if refused is None:
        require_right(actor, right, store, amounts)
    else:
        with pytest.raises(refused):
            require_right(actor, right, store, amounts)


def test_refusal_names_the_amount_and_the_limit() -> None:
    with pytest.raises(LimitExceededError) as refused:
        require_right(make_actor("cashier"), Right.REFUND, "S001", {Measure.REFUND_FEN: 25_000})

    assert refused.value.values == {
        "right": "refund",
        "measure": "refund_fen",
        "amount": 25_000,
        "limit": 10_000,
    }


def test_own_limit_takes_the_place_of_the_roles() -> None:
    trusted = dataclasses.replace(make_actor("cashier"), own_limits={Measure.REFUND_FEN: 25_000})

    require_right(trusted, Right.REFUND, "S001", {Measure.REFUND_FEN: 25_000})


def test_limit_that_nobody_set_allows_nothing() -> None:
    role = dataclasses.replace(ROLE_BY_ID["cashier"], limits={})

    with pytest.raises(LimitExceededError):
        require_right(Actor("1001", role, None), Right.REFUND, "S001", {Measure.REFUND_FEN: 1})


def test_supervisor_approves_for_another_and_not_for_themselves() -> None:
    supervisor = make_actor("supervisor", "2001")

    require_approval(supervisor, Right.VOID_TICKET, "S001", asked_by="1001")

    with pytest.raises(SecondPersonNeededError):
        require_approval(supervisor, Right.VOID_TICKET, "S001", asked_by="2001")


def test_approver_keeps_their_own_limit_and_reach() -> None:
    supervisor = make_actor("supervisor", "2001")

    with pytest.raises(LimitExceededError):
        require_approval(
            supervisor,
            Right.REFUND,
            "S001",
            {Measure.REFUND_FEN: 100_001},
            asked_by="1001",
        )
    with pytest.raises(StoreOutOfReachError):
        require_approval(supervisor, Right.REFUND, "S002", asked_by="1001")


@given(
    st.sampled_from(BUILT_IN_ROLES),
    st.sampled_from(sorted(MEASURES_OF_RIGHT, key=lambda right: right.value)),
    st.data(),
)
def test_what_is_allowed_is_allowed_in_less_too(
    role: Role, right: Right, data: st.DataObject
) -> None:
    actor = Actor("1", role, None)
    amounts = {
        measure: data.draw(st.integers(0, LIMIT_MAX + 1)) for measure in MEASURES_OF_RIGHT[right]
    }
    less = {measure: data.draw(st.integers(0, amount)) for measure, amount in amounts.items()}

    try:
        require_approval(actor, right, "S001", amounts, asked_by="2")
    except RetailError:
        return
    require_approval(actor, right, "S001", less, asked_by="2")


@pytest.mark.parametrize("role", BUILT_IN_ROLES, ids=lambda role: role.role_id)
def test_built_in_role_has_a_limit_for_every_measure_of_its_rights(role: Role) -> None:
    needed = set[Measure]().union(*(MEASURES_OF_RIGHT.get(r, ()) for r in role.rights))

    assert needed <= set(role.limits)


def test_nobody_at_a_till_sees_cost() -> None:
    for role_id in ("cashier", "supervisor", "store_manager", "it"):
        for field in (Field.COST, Field.MARGIN):
            with pytest.raises(FieldHiddenError):
                require_field(make_actor(role_id), field)


@pytest.mark.parametrize(
    ("rights", "fields"),
    [
        ({Right.READ_LEDGER}, set()),
        ({Right.READ_LEDGER}, {Field.COST}),
        ({Right.ORDER_GOODS}, {Field.MEMBER_DATA}),
        ({Right.READ_SALES}, {Field.MARGIN}),
    ],
)
def test_role_that_shows_what_it_hides_is_refused(rights: set[Right], fields: set[Field]) -> None:
    role = Role("clerk", "文员", "Clerk", frozenset(rights), frozenset(fields))

    with pytest.raises(RoleShowsMoreError):
        require_role(role)


@pytest.mark.parametrize("text", ["all", "stores:S001", "stores:S001,S002", "regions:华东,华北"])
def test_reach_reads_what_it_writes(text: str) -> None:
    assert parse_reach(write_reach(parse_reach(text))) == parse_reach(text)


@pytest.mark.parametrize(
    "text", ["", "ALL", "stores:", "stores", "shops:S001", "stores:S 1", "stores:S001,", "all:S001"]
)
def test_reach_that_names_no_stores_is_refused(text: str) -> None:
    with pytest.raises(ReachUnreadableError):
        parse_reach(text)


def test_region_reaches_the_stores_that_belong_to_it_now() -> None:
    east = Reach(ReachKind.REGIONS, ("华东",))

    assert east.covers("S001", "华东")
    assert not east.covers("S001", "华北")
    assert not east.covers("S001", "")


@given(st.dictionaries(st.sampled_from(Measure), st.integers(0, LIMIT_MAX)))
def test_limits_read_what_they_write(limits: dict[Measure, int]) -> None:
    assert parse_limits(write_limits(limits)) == limits


@pytest.mark.parametrize(
    "text",
    [
        "refund_fen",
        "refund_fen=",
        "refund_fen=-1",
        "gift_fen=1",
        f"refund_fen={LIMIT_MAX + 1}",
        "=",
    ],
)
def test_limit_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(LimitsUnreadableError):
        parse_limits(text)
