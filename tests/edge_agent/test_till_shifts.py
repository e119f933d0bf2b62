"""Shift, cash and day at the till, over the real application."""

from __future__ import annotations

import pytest

from tests.edge_agent.shop_setup import COLA_CODE
from tests.edge_agent.till import CASH, Answer, Open, Till

SHIFT = "/api/registers/1/shift"


def counted(*pieces: tuple[int, int]) -> list[Answer]:
    """Of (value in fen, pieces)."""
    return [{"denomination_fen": fen, "pieces": count} for fen, count in pieces]


def trade(till: Till) -> None:
    """A float of 100.00 and a sale of 3.00, in cash."""
    till.write("/shift/open", float_fen=10_000)
    till.do("scan", code=COLA_CODE)
    till.do("pay", tenders=CASH)


def test_shift_is_opened_with_a_float_and_opens_the_day(open_till: Open) -> None:
    till = open_till("1")

    before = till.get(SHIFT)
    state = till.write("/shift/open", float_fen=10_000)

    assert (before["shift"], before["day"]["opened"]) == (None, None)
    assert (state["shift"]["is_open"], state["shift"]["float_fen"]) == (True, 10_000)
    assert state["day"]["opened"] == "2026-11-22"
    assert state["day"]["open_shifts"] == ["1"]
    assert till.write("/shift/open", float_fen=0)["code"] == "shift_open"


def test_cashier_counts_blind_and_knows_the_difference_at_once(open_till: Open) -> None:
    till = open_till("1")
    trade(till)

    x = till.get(SHIFT + "/x")
    z = till.write("/shift/close", counts=counted((10_000, 1), (100, 2), (10, 9)))

    assert (x["sales_fen"], x["expected_cash_fen"], x["counted_fen"]) == (300, None, None)
    assert (z["expected_cash_fen"], z["counted_fen"], z["difference_fen"]) == (10_300, 10_290, -10)
    assert till.get(SHIFT)["shift"]["is_open"] is False
    assert till.get(SHIFT + "/x")["code"] == "no_shift"


def test_repeated_close_is_the_same_z(open_till: Open) -> None:
    till = open_till("1")
    trade(till)
    key = "0198c0de-0000-7000-8000-000000000001"

    first = till.write("/shift/close", key, counts=counted((100, 103)))
    second = till.write("/shift/close", key, counts=counted((100, 103)))

    assert first == second
    assert first["difference_fen"] == 0


def test_cash_is_taken_out_by_somebody_with_the_right_only(open_till: Open) -> None:
    till = open_till("1")
    trade(till)

    refused = till.write("/shift/cash", move="paid_out", amount_fen=1_500, reason="taxi")
    approval_id = till.approve(refused)
    done = till.write(
        "/shift/cash", move="paid_out", amount_fen=1_500, reason="taxi", approval_id=approval_id
    )
    z = till.write("/shift/close", counts=counted((100, 88)))

    assert refused["approval"] == {"right": "move_cash", "amounts": {"pay_out_fen": 1_500}}
    assert done == {}
    assert (z["expected_cash_fen"], z["difference_fen"]) == (8_800, 0)


def test_drawer_is_opened_by_somebody_with_the_right_and_counted(open_till: Open) -> None:
    till = open_till("1")
    trade(till)

    refused = till.write("/drawer", reason="change")
    done = till.write("/drawer", reason="change", approval_id=till.approve(refused))

    assert (refused["code"], done) == ("approval_needed", {})
    assert till.get(SHIFT + "/x")["drawer_openings"] == 1


def test_day_is_closed_by_a_supervisor_when_nothing_is_open(open_till: Open) -> None:
    till = open_till("1")
    trade(till)

    by_cashier = till.write("/day/close")
    till.sign_in("2001")
    with_shift = till.write("/day/close")
    till.write("/shift/close", counts=counted((100, 103)))
    till.do("scan", code=COLA_CODE)
    till.do("hold_ticket")
    with_held = till.write("/day/close")
    till.do("recall_ticket", held_id=till.held()[0]["held_id"])
    till.do("pay", tenders=CASH)
    report = till.write("/day/close")

    assert by_cashier["code"] == "right_missing"
    assert with_shift["code"] == "shifts_still_open"
    assert with_held["code"] == "held_tickets_left"
    assert (report["tickets"], report["sales_fen"], len(report["head"])) == (2, 600, 64)
    assert till.write("/day/close")["code"] == "day_closed"
    assert till.get(SHIFT)["day"]["closed"] == "2026-11-22"


@pytest.mark.parametrize(
    "body",
    [
        {"counts": [{"denomination_fen": 0, "pieces": 1}]},
        {"counts": [{"denomination_fen": 100, "pieces": -1}]},
        {"counts": [{"denomination_fen": 100, "pieces": 1.5}]},
        {"counts": [{"denomination_fen": 100, "pieces": 1}] * 21},
        {"counted_fen": 10},
    ],
)
def test_count_that_no_page_sends_changes_nothing(open_till: Open, body: Answer) -> None:
    till = open_till("1")
    trade(till)

    assert till.write("/shift/close", **body)["code"] == "bad_request"
    assert till.get(SHIFT)["shift"]["is_open"] is True
