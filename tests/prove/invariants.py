"""What must be so at every moment. A failed assertion begins with its kind.

The kinds: lost, duplicated, altered, stalled, differs.
"""

from __future__ import annotations

from edge_agent.store import feeds, journal
from tests.prove.world import World


def watch(world: World, *, is_thorough: bool = False) -> None:
    """Look at all machines.

    Args:
        world: between two steps.
        is_thorough: what takes longer, too.
    """
    cursors = {
        (row[0], row[1]): row
        for row in world.hub.ask(
            "SELECT store, epoch, durable_seq, durable_head, epoch_start_head FROM durable_cursor"
        )
    }
    _watch_epochs(cursors)
    ((generation,),) = world.hub.ask("SELECT generation FROM hub_state")
    assert generation >= world.generation_seen, "lost: the hub's generation fell"
    world.generation_seen = generation
    for store, shop in world.shops.items():
        tail = journal.read_tail(shop.machine.db)
        assert tail.durable_seq <= tail.seq, f"lost: {store} believes in more than it has"
        life = (tail.epoch, tail.hub_generation)
        before = shop.machine.cursors_seen.get(life, 0)
        assert tail.durable_seq >= before, f"altered: cursor of {store} fell from {before}"
        shop.machine.cursors_seen[life] = tail.durable_seq
        kept = cursors.get((store, tail.epoch))
        if kept is not None and tail.hub_generation == generation:
            _watch_cursor(world, store, tail, kept[2])
        _watch_feeds(world, store)
    for store, (epoch, seq) in world.denied.items():
        assert cursors[store, epoch][2] == seq, f"altered: {store} is denied, and was heard"
    parked = world.hub.ask("SELECT store, epoch, seq FROM parked")
    world.parked_seen.update(tuple(row) for row in parked)
    if is_thorough:
        _watch_books(world)
        _watch_gaps(world, cursors)


Cursors = dict[tuple[str, int], tuple[str, int, int, bytes, bytes]]


def _watch_epochs(cursors: Cursors) -> None:
    """A new life goes on from the last head of the one before, which is closed for good."""
    heads: dict[str, bytes] = {}
    for store, epoch in sorted(cursors):
        _store, _epoch, _seq, head, start = cursors[store, epoch]
        before = heads.get(store)
        assert before is None or start == before, f"altered: {store} before epoch {epoch}"
        heads[store] = head


def _watch_cursor(world: World, store: str, tail: journal.Tail, kept_seq: int) -> None:
    """I1: what a box takes for acknowledged is kept, and it is the same."""
    assert tail.durable_seq <= kept_seq, f"lost: {store} acknowledged, but not kept"
    if tail.durable_seq == 0:
        return
    mine = journal.read_head(world.shops[store].machine.db, tail.epoch, tail.durable_seq)
    kept = world.hub.ask(
        "SELECT head FROM hub_journal WHERE store = ? AND epoch = ? AND seq = ?",
        store,
        tail.epoch,
        tail.durable_seq,
    )
    assert kept == [(mine,)], f"altered: {store} and hub differ at {tail.durable_seq}"


def _watch_feeds(world: World, store: str) -> None:
    """I10: documents never go back."""
    machine = world.shops[store].machine
    for position in feeds.read_positions(machine.db):
        here = (position.generation, position.version)
        before = machine.versions_seen.get(position.feed, here)
        assert here >= before, f"altered: {position.feed} of {store} went back to {here}"
        machine.versions_seen[position.feed] = here


def _watch_books(world: World) -> None:
    """I6, I8: entries balance, and every fact that was looked at is posted or parked."""
    unbalanced = world.hub.ask(
        "SELECT store, epoch, seq FROM entry_line GROUP BY 1, 2, 3"
        " HAVING sum(debit_fen) <> sum(credit_fen)"
    )
    assert not unbalanced, f"differs: debits and credits of {unbalanced}"
    ((looked, applied, parked),) = world.hub.ask(
        "SELECT receive_no, (SELECT count(*) FROM apply_log), (SELECT count(*) FROM parked)"
        " FROM apply_cursor"
    )
    assert looked == applied + parked, f"lost: {looked} facts looked at, {applied} + {parked} known"


def _watch_gaps(world: World, cursors: Cursors) -> None:
    """I2: no gap and no repeat, whatever was sent."""
    rows = world.hub.ask(
        "SELECT store, epoch, count(*), min(seq), max(seq) FROM hub_journal GROUP BY 1, 2"
    )
    for store, epoch, count, first, last in rows:
        expected = cursors[store, epoch][2]
        assert (first, last, count) == (1, expected, expected), f"lost: gap in {store} {epoch}"
    kept = sum(row[2] for row in rows)
    ((newest,),) = world.hub.ask("SELECT coalesce(max(receive_no), 0) FROM hub_journal")
    assert newest == kept, "lost: the hub's receive numbers have a gap"


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
        (feed, scope): (generation, version, content_hash)
        for feed, scope, version, content_hash in world.hub.ask(
            "SELECT feed, scope, version, content_hash FROM feed_scope"
        )
    }
    for store, shop in world.shops.items():
        machine = shop.machine
        tail = journal.read_tail(machine.db)
        if (tail.epoch, tail.durable_seq, tail.head) != cursors[store]:
            return False
        if tail.durable_seq != tail.seq or tail.hub_generation != generation:
            return False
        if machine.core.state.stopped_reason:
            return False
        for p in feeds.read_positions(machine.db):
            here = (p.generation, p.version, p.content_hash)
            if scopes.get((p.feed, p.scope), here) != here:
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
