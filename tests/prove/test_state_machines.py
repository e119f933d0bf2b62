"""Layer 1: journal, cursor, stock, feeds and cost as hypothesis plays with them.

Apply and transfers have theirs in tests/hq_hub/test_books_properties.py.
"""

from __future__ import annotations

import contextlib
import pathlib
import tempfile

import hypothesis
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from edge_agent.services.rebuild import check_chain
from edge_agent.store import feeds, journal
from edge_agent.store.database import open_database, write_transaction
from edge_agent.store.feeds import DocumentChange, ScopePosition
from edge_agent.store.identity import Identity, write_identity
from edge_agent.store.migrations import migrate
from edge_agent.store.projections import read_on_hand
from protos import chain
from protos.documents import PRICES_FEED, encode_price, item_key
from protos.feed_hash import hash_scope
from retail_domain.catalog.item import Price
from retail_domain.ledger.average_cost import AverageCost
from retail_domain.stock.goods import GoodsReceived
from tests.prove.reference_books import Pile
from tests.retail_domain.builders import make_happening, make_receipt, make_ticket

QUIET = hypothesis.settings(
    max_examples=25, stateful_step_count=20, deadline=None, derandomize=True
)
IDENTITY = Identity("chain", "S001", "B1", "一店", "Store 1", "Z1")


class StopError(Exception):
    """The power goes."""


class BoxMachine(RuleBasedStateMachine):
    """A journal with its cursor and its stock, acks true and false, documents in any order."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = contextlib.ExitStack()
        folder = self._folder.enter_context(tempfile.TemporaryDirectory())
        path = str(pathlib.Path(folder, "box.sqlite"))
        migrate(path)
        self.db = open_database(path)
        with write_transaction(self.db):
            write_identity(self.db, IDENTITY, epoch=1, epoch_start_head=chain.GENESIS)
        self.heads = [chain.GENESIS]
        self.stock_milli = 0
        self.durable_seq, self.generation, self.number = 0, 0, 0
        self.price_list: dict[bytes, bytes] = {}
        self.position = feeds.read_position(self.db, PRICES_FEED)

    def teardown(self) -> None:
        self.db.close()
        self._folder.close()

    @rule(pieces=st.integers(1, 9), is_sale=st.booleans(), stops=st.booleans())
    def trade(self, pieces: int, *, is_sale: bool, stops: bool) -> None:
        self.number += 1
        milli = pieces * 1_000
        payload = make_ticket((1, milli, 300)) if is_sale else make_receipt((1, milli))
        happening = make_happening(payload, self.number)
        with contextlib.suppress(StopError), write_transaction(self.db):
            journal.append_fact(self.db, IDENTITY, happening)
            if stops:
                raise StopError
        if not stops:
            self.stock_milli += milli if isinstance(payload, GoodsReceived) else -milli
            body = self.db.execute(
                "SELECT body FROM journal ORDER BY epoch DESC, seq DESC LIMIT 1"
            ).fetchone()
            assert body is not None
            assert isinstance(body[0], bytes)
            self.heads.append(chain.next_head(self.heads[-1], body[0]))

    @rule(percent=st.integers(0, 100), step=st.integers(-1, 1), is_ours=st.booleans())
    def hear_ack(self, percent: int, step: int, *, is_ours: bool) -> None:
        seq, generation = percent * (len(self.heads) - 1) // 100, max(0, self.generation + step)
        head = self.heads[seq] if is_ours else b"another history" + bytes(17)
        with write_transaction(self.db):
            answer = journal.accept_ack(
                self.db, epoch=1, durable_seq=seq, durable_head=head, hub_generation=generation
            )
        assert answer is is_ours
        if is_ours and generation > self.generation:
            self.generation, self.durable_seq = generation, seq
        elif is_ours and generation == self.generation:
            self.durable_seq = max(self.durable_seq, seq)

    @rule(
        prices=st.dictionaries(st.integers(1, 5), st.integers(1, 9), min_size=1),
        step=st.integers(-1, 2),
        is_true=st.booleans(),
        is_whole=st.booleans(),
        knows=st.booleans(),
    )
    def hear_prices(
        self,
        prices: dict[int, int],
        step: int,
        *,
        is_true: bool,
        is_whole: bool,
        knows: bool,
    ) -> None:
        bodies = {item_key(item): encode_price(Price(item, fen)) for item, fen in prices.items()}
        after = bodies if is_whole else self.price_list | bodies
        content_hash = hash_scope(sorted(after.items())) if is_true else bytes(32)
        here = self.position
        target = ScopePosition(PRICES_FEED, "Z1", 1, max(1, here.version + step), content_hash)
        base = 0 if is_whole else here.version + (0 if knows else 7)
        is_base = is_whole or (knows and base > 0 and here.generation == 1)
        is_onward = (target.generation, target.version) >= (here.generation, here.version)
        changes = [DocumentChange(key, target.version, body) for key, body in bodies.items()]
        with write_transaction(self.db):
            is_applied = feeds.apply_changes(
                self.db, base_version=base, target=target, changes=changes
            )
        if base == 0:
            is_base, after = True, bodies
            is_true = content_hash == hash_scope(sorted(after.items()))
        assert is_applied is (is_base and is_onward and is_true)
        if is_applied:
            self.position, self.price_list = target, after

    @invariant()
    def everything_is_as_it_was_told(self) -> None:
        tail = journal.read_tail(self.db)
        assert (tail.seq, tail.head) == (len(self.heads) - 1, self.heads[-1])
        assert (tail.durable_seq, tail.hub_generation) == (self.durable_seq, self.generation)
        assert read_on_hand(self.db, 1) == self.stock_milli
        assert check_chain(self.db) == len(self.heads) - 1
        assert feeds.read_position(self.db, PRICES_FEED) == self.position
        rows = self.db.execute("SELECT key, body FROM feed_document WHERE feed = 'prices'")
        assert {row[0]: row[1] for row in rows.fetchall()} == self.price_list


class CostMachine(RuleBasedStateMachine):
    """Average cost against the plain reckoning in fractions, sold short or not."""

    @initialize()
    def begin(self) -> None:
        self.pair, self.pile = AverageCost(), Pile()

    @rule(fen=st.integers(0, 10**6), milli=st.integers(1, 10**5))
    def receive(self, fen: int, milli: int) -> None:
        self.pair, variance = self.pair.receive(fen, milli)
        assert variance == self.pile.receive(fen, milli)

    @rule(fen=st.integers(0, 10**6), milli=st.integers(1, 10**5))
    def restore(self, fen: int, milli: int) -> None:
        self.pair, _variance = self.pair.restore(fen, milli)
        self.pile.restore(fen, milli)

    @rule(milli=st.integers(1, 10**5))
    def issue(self, milli: int) -> None:
        self.pair, cost_fen = self.pair.issue(milli)
        assert cost_fen == self.pile.issue(milli)

    @rule(milli=st.integers(0, 10**5))
    def estimate(self, milli: int) -> None:
        assert self.pair.estimate_fen(milli) == self.pile.estimate(milli)

    @invariant()
    def value_and_quantity_are_the_same(self) -> None:
        assert (self.pair.value_fen, self.pair.quantity_milli) == (self.pile.fen, self.pile.milli)


TestBoxMachine = BoxMachine.TestCase
TestBoxMachine.settings = QUIET
TestCostMachine = CostMachine.TestCase
TestCostMachine.settings = hypothesis.settings(QUIET, max_examples=100, stateful_step_count=30)
