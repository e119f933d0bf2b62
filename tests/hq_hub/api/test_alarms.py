"""Alarms over HTTP: what needs a person, with numbers, within reach and rights."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from hq_hub.api import alarms as alarm_routes
from hq_hub.store import alarms, day_certificates
from hq_hub.store.alarms import AlarmKind, Question
from hq_hub.store.day_certificates import DayCertificate
from hq_hub.store.engine import write_transaction
from retail_domain.people.reach import Reach, ReachKind
from tests.hq_hub.api.conftest import Desk
from tests.retail_domain.builders import make_arrival, make_receipt, make_shipment

S003_ONLY = Reach(ReachKind.STORES, ("S003",))
FORK = Question("B1", 1, kept_seq=9, box_seq=12, kept_facts=3, box_facts=6)
MACHINES = (bytes([1]) * 16, bytes([2]) * 16)


@pytest.fixture
def troubled(visitor: Desk) -> Desk:
    """S001 came back from the past, S002 is twice there, S003 lacks facts of a day; T-000001."""
    small = visitor.small
    with write_transaction(small.db):
        alarms.raise_alarm(small.db, "S001", AlarmKind.HISTORY_FORKED, FORK, 1_000)
        alarms.raise_alarm(small.db, "S002", AlarmKind.BOX_CLONED, Question("B1", 1), 2_000)
        for place, boot_id in enumerate(MACHINES):
            alarms.add_boot(small.db, "S002", 1, boot_id, tail_seq=5, now_ms=3_000 + place)
        close = DayCertificate("S003", "2026-11-21", 1, 7, bytes(32), b"", b"", 1_000)
        day_certificates.put_newest(small.db, close)
    small.order()
    small.draft_transfer()
    small.receive("S001", make_receipt((1, 3_000)), make_shipment((1, 1_000)))
    small.receive("S002", make_arrival((1, 900)))
    small.apply()
    return visitor


def read(desk: Desk, **query: str) -> list[dict[str, Any]]:
    answer = desk.client.get("/api/v1/alarms", params=query)
    assert answer.status_code == 200
    body = answer.json()
    assert body["total"] == len(body["rows"])
    rows: list[dict[str, Any]] = body["rows"]
    return rows


def kinds(rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(row["store"], row["kind"]) for row in rows]


def test_alarms_come_by_histories_days_and_transfers(troubled: Desk) -> None:
    troubled.sign_in("manager")

    assert kinds(read(troubled)) == [
        ("S001", "history_forked"),
        ("S002", "box_cloned"),
        ("S003", "day_incomplete"),
        ("S001", "transfer_received_less"),
    ]


def test_alarm_tells_which_facts_are_in_question(troubled: Desk) -> None:
    troubled.sign_in("manager")

    fork, clone, day, transfer = read(troubled)

    assert (fork["epoch"], fork["first_seq"], fork["kept_facts"], fork["box_facts"]) == (1, 7, 3, 6)
    assert fork["since"] == "1970-01-01T00:00:01Z"
    boots = [(machine["boot_id"], machine["tail_seq"]) for machine in clone["machines"]]
    assert boots == [(MACHINES[1].hex(), 5), (MACHINES[0].hex(), 5)]
    assert (day["business_date"], day["box_facts"]) == ("2026-11-21", 7)
    assert (transfer["document_no"], transfer["target_store"]) == ("T-000001", "S002")
    assert (transfer["missing_milli"], transfer["surplus_milli"]) == (100, 0)


def test_alarms_of_one_store_are_also_those_of_its_transfers(troubled: Desk) -> None:
    troubled.sign_in("manager")

    assert kinds(read(troubled, store="S002")) == [
        ("S002", "box_cloned"),
        ("S001", "transfer_received_less"),
    ]


def test_alarm_that_was_dealt_with_is_gone(troubled: Desk) -> None:
    with write_transaction(troubled.small.db):
        alarms.close_alarm(troubled.small.db, "S001", AlarmKind.HISTORY_FORKED, 5_000)
    troubled.sign_in("manager")

    assert kinds(read(troubled, store="S001")) == [("S001", "transfer_received_less")]


def test_alarms_keep_to_the_reach(troubled: Desk) -> None:
    troubled.sign_in("regional_manager", S003_ONLY)

    assert kinds(read(troubled)) == [("S003", "day_incomplete")]
    refused = troubled.client.get("/api/v1/alarms", params={"store": "S001"})
    assert (refused.status_code, refused.json()["code"]) == (403, "store_out_of_reach")


def test_who_may_not_see_transfers_gets_no_alarm_about_them(troubled: Desk) -> None:
    troubled.sign_in("it")

    assert kinds(read(troubled)) == [
        ("S001", "history_forked"),
        ("S002", "box_cloned"),
        ("S003", "day_incomplete"),
    ]


def test_answer_is_cut_and_says_how_many_there_are(
    troubled: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alarm_routes, "ALARMS_MAX", 2)
    troubled.sign_in("manager")

    body = troubled.client.get("/api/v1/alarms").json()

    assert (len(body["rows"]), body["total"]) == (2, 4)


def test_file_has_all_alarms_and_the_machines_by_their_boot_ids(troubled: Desk) -> None:
    troubled.sign_in("manager")

    answer = troubled.client.get("/api/v1/alarms.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))

    assert [row["kind"] for row in rows][1] == "box_cloned"
    assert rows[1]["machines"] == f"{MACHINES[1].hex()} {MACHINES[0].hex()}"
    assert rows[3]["missing"] == "0.100"
