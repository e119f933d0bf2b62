"""labels: shelf labels from item to printer's bytes, beside Pillow and zint drawing the same dots.

The raw arm draws the same texts at the places and sizes that it was told, and makes the same codes
and bytes: what is left out is our own layout with its checks, and the page's way over the link.
"""

from __future__ import annotations

import dataclasses
import datetime
import pathlib
import random
import statistics
import time
from collections.abc import Sequence
from typing import Any

from PIL import Image, ImageDraw

from benchmarks import trade
from benchmarks.measure import Figures, Spent, latency_ms, peak_rss_mb, spread, stopwatch
from edge_agent.services.catalog import ListedItem
from edge_agent.services.label_page import LabelPlace, LabelWish, lay_out_label
from edge_agent.services.print_pages import decode_page, encode_page
from hardware.printer import drivers
from hardware.printer.bitmap import from_ink
from hardware.printer.drivers import LANGUAGES
from hardware.printer.page import Label
from hardware.printer.render import draw_code, draw_text, to_dots
from retail_domain.labels.built_in_templates import SHELF_LABEL

LABELS = 500
"""A new price list in a large store; a printer takes four minutes for them."""
ROUNDS = 9
SCALE = 8
OPTIONS = {"dots_per_mm": str(SCALE), "gap_mm": "2"}
LANGUAGE = "zpl"
"""Hexadecimal: the one with the most bytes."""
NAME_CHARACTERS = (4, 30)
TARGET_S = 10.0
PLACE = LabelPlace("测试店", datetime.date(2026, 11, 26))


class Recorder:
    """Takes what is drawn instead of drawing it."""

    def __init__(self) -> None:
        self.texts: list[tuple[Any, str, Any]] = []
        self.rectangles: list[Any] = []

    def text(self, at: Any, line: str, *, fill: int, font: Any, anchor: str) -> None:  # noqa: ANN401 - as Pillow has it
        """A line of text."""
        assert (fill, anchor) == (1, "ls")
        self.texts.append((at, line, font))

    def rectangle(self, box: Any, *, fill: int) -> None:  # noqa: ANN401 - as Pillow has it
        """A black rectangle."""
        assert fill == 1
        self.rectangles.append(box)


@dataclasses.dataclass(frozen=True, slots=True)
class RawLabel:
    """A label of which everything is known but its dots."""

    page: Label
    drawn: Recorder


@dataclasses.dataclass(slots=True)
class Arm:
    """What one arm took, round by round, and label by label."""

    rounds: list[Spent] = dataclasses.field(default_factory=list)
    labels_s: list[float] = dataclasses.field(default_factory=list)

    @property
    def rates(self) -> list[float]:
        """Labels a second of each round."""
        return [LABELS / spent.wall_s for spent in self.rounds]


def run(_folder: pathlib.Path) -> Figures:
    """Measure both arms in turn; the first round of each warms up and is not counted."""
    goods = make_listed()
    pages = [lay_out_label(SHELF_LABEL, listed, wish_for(listed), PLACE) for listed in goods]
    raw_labels = [RawLabel(page, record(page)) for page in pages]
    ours, raw = Arm(), Arm()
    for round_no in range(ROUNDS + 1):
        made = print_labels(goods, ours)
        assert made == print_raw(raw_labels, raw), "the arms differ"
        if round_no == 0:
            ours, raw = Arm(), Arm()
    return make_figures(ours, raw, sum(map(len, made)))


def make_listed() -> list[ListedItem]:
    """Items with names of common Chinese characters, short and long."""
    goods, chance = trade.make_goods(LABELS), random.Random(5)  # noqa: S311 - names, not keys
    return [
        ListedItem(dataclasses.replace(item, name=draw_name(chance)), price)
        for item, price in zip(goods.items, goods.prices, strict=True)
    ]


def draw_name(chance: random.Random) -> str:
    """A name out of the 3,755 characters of GB 2312's first level, for which 94 are in a row."""
    codes = (
        bytes((chance.randrange(0xB0, 0xD7), chance.randrange(0xA1, 0xFF)))
        for _ in range(chance.randint(*NAME_CHARACTERS))
    )
    return b"".join(codes).decode("gb2312", errors="replace").replace("\ufffd", "品")


def wish_for(listed: ListedItem) -> LabelWish:
    """One label."""
    return LabelWish(listed.item.item_id)


def print_labels(goods: Sequence[ListedItem], arm: Arm) -> list[bytes]:
    """Labels as the product makes them: page, bytes of the link and back, dots, bytes."""
    made = []
    with stopwatch() as spent:
        for listed in goods:
            began_s = time.perf_counter()
            sent = encode_page(lay_out_label(SHELF_LABEL, listed, wish_for(listed), PLACE))
            page = decode_page(sent)
            assert isinstance(page, Label)
            made.append(drivers.encode_page(LANGUAGE, OPTIONS, page))
            arm.labels_s.append(time.perf_counter() - began_s)
    arm.rounds.append(spent)
    return made


def record(page: Label) -> Recorder:
    """Where each line of text goes, and at which size."""
    recorder = Recorder()
    for rule in page.rules:
        x, y, width, height = (
            to_dots(length, SCALE)
            for length in (rule.x_um, rule.y_um, rule.width_um, rule.height_um)
        )
        recorder.rectangle((x, y, x + width - 1, y + height - 1), fill=1)
    for text in page.texts:
        draw_text(recorder, text, SCALE)  # type: ignore[arg-type]  # It has what is called.
    return recorder


def print_raw(labels: Sequence[RawLabel], arm: Arm) -> list[bytes]:
    """The same labels from their parts."""
    size = to_dots(SHELF_LABEL.width_um, SCALE), to_dots(SHELF_LABEL.height_um, SCALE)
    encode = LANGUAGES[LANGUAGE].encode
    made = []
    with stopwatch() as spent:
        for label in labels:
            began_s = time.perf_counter()
            ink = Image.new("1", size, 0)
            draw = ImageDraw.Draw(ink)
            for box in label.drawn.rectangles:
                draw.rectangle(box, fill=1)
            for at, line, font in label.drawn.texts:
                draw.text(at, line, fill=1, font=font, anchor="ls")
            for code in label.page.codes:
                draw_code(ink, code, SCALE)
            made.append(encode(from_ink(ink), OPTIONS))
            arm.labels_s.append(time.perf_counter() - began_s)
    arm.rounds.append(spent)
    return made


def make_figures(ours: Arm, raw: Arm, sent_bytes: int) -> Figures:
    """Put the rounds together."""
    seconds = [spent.wall_s for spent in ours.rounds]
    ratios = [a / b for a, b in zip(ours.rates, raw.rates, strict=True)]
    return Figures(
        bench="labels",
        value=statistics.median(ours.rates),
        unit="labels/s",
        limit=statistics.median(raw.rates),
        cpu_us_per_line=statistics.median(s.cpu_s for s in ours.rounds) / LABELS * 1e6,
        peak_rss_mb=peak_rss_mb(),
        detail={
            "labels": LABELS,
            "seconds": spread(seconds),
            "target_s": TARGET_S,
            "label": latency_ms(ours.labels_s),
            "raw_label": latency_ms(raw.labels_s),
            "ratio_by_round": spread(ratios),
            "label_mm": f"{SHELF_LABEL.width_um // 1000} x {SHELF_LABEL.height_um // 1000}",
            "dots_per_mm": SCALE,
            "language": LANGUAGE,
            "bytes_per_label": sent_bytes // LABELS,
        },
    )
