"""Builds the plan of a demo in two passes that hold one store at most.

First every line goes to its store's file and its item is noted; then each store's lines become
baskets. A start that dies in the middle begins anew.
"""

from __future__ import annotations

import dataclasses
import json
import pathlib
from collections.abc import Iterable, Iterator, Sequence

from deploy.demo.complete_journey import share_evenly
from deploy.demo.errors import TradeEmptyError
from deploy.demo.trade_line import Reason, RejectedRow, TradeLine
from deploy.demo.trade_plan import (
    ITEMS_FILE,
    PLAN_FILE,
    PlannedBasket,
    PlannedItem,
    PlannedLine,
    PlannedStore,
    TradePlan,
    baskets_path,
    dump_basket,
    dump_item,
    dump_plan,
    read_lines,
    stable_number,
    write_lines,
)
from protos.instant import EPOCH_START, MILLISECOND
from retail_domain.catalog.item import Item, UnitOfMeasure
from retail_domain.rounding import MILLI
from retail_domain.trade.open_ticket import TICKET_LINES_MAX
from retail_domain.trade.tender import TENDER_FEN_MAX, TenderKind

REJECTED_LISTED_MAX = 10_000
"""Refused rows that a report lists, first in the file first; all of them are counted."""
BUFFER_LINES = 50_000
"""Lines held before they are written to their stores' files: bounds memory."""
REGISTERS = ("1", "2")

RawLine = tuple[int, str, int, int, str, int, int, int, int, str]
"""row, basket_id, line_no, item_id, gtin, quantity, price, discount, sold_at_ms, tender"""


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
            write_lines(baskets_path(folder, store), map(dump_basket, baskets))
            stores.append(_measure(store, baskets))
    if not stores:
        raise TradeEmptyError(path=source, rejected=sorter.rejected_count)
    for store in largest:
        raw_path(folder, store).unlink()
    write_lines(folder / ITEMS_FILE, map(dump_item, sorter.items()))
    rejected = sorted(sorter.rejected, key=lambda row: row.row)
    plan = TradePlan(tuple(stores), tuple(rejected), sorter.rejected_count)
    write_lines(folder / PLAN_FILE, [dump_plan(plan)])  # Last: now the plan is whole.
    return plan


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
    for fields in read_lines(raw_path(folder, store)):
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
