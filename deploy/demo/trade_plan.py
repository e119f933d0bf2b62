"""What a demo will sell: items, and each store's baskets in order of time, kept in small files.

Built once, in two passes that hold one store at most; a restart finds the files and goes on.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
import pathlib
from collections.abc import Iterable, Iterator, Sequence

from deploy.demo.complete_journey import share_evenly
from deploy.demo.errors import TradeEmptyError
from deploy.demo.trade_line import Reason, RejectedRow, TradeLine
from protos.codec import EPOCH_START, MILLISECOND
from retail_domain.catalog.item import Item, TaxRate, UnitOfMeasure
from retail_domain.rounding import MILLI, multiply_price
from retail_domain.trade.open_ticket import TICKET_LINES_MAX
from retail_domain.trade.tender import TENDER_FEN_MAX, TenderKind

REJECTED_LISTED_MAX = 10_000
"""Refused rows that a report lists, first in the file first; all of them are counted."""
BUFFER_LINES = 50_000
"""Lines held before they are written to their stores' files: bounds memory."""
REGISTERS = ("1", "2")
PLAN_FILE, ITEMS_FILE = "plan.json", "items.jsonl"

RawLine = tuple[int, str, int, int, str, int, int, int, int, str]
"""row, basket_id, line_no, item_id, gtin, quantity, price, discount, sold_at_ms, tender"""


@dataclasses.dataclass(frozen=True, slots=True)
class PlannedItem:
    """An item as the hub will list it."""

    item: Item
    unit_price_fen: int
    unit_cost_fen: int | None
    """Net of VAT; None takes the default share of the price."""


@dataclasses.dataclass(frozen=True, slots=True)
class PlannedLine:
    """One line of a basket."""

    item_id: int
    gtin: str
    quantity_milli: int
    unit_price_fen: int
    discount_fen: int

    @property
    def amount_fen(self) -> int:
        """Paid, tax included."""
        return multiply_price(self.unit_price_fen, self.quantity_milli) - self.discount_fen


