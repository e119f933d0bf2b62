"""What must be so at every moment, and what must be so in the end. I1 to I11.

A failed assertion begins with its kind: lost, duplicated, altered, stalled, or differs.
"""

from __future__ import annotations

from edge_agent.services.rebuild import check_chain
from edge_agent.store import feeds, journal
from protos import codec
from tests.prove.world import World


def watch(world: World, *, is_thorough: bool = False) -> None:
    """At every moment."""
    cursors = {
        (store, epoch): (seq, head)
        for store, epoch, seq, head in world.hub.ask(
            "SELECT store, epoch, durable_seq, durable_head FROM durable_cursor"
        )
    }
    ((generation,),) = world.hub.ask("SELECT generation FROM hub_state")
    for store, shop in world.shops.items():
        tail = journal.read_tail(shop.machine.db)
        assert tail.durable_seq <= tail.seq, f"lost: {store} believes in more than it has"
        kept = cursors.get((store, tail.epoch))
        if kept is None or tail.hub_generation != generation:
            continue
        assert tail.durable_seq <= kept[0], f"lost: {store} acknowledged, but never kept"
    if is_thorough:
        _watch_books(world)


def _watch_books(world: World) -> None:
    ((gap,),) = world.hub.ask(
        "SELECT coalesce(sum(debit_fen), 0) - coalesce(sum(credit_fen), 0) FROM entry_line"
    )
    assert gap == 0, f"differs: debits exceed credits by {gap} fen"
    ((looked, applied, parked),) = world.hub.ask(
        "SELECT receive_no, (SELECT count(*) FROM apply_log), (SELECT count(*) FROM parked)"
        " FROM apply_cursor"
    )
    assert looked == applied + parked, f"lost: {looked} facts looked at, {applied} + {parked}"


def is_settled(world: World) -> bool:
    """Whether boxes and hub are one, as far as the boxes know."""
    cursors = {
        row[0]: row[1:]
        for row in world.hub.ask(
            "SELECT store, max(epoch), durable_seq, durable_head FROM durable_cursor GROUP BY store"
        )
    }
    ((generation,),) = world.hub.ask("SELECT generation FROM hub_state")
    scopes = {
        (feed, scope): (version, digest)
        for feed, scope, version, digest in world.hub.ask(
            "SELECT feed, scope, version, content_hash FROM feed_scope"
        )
    }
    for store, shop in world.shops.items():
        tail = journal.read_tail(shop.machine.db)
        known = (tail.epoch, tail.durable_seq, tail.head)
        if known != cursors[store] or tail.durable_seq != tail.seq:
            return False
        if tail.hub_generation != generation or shop.machine.core.state.stopped_reason:
            return False
        for position in feeds.read_positions(shop.machine.db):
            scope = scopes.get((position.feed, position.scope))
            if scope and (generation, *scope) != (
                position.generation,
                position.version,
                position.content_hash,
            ):
                return False
    return True


def describe(world: World) -> str:
    """Where everybody stands."""
    cursors = world.hub.ask("SELECT store, epoch, durable_seq FROM durable_cursor")
    boxes = [
        (store, tail.epoch, tail.seq, tail.durable_seq, shop.machine.core.state.stopped_reason)
        for store, shop in world.shops.items()
        for tail in [journal.read_tail(shop.machine.db)]
    ]
    return f"seed {world.seed}, {world.mode}: boxes {boxes}, hub {cursors}"


def find_gone(world: World, store: str) -> set[bytes]:
    """Facts that people saw, that nobody has, and that nobody can have."""
    witness = world.witness.stores[store]
    return (witness.seen.keys() - world.fact_ids_at_hub(store)) & witness.may_be_lost


def reckon(world: World) -> None:
    """In the end: everything, from one side to the other."""
    for store in world.stores:
        _reckon_facts(world, store)


def _reckon_facts(world: World, store: str) -> None:
    """I1, I2, I3, I7: what people saw is at the hub, once, as they saw it."""
    witness, machine = world.witness.stores[store], world.shops[store].machine
    rows = world.hub.ask(
        "SELECT epoch, seq, fact_id, body FROM hub_journal WHERE store = ? ORDER BY 1, 2", store
    )
    kept = [row[2] for row in rows]
    assert len(kept) == len(set(kept)), f"duplicated: {store} has a fact twice"
    lost = witness.seen.keys() - set(kept) - witness.may_be_lost
    assert not lost, f"lost: {len(lost)} facts of {store}"
    for _epoch, _seq, fact_id, body in rows:
        seen = witness.seen.get(fact_id)
        if seen is not None:
            assert codec.decode_fact(body).happening == seen, f"altered: {seen} of {store}"
    mine = [
        (fact.position.epoch, fact.position.seq, fact.happening.fact_id.bytes, body)
        for fact, body, _head in journal.iterate_facts(machine.db)
    ]
    assert mine == rows, f"altered: {store} and the hub have other bytes"
    assert check_chain(machine.db) == len(rows), f"altered: chain of {store}"
