"""What must be so in the end: everything, from one side to the other. I1 to I11."""

from __future__ import annotations

import collections
import dataclasses
import hashlib
import itertools
import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from edge_agent.services import passed_sales
from edge_agent.services import rebuild as box_rebuild
from edge_agent.services.return_errors import SaleNotFoundError, SalePassedOnError
from edge_agent.store import feeds
from hq_hub.reports import checks
from hq_hub.services.rebuild import verify_projections
from protos import codec
from protos.codec import MalformedFactError, NewerFactError
from retail_domain.trade.fact import HQ_STORE, Happening
from retail_domain.trade.sale_passing import SaleRequested
from retail_domain.trade.ticket import Ticket, TicketLine
from retail_domain.trade.trading_day import DayClosed
from retail_domain.trade.voucher import PeriodClosed
from tests.prove.reference_books import ReferenceBooks, moves_of
from tests.prove.world import World

REBUILD_EVERY = 3
"""Folding the hub's books again takes a fifth of a seed."""


@dataclasses.dataclass(frozen=True, slots=True)
class Kept:
    """One fact of the hub's journal."""

    store: str
    epoch: int
    seq: int
    fact_id: bytes | None
    body: bytes
    head: bytes
    happening: Happening | None
    """None when it cannot be read."""

    @property
    def place(self) -> tuple[str, int, int]:
        return self.store, self.epoch, self.seq


def reckon(world: World) -> None:
    """Look at everything.

    Raises:
        AssertionError: its text begins with lost, duplicated, altered or differs.
    """
    kept = _read_kept(world)
    for store in world.stores:
        _reckon_facts(world, store, [one for one in kept if one.store == store])
        _reckon_documents(world, store)
    _reckon_returns(world, kept)
    _reckon_chains(world, kept)
    _reckon_parked(world, kept)
    by_place = {one.place: one for one in kept}
    _reckon_order(world)
    _reckon_periods(world, by_place)
    _reckon_books(world, by_place)
    _reckon_with_the_products_own_checks(world)


def find_gone(world: World, store: str) -> set[bytes]:
    """Facts that people saw, that nobody has, and that nobody can have."""
    witness = world.witness.stores[store]
    return (witness.seen.keys() - world.fact_ids_at_hub(store)) & witness.may_be_lost


def _read_kept(world: World) -> list[Kept]:
    rows = world.hub.ask(
        "SELECT store, epoch, seq, fact_id, body, head FROM hub_journal ORDER BY 1, 2, 3"
    )
    return [Kept(row[0], row[1], row[2], row[3], row[4], row[5], _decode(row[4])) for row in rows]


def _decode(body: bytes) -> Happening | None:
    try:
        return codec.decode_fact(body).happening
    except (MalformedFactError, NewerFactError):
        return None


def _reckon_facts(world: World, store: str, kept: list[Kept]) -> None:
    """I1, I2, I3, I7: what people saw is at the hub, once, as they saw it; the box has the same."""
    witness, machine = world.witness.stores[store], world.shops[store].machine
    ids = [one.fact_id for one in kept if one.fact_id is not None]
    assert len(ids) == len(set(ids)), f"duplicated: {store} has a fact twice"
    lost = witness.seen.keys() - set(ids) - witness.may_be_lost
    assert not lost, f"lost: {len(lost)} facts of {store}"
    for one in kept:
        seen = witness.seen.get(one.fact_id or b"")
        assert seen is None or seen == one.happening, f"altered: {seen} of {store}"
    strange = [one for one in kept if _is_strange(world, one)]
    assert len(strange) <= witness.given_up, f"duplicated: {store} did what nobody asked: {strange}"
    rows = machine.db.execute("SELECT epoch, seq, body, head FROM journal ORDER BY 1, 2")
    mine = [tuple(row) for row in rows.fetchall()]
    assert mine == [(k.epoch, k.seq, k.body, k.head) for k in kept], f"altered: bytes of {store}"
    _reckon_stock_of_box(world, store, kept)
    if not witness.has_break:
        _reckon_receipts(store, kept)
        _reckon_days(store, kept)