@dataclasses.dataclass(frozen=True, slots=True)
class PlannedBasket:
    """One customer."""

    basket_id: str
    sold_at_ms: int
    register_no: str
    tender: TenderKind
    lines: tuple[PlannedLine, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class PlannedStore:
    """What one store will sell, in figures."""

    store: str
    baskets: int
    lines: int
    quantity_milli: int
    amount_fen: int
    first_sold_at_ms: int


@dataclasses.dataclass(frozen=True, slots=True)
class TradePlan:
    """The whole play."""

    stores: tuple[PlannedStore, ...]
    """The largest first."""
    rejected: tuple[RejectedRow, ...]
    """At most REJECTED_LISTED_MAX, in the order of the file."""
    rejected_count: int

    @property
    def baskets(self) -> int:
        """Of all stores."""
        return sum(store.baskets for store in self.stores)

    @property
    def lines(self) -> int:
        """Of all stores."""
        return sum(store.lines for store in self.stores)

    @property
    def amount_fen(self) -> int:
        """Paid, tax included."""
        return sum(store.amount_fen for store in self.stores)

    @property
    def quantity_milli(self) -> int:
        """Sold."""
        return sum(store.quantity_milli for store in self.stores)


def load_plan(folder: pathlib.Path) -> TradePlan | None:
    """The plan that a former start made here; None when there is none."""
    path = folder / PLAN_FILE
    if not path.exists():
        return None
    kept = json.loads(path.read_text("utf-8"))
    return TradePlan(
        tuple(PlannedStore(*store) for store in kept["stores"]),
        tuple(
            RejectedRow(row, column, value, Reason(reason))
            for row, column, value, reason in kept["rejected"]
        ),
        kept["rejected_count"],
    )


def build_plan(
    folder: pathlib.Path,
    trade: Iterable[TradeLine | RejectedRow],
    *,
    source: str,
    stores_max: int | None = None,
    baskets_max: int | None = None,
) -> TradePlan:
    """Sort trade into plan files.

    Args:
        folder: where; made here. Leftovers of a start that died in the middle are replaced.
        trade: in any order.
        source: its name, for messages.
        stores_max: only the stores with the most lines; None for all.
        baskets_max: in all, the earliest of each store, spread evenly; None for all.

    Raises:
        TradeEmptyError: nothing can be played.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    sorter = _Sorter(folder)
    for entry in trade:
        sorter.take(entry)
    sorter.flush()
    largest = sorted(sorter.line_counts, key=lambda store: (-sorter.line_counts[store], store))
    chosen = largest[:stores_max]
    held = [_count_baskets(folder, store) for store in chosen]
    shares = share_evenly(held, sum(held) if baskets_max is None else baskets_max)
    stores = []
    for store, share in zip(chosen, shares, strict=True):
        baskets = group_baskets(_read_raw(folder, store), sorter.reject)[:share]
        if baskets:
            _write_lines(baskets_path(folder, store), map(_dump_basket, baskets))
            stores.append(_measure(store, baskets))
    if not stores:
        raise TradeEmptyError(path=source, rejected=sorter.rejected_count)
    for store in largest:
        raw_path(folder, store).unlink()
    _write_lines(folder / ITEMS_FILE, map(_dump_item, sorter.items()))
    rejected = sorted(sorter.rejected, key=lambda row: row.row)
    plan = TradePlan(tuple(stores), tuple(rejected), sorter.rejected_count)
    _write_lines(folder / PLAN_FILE, [_dump_plan(plan)])  # Last: now the plan is whole.
    return plan


def read_items(folder: pathlib.Path) -> Iterator[PlannedItem]:
    """Items in ascending order of item_id."""
    for fields in _read_lines(folder / ITEMS_FILE):
        item_id, sku, name, name_en, unit, rate_id, rate_bp, gtins, price_fen, cost_fen = fields
        rate = TaxRate(rate_id, rate_bp)
        item = Item(item_id, sku, name, name_en, UnitOfMeasure(unit), rate, tuple(gtins))
        yield PlannedItem(item, price_fen, cost_fen)


def read_baskets(folder: pathlib.Path, store: str) -> Iterator[PlannedBasket]:
    """Baskets of a store in order of time; one line of its file at a time."""
    for basket_id, sold_at_ms, register_no, tender, lines in _read_lines(
        baskets_path(folder, store)
    ):
        planned = tuple(PlannedLine(*line) for line in lines)
        yield PlannedBasket(basket_id, sold_at_ms, register_no, TenderKind(tender), planned)


def group_baskets(raw: Iterable[RawLine], reject: _Reject) -> list[PlannedBasket]:
    """Make a store's baskets of its lines, in order of time.

    A line that its basket can't take is handed to `reject`; the rest of the basket plays. A basket
    is as early as its first line in the file.
    """
    grouped: dict[str, dict[int, RawLine]] = {}
    due_fen: dict[str, int] = {}
    for line in raw:
        row, basket_id, line_no = line[:3]
        lines = grouped.setdefault(basket_id, {})
        due_after = due_fen.get(basket_id, 0) + _planned(line).amount_fen
        if line_no in lines:
            reject(RejectedRow(row, "line_no", str(line_no), Reason.DUPLICATE_LINE))
        elif len(lines) >= TICKET_LINES_MAX:
            reject(RejectedRow(row, "line_no", str(line_no), Reason.TICKET_FULL))
        elif due_after > TENDER_FEN_MAX:
            reject(RejectedRow(row, "unit_price_fen", str(line[6]), Reason.AMOUNT_TOO_LARGE))
        else:
            lines[line_no] = line
            due_fen[basket_id] = due_after
    baskets = [
        _make_basket(basket_id, list(lines.values())) for basket_id, lines in grouped.items()
    ]
    return sorted(baskets, key=lambda basket: (basket.sold_at_ms, basket.basket_id))


def raw_path(folder: pathlib.Path, store: str) -> pathlib.Path:
    """Where the first pass keeps a store's lines."""
    return folder / f"raw-{store}.jsonl"


def baskets_path(folder: pathlib.Path, store: str) -> pathlib.Path:
    """Where a store's baskets are."""
    return folder / f"baskets-{store}.jsonl"


def stable_number(*words: str) -> int:
    """A number of some words that is the same at every start, for choices that must repeat."""
    digest = hashlib.blake2b("\0".join(words).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big")


class _Reject:
    """Takes refused rows; lists the first ones and counts all."""

    def __init__(self) -> None:
        self.rejected: list[RejectedRow] = []
        self.rejected_count = 0

    def __call__(self, row: RejectedRow) -> None:
        self.rejected_count += 1
        if len(self.rejected) < REJECTED_LISTED_MAX:
            self.rejected.append(row)


@dataclasses.dataclass(slots=True)
class _ItemDraft:
    """An item while its lines come in."""

    item_id: int
    line: TradeLine
    """The first one with a price names and prices it."""
    gtins: set[str]
    is_weighed: bool = False


class _Sorter:
    """First pass: items by SKU, lines to their stores' files."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.reject = _Reject()
        self.line_counts: dict[str, int] = {}
        self._folder = folder
        self._drafts: dict[str, _ItemDraft] = {}
        self._buffered: dict[str, list[RawLine]] = {}
        self._buffered_count = 0

    @property
    def rejected(self) -> list[RejectedRow]:
        return self.reject.rejected

    @property
    def rejected_count(self) -> int:
        return self.reject.rejected_count

    def take(self, entry: TradeLine | RejectedRow) -> None:
        if isinstance(entry, RejectedRow):
            self.reject(entry)
            return
        draft = self._drafts.get(entry.sku)
        if draft is None:
            draft = _ItemDraft(len(self._drafts) + 1, entry, set())
            self._drafts[entry.sku] = draft
        elif draft.line.tax_rate != entry.tax_rate:
            rate = str(entry.tax_rate.rate_bp)
            self.reject(RejectedRow(entry.row, "tax_rate", rate, Reason.TAX_RATE_DIFFERS))
            return
        _improve(draft, entry)
        self._keep(entry.store, _raw_line(entry, draft.item_id))

    def flush(self) -> None:
        for store, lines in self._buffered.items():
            with raw_path(self._folder, store).open("a", encoding="utf-8") as file:
                file.writelines(json.dumps(line) + "\n" for line in lines)
        self._buffered.clear()
        self._buffered_count = 0

    def items(self) -> Iterator[PlannedItem]:
        for draft in self._drafts.values():
            line = draft.line
            unit = UnitOfMeasure.KILOGRAM if draft.is_weighed else UnitOfMeasure.PIECE
            gtins = tuple(sorted(draft.gtins))
            item = Item(
                draft.item_id, line.sku, line.name, line.name_en, unit, line.tax_rate, gtins
            )
            yield PlannedItem(item, line.unit_price_fen, line.unit_cost_fen)

    def _keep(self, store: str, line: RawLine) -> None:
        self.line_counts[store] = self.line_counts.get(store, 0) + 1
        self._buffered.setdefault(store, []).append(line)
        self._buffered_count += 1
        if self._buffered_count >= BUFFER_LINES:
            self.flush()


def _improve(draft: _ItemDraft, line: TradeLine) -> None:
    """Add to an item what one more line of it says."""
    if line.gtin:
        draft.gtins.add(line.gtin)
    if line.quantity_milli % MILLI:
        draft.is_weighed = True
    if draft.line.unit_price_fen == 0 < line.unit_price_fen:
        draft.line = line  # A gift came first.


def _raw_line(line: TradeLine, item_id: int) -> RawLine:
    return (
        line.row,
        line.basket_id,
        line.line_no,
        item_id,
        line.gtin,
        line.quantity_milli,
        line.unit_price_fen,
        line.discount_fen,
        (line.sold_at - EPOCH_START) // MILLISECOND,
        line.tender.value if line.tender else "",
    )


def _read_raw(folder: pathlib.Path, store: str) -> Iterator[RawLine]:
    for fields in _read_lines(raw_path(folder, store)):
        row, basket_id, line_no, item_id, gtin, quantity, price, discount, at_ms, tender = fields
        yield (row, basket_id, line_no, item_id, gtin, quantity, price, discount, at_ms, tender)


def _count_baskets(folder: pathlib.Path, store: str) -> int:
    return len({line[1] for line in _read_raw(folder, store)})


def _planned(line: RawLine) -> PlannedLine:
    return PlannedLine(*line[3:8])


def _make_basket(basket_id: str, lines: Sequence[RawLine]) -> PlannedBasket:
    number = stable_number(basket_id)
    tender = next((line[9] for line in lines if line[9]), "")
    by_chance = TenderKind.CASH if number % 3 == 0 else TenderKind.CARD
    return PlannedBasket(
        basket_id=basket_id,
        sold_at_ms=lines[0][8],
        register_no=REGISTERS[number % len(REGISTERS)],
        tender=TenderKind(tender) if tender else by_chance,
        lines=tuple(_planned(line) for line in sorted(lines, key=lambda line: line[2])),
    )


def _measure(store: str, baskets: Sequence[PlannedBasket]) -> PlannedStore:
    lines = [line for basket in baskets for line in basket.lines]
    return PlannedStore(
        store=store,
        baskets=len(baskets),
        lines=len(lines),
        quantity_milli=sum(line.quantity_milli for line in lines),
        amount_fen=sum(line.amount_fen for line in lines),
        first_sold_at_ms=baskets[0].sold_at_ms,
    )


def _dump_basket(basket: PlannedBasket) -> str:
    lines = [dataclasses.astuple(line) for line in basket.lines]
    fields = (basket.basket_id, basket.sold_at_ms, basket.register_no, basket.tender.value, lines)
    return json.dumps(fields)


def _dump_item(planned: PlannedItem) -> str:
    item = planned.item
    return json.dumps(
        (
            item.item_id,
            item.sku,
            item.name,
            item.name_en,
            item.unit_of_measure.value,
            item.tax_rate.tax_rate_id,
            item.tax_rate.rate_bp,
            item.gtins,
            planned.unit_price_fen,
            planned.unit_cost_fen,
        ),
        ensure_ascii=False,
    )


def _dump_plan(plan: TradePlan) -> str:
    return json.dumps(
        {
            "stores": [dataclasses.astuple(store) for store in plan.stores],
            "rejected": [
                (row.row, row.column, row.value, row.reason.value) for row in plan.rejected
            ],
            "rejected_count": plan.rejected_count,
        },
        ensure_ascii=False,
    )


def _write_lines(path: pathlib.Path, lines: Iterable[str]) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8") as file:
        file.writelines(line + "\n" for line in lines)
    part.replace(path)


def _read_lines(path: pathlib.Path) -> Iterator[list]:  # type: ignore[type-arg]  # JSON of ours.
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def instant(at_ms: int) -> datetime.datetime:
    """UTC instant of milliseconds of Unix time."""
    return EPOCH_START + at_ms * MILLISECOND
