"""A box says what no shop says: the hub posts it or parks it, and everybody else goes on."""

from __future__ import annotations

import hypothesis
from hypothesis import strategies as st

from hq_hub.services.fact_index import index_next
from hq_hub.services.sale_passing import pass_next
from protos.liushui.v1 import fact_pb2
from tests.attack.conftest import share_of_examples, trade
from tests.attack.hostile_facts import hostile_facts, place
from tests.hq_hub.api.conftest import Desk, open_desk
from tests.hq_hub.api.test_rights import READS, call
from tests.hq_hub.databases import Databases
from tests.hq_hub.small_chain import SmallChain, open_copy
from tests.retail_domain.builders import make_ticket

FACTS = 12
"""Hostile ones of one example."""


def receive(chain: SmallChain, facts: list[fact_pb2.Fact]) -> None:
    """Keep them as the next facts of S001, each with an identity of its own."""
    box, bodies = chain.boxes["S001"], []
    for wire in facts:
        box.seq += 1
        if len(wire.fact_id) == 16:
            wire.fact_id = box.next_fact_id.bytes
        bodies.append(place(wire, store="S001", box_id="B1", epoch=1, seq=box.seq))
    chain.receive_bodies("S001", bodies)


@hypothesis.settings(max_examples=share_of_examples(10))
@hypothesis.given(facts=st.lists(hostile_facts(), min_size=1, max_size=FACTS))
def test_hub_posts_or_parks_whatever_a_box_says(
    databases: Databases, facts: list[fact_pb2.Fact]
) -> None:
    with open_copy(databases) as chain, open_desk(chain) as desk:
        trade(chain)
        attack(desk, facts)


def attack(desk: Desk, facts: list[fact_pb2.Fact]) -> None:
    """Let S001 say it all, and S002 sell; look at everything."""
    chain = desk.small
    receive(chain, facts)
    chain.receive("S002", make_ticket((1, 1_000, 321)))

    applied = chain.apply()
    for look in (pass_next, index_next):
        while look(chain.db):
            pass

    assert applied.posted + applied.parked == len(facts) + 1
    assert applied.posted >= 1
    chain.require_agreement()
    desk.sign_in()
    for path in READS:
        answer = call(desk, "GET", path, store="S001", seq=str(chain.boxes["S001"].seq))
        assert answer.status_code < 500, (path, answer.text)