def _is_strange(world: World, one: Kept) -> bool:
    """Whether it moves stock or money, and nobody remembers it."""
    witness = world.witness.stores[one.store]
    if (
        one.happening is None
        or one.body in world.poison
        or one.fact_id in witness.seen
        or one.fact_id in witness.unsure
    ):
        return False
    return isinstance(one.happening.payload, Ticket) or any(moves_of(one.happening))


def _reckon_stock_of_box(world: World, store: str, kept: Iterable[Kept]) -> None:
    """I4: stock in the box is the sum of its journal."""
    stock: collections.Counter[tuple[str, int, str]] = collections.Counter()
    for one in kept:
        if one.happening is not None and one.body not in world.poison:
            for state, item_id, lot, milli in moves_of(one.happening):
                stock[state, item_id, lot] += milli
    rows = (
        world.shops[store]
        .machine.db.execute(
            "SELECT state, item_id, lot, quantity_milli FROM on_hand WHERE quantity_milli <> 0"
        )
        .fetchall()
    )
    there = {(row[0], row[1], row[2]): row[3] for row in rows}
    assert there == {key: milli for key, milli in stock.items() if milli}, f"differs: {store} stock"


def _reckon_receipts(store: str, kept: Iterable[Kept]) -> None:
    """A register's receipts are numbered without a gap, also over a replaced box."""
    numbers = collections.defaultdict(list)
    for one in kept:
        if one.happening is not None and isinstance(one.happening.payload, Ticket):
            numbers[one.happening.register_no].append(one.happening.payload.receipt_no)
    for register_no, given in numbers.items():
        expected = list(range(1, len(given) + 1))
        assert given == expected, f"duplicated: receipts {given} of {store} {register_no}"


def _reckon_days(store: str, kept: Iterable[Kept]) -> None:
    """Nothing happens on a day that is closed."""
    closed = None
    for one in kept:
        if one.happening is None:
            continue
        date = one.happening.business_date
        assert closed is None or date > closed, f"differs: {store} traded on closed {date}"
        if isinstance(one.happening.payload, DayClosed):
            closed = date


def _reckon_documents(world: World, store: str) -> None:
    """I10: the box has headquarters' documents, byte for byte, and no others."""
    db = world.shops[store].machine.db
    for position in feeds.read_positions(db):
        wanted = world.hub.ask(
            "SELECT key, body FROM document AS d WHERE feed = ? AND scope = ? AND is_removed = 0"
            " AND version = (SELECT max(version) FROM document WHERE feed = d.feed"
            " AND scope = d.scope AND key = d.key) ORDER BY key",
            position.feed,
            position.scope,
        )
        mine = db.execute(
            "SELECT key, body FROM feed_document WHERE feed = ? ORDER BY key", (position.feed,)
        ).fetchall()
        assert [tuple(row) for row in mine] == wanted, f"altered: {position.feed} of {store}"


def _reckon_returns(world: World, kept: list[Kept]) -> None:
    """All stores together pay out no more than was paid, and each sale is at one of them."""
    sold: dict[tuple[uuid.UUID, int], tuple[int, int]] = {}
    back: dict[tuple[uuid.UUID, int], list[tuple[str, int, int]]] = collections.defaultdict(list)
    for store, fact_id, line in _ticket_lines(world, kept):
        if line.origin is not None:
            part = store, -line.quantity_milli, -line.amount_fen
            back[line.origin.fact_id, line.origin.sale_line_no].append(part)
        elif not line.is_return:
            sold[fact_id, line.line_no] = line.quantity_milli, line.amount_fen
    sellers = {fact_id: store for store, fact_id, _line in _ticket_lines(world, kept)}
    for key, parts in back.items():
        assert key in sold, f"lost: the sale of {parts}"
        stores = {sellers[key[0]], *(store for store, _milli, _fen in parts)}
        if any(world.witness.stores[store].has_break for store in stores):
            continue  # Its box came from the past, and did not know what it had taken back.
        milli, fen = sum(part[1] for part in parts), sum(part[2] for part in parts)
        is_more = milli > sold[key][0] or fen > sold[key][1]
        assert not is_more, f"duplicated: {parts} came back of {sold[key]}"
    payloads = [one.happening.payload for one in kept if one.happening is not None]
    asked = {one.sale_id for one in payloads if isinstance(one, SaleRequested)}
    for sale_id in sorted(asked & sellers.keys()):
        holders = [store for store in world.stores if _has_sale(world, store, sale_id)]
        assert len(holders) == 1, f"differs: sale {sale_id} is at {holders}"


def _ticket_lines(world: World, kept: list[Kept]) -> Iterator[tuple[str, uuid.UUID, TicketLine]]:
    """With store and fact_id of their tickets."""
    for one in kept:
        happening = one.happening
        if happening is None or one.body in world.poison:
            continue
        if isinstance(happening.payload, Ticket):
            for line in happening.payload.lines:
                yield one.store, happening.fact_id, line


def _has_sale(world: World, store: str, sale_id: uuid.UUID) -> bool:
    try:
        passed_sales.find_sale_here(world.shops[store].machine.db, store, sale_id)
    except (SaleNotFoundError, SalePassedOnError):
        return False
    return True


def _reckon_chains(world: World, kept: list[Kept]) -> None:
    """The chain goes through all lives of a store, reckoned by itself."""
    for store, facts in itertools.groupby(kept, key=lambda one: one.store):
        head = bytes(32)
        for one in facts:
            head = hashlib.blake2b(head + one.body, digest_size=32).digest()
            assert head == one.head, f"altered: chain of {store} at {one.epoch}, {one.seq}"
    for table in ("hub_journal", "apply_log"):
        number = {"hub_journal": "receive_no", "apply_log": "apply_no"}[table]
        ((count, last),) = world.hub.ask(
            f"SELECT count(*), coalesce(max({number}), 0) FROM {table}"
        )
        assert count == last, f"lost: gap in the numbers of {table}"


def _reckon_parked(world: World, kept: list[Kept]) -> None:
    """I8: parked is what had to be parked, for its reason, and nothing else."""
    parked = {
        (store, epoch, seq): reason
        for store, epoch, seq, reason in world.hub.ask(
            "SELECT store, epoch, seq, reason_code FROM parked"
        )
    }
    logged = {tuple(row) for row in world.hub.ask("SELECT store, epoch, seq FROM apply_log")}
    for one in kept:
        reason = world.poison.get(one.body) or None
        if reason is None and one.place in parked:
            assert _is_orphan(world, one), f"differs: {one.place} parked: {parked[one.place]}"
            reason = "document_missing"
        assert parked.get(one.place) == reason, f"differs: {one.place} {reason}: {parked}"
        assert (one.place in logged) is (reason is None), f"lost: {one.place} is nowhere"


def _is_orphan(world: World, one: Kept) -> bool:
    """Whether a fact names an order that headquarters lost when it was restored."""
    payload = one.happening.payload if one.happening is not None else None
    number = getattr(payload, "purchase_order_no", "") or getattr(payload, "transfer_no", "")
    found = world.hub.ask(
        "SELECT 1 FROM purchase_order WHERE purchase_order_no = ?"
        " UNION ALL SELECT 1 FROM transfer_order WHERE transfer_no = ?",
        number,
        number,
    )
    return bool(number) and not found and world.faults["hub_restored"] > 0


def _reckon_order(world: World) -> None:
    """Posted in the order of receipt, but for what was parked in between."""
    rows = world.hub.ask(
        "SELECT j.receive_no, store, epoch, seq FROM apply_log AS a JOIN hub_journal AS j"
        " USING (store, epoch, seq) ORDER BY a.apply_no"
    )
    steady = [row[0] for row in rows if tuple(row[1:]) not in world.parked_seen]
    assert steady == sorted(steady), f"differs: order of posting {steady}"


def _reckon_periods(world: World, by_place: dict[tuple[str, int, int], Kept]) -> None:
    """What comes after a month's close is posted to the next one, and keeps its business date."""
    closed = ""
    for apply_no, store, epoch, seq, period in world.hub.ask(
        "SELECT apply_no, store, epoch, seq, period FROM apply_log ORDER BY apply_no"
    ):
        happening = by_place[store, epoch, seq].happening
        assert happening is not None
        if isinstance(happening.payload, PeriodClosed):
            closed = happening.payload.period
            continue
        month = happening.business_date.isoformat()[:7]
        expected = month if month > closed else _month_after(closed)
        assert period == expected, f"differs: {apply_no} of {month} posted to {period}"
    wrong = world.hub.ask(
        "SELECT e.store, e.epoch, e.seq FROM entry_line AS e JOIN apply_log AS a"
        " USING (store, epoch, seq) WHERE e.period <> a.period"
    )
    assert not wrong, f"differs: months of {wrong}"


def _month_after(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12:04}-{number % 12 + 1:02}"


def _reckon_books(world: World, by_place: dict[tuple[str, int, int], Kept]) -> None:
    """I4, I5, I6: stock, cost and goods in transit, by a second reckoning in the log's order."""
    orders: dict[str, dict[int, tuple[int, int]]] = collections.defaultdict(dict)
    for number, item_id, fen, milli in world.hub.ask(
        "SELECT purchase_order_no, item_id, value_fen, quantity_milli FROM purchase_order_line"
    ):
        orders[number][item_id] = (fen, milli)
    books = ReferenceBooks(orders)
    log = world.hub.ask("SELECT store, epoch, seq FROM apply_log ORDER BY apply_no")
    ids = {}
    for store, epoch, seq in log:
        happening = by_place[store, epoch, seq].happening
        assert happening is not None
        ids[store, epoch, seq] = happening.fact_id
        if store != HQ_STORE:
            books.add(store, happening)
    _compare(world, "on_hand", "store, state, item_id, lot", "quantity_milli", books.on_hand)
    costs = {key: (pile.fen, pile.milli) for key, pile in books.piles.items()}
    _compare(world, "cost", "store, item_id", "value_fen, quantity_milli", costs)
    transit = {key: (pile.fen, pile.milli) for key, pile in books.transit.items()}
    _compare(world, "in_transit", "transfer_no, item_id", "value_fen, quantity_milli", transit)
    for store, epoch, seq, line_no, cost in world.hub.ask(
        "SELECT store, epoch, seq, line_no, cost_fen FROM sale_line"
    ):
        expected = books.line_costs[ids[store, epoch, seq], line_no]
        assert cost == expected, f"differs: cost {cost} of a line of {store}, not {expected}"
    for table in ("sale_line", "store_day"):
        sums = world.hub.ask(f"SELECT sum(amount_fen), sum(tax_fen) FROM {table}")
        assert sums == [(books.sales_fen, books.tax_fen)], f"differs: sales of {table}: {sums}"


def _compare(
    world: World, table: str, keys: str, values: str, expected: Mapping[Any, object]
) -> None:
    width = keys.count(",") + 1
    there = {}
    for row in world.hub.ask(f"SELECT {keys}, {values} FROM {table}"):
        value = row[width] if len(row) == width + 1 else row[width:]
        there[row[:width]] = value
    zero = 0 if values.count(",") == 0 else (0, 0)
    wrong = [
        (key, there.get(key), expected.get(key))
        for key in there.keys() | expected.keys()
        if there.get(key, zero) != expected.get(key, zero)
    ]
    assert not wrong, f"differs: {table}: {wrong[:3]}"


def _reckon_with_the_products_own_checks(world: World) -> None:
    """I6, I11: sub-ledgers against accounts; delete the projections, fold again, equal bytes."""
    with world.hub.reading() as db:
        ledger = checks.read_ledger_checks(db)
        assert not any(dataclasses.astuple(ledger)), f"differs: {ledger}"
        for check in (
            checks.read_stock_difference_milli,
            checks.read_cost_difference_milli,
            checks.read_transit_difference_milli,
            checks.read_trial_balance_difference_fen,
        ):
            assert check(db) == 0, f"differs: {check.__name__}"
    if world.seed % REBUILD_EVERY == 0:
        folded = verify_projections(world.hub.db, str(world.folder))
        wrong = [check.table for check in folded if not check.is_equal]
        assert not wrong, f"differs: folded again, {wrong} are other tables"
        store = world.random.choice(world.stores)
        if store != world.poisoned:
            box_db = world.shops[store].machine.db
            box_rebuild.check_chain(box_db)
            wrong = [c.table for c in box_rebuild.verify_projections(box_db) if c.differing_rows]
            assert not wrong, f"differs: {store} folded again, {wrong} are other tables"
