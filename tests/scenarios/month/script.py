"""The month itself: day by day, with the four named cases on their days."""

from __future__ import annotations

import dataclasses
import datetime
import pathlib
import random
import shutil
from collections.abc import Callable

from edge_agent.services.carry_over import export_unsent, import_unsent
from hq_hub.services import recovery
from hq_hub.store import alarms
from hq_hub.store.alarms import AlarmKind
from retail_domain.stock.goods import ReceiptPurpose
from tests.hq_hub.wire_hub import enrol_box
from tests.scenarios.month.chain import HubFiles, Office, open_office
from tests.scenarios.month.line import CHINA, BoxLine
from tests.scenarios.month.office_work import Finance
from tests.scenarios.month.reckoning import MonthFigures, reckon
from tests.scenarios.month.store import Busy, Store

FIRST_DAY = datetime.date(2026, 10, 1)
TALK_STEPS = 12
"""Of a line on an ordinary day: some of it is left for the next one."""
PURCHASE_UNITS = 20
"""Of every item on a purchase order."""
LATE = Busy(baskets=3, returns=1)
"""After the close, in a case."""
SETTLE_ROUNDS = 200
"""Bounds the end: a line that has not settled by then has stalled."""


@dataclasses.dataclass(frozen=True, slots=True)
class Plan:
    """How long and how large, and on which days what happens to whom."""

    stores: int
    days: int
    seed: int

    @property
    def names(self) -> list[str]:
        return [f"S{number:03}" for number in range(1, self.stores + 1)]

    def day_of(self, share: float) -> int:
        """A day of the month, from 1, by its share of the whole."""
        return max(2, round(self.days * share))


class Month:
    """One play."""

    def __init__(self, plan: Plan, folder: pathlib.Path, office: Office) -> None:
        self.plan, self.folder, self.office = plan, folder, office
        self.chance = random.Random(plan.seed)
        self.cases: set[AlarmKind | str] = set()
        self.finance = Finance(office, PURCHASE_UNITS)
        office.set_up(plan.names)
        self.lines = {name: self._enrol(name) for name in plan.names}
        self.stores = {
            name: Store(line, random.Random(self.chance.random()))
            for name, line in self.lines.items()
        }
        for name, other in zip(plan.names, [*plan.names[1:], plan.names[0]], strict=True):
            self.stores[name].neighbour = self.stores[other]
        self._image: pathlib.Path | None = None
        restored, cloned, replaced = (plan.names[place % plan.stores] for place in (0, 1, 2))
        self._events: dict[int, list[Callable[[], None]]] = {}
        self._plan_event(0.25, lambda: self._save_image(restored))
        self._plan_event(0.35, lambda: self._restore_box(restored))
        self._plan_event(0.50, lambda: self._clone_box(cloned))
        self._plan_event(0.65, lambda: self._replace_box(replaced))
        self._plan_event(0.80, self._restore_hub)

    def play(self) -> MonthFigures:
        """All days, then until nothing is on its way."""
        for number in range(1, self.plan.days + 1):
            self._play_day(number)
        self._close_the_month()
        self._settle()
        return reckon(self.office, self.lines, self.cases)

    def _play_day(self, number: int) -> None:
        date = FIRST_DAY + datetime.timedelta(days=number - 1)
        self._set_time(date, 6)
        self._decide(number)
        for line in self.lines.values():
            line.talk(TALK_STEPS)
        for name in self.plan.names:
            self._trade(name, date)
        self._set_time(date, 23)
        for event in self._events.get(number, ()):
            event()
        for line in self.lines.values():
            if self.chance.random() < 0.9:  # Now and then a store is dark for a day.
                line.talk(TALK_STEPS)
            line.cut()
        self.office.apply()

    def _trade(self, name: str, date: datetime.date) -> None:
        busy = Busy(baskets=self.chance.randint(2, 6), returns=self.chance.randint(0, 2))
        self.stores[name].day(date, busy, is_closed_in_the_evening=self.chance.random() < 0.95)

    def _decide(self, number: int) -> None:
        """Headquarters orders goods, moves some between stores, and keeps its books."""
        names = self.plan.names
        self.finance.day(number)
        if number % 3 == 0:
            self.office.order(self.chance.choice(names), ReceiptPurpose.PURCHASE, PURCHASE_UNITS)
        if number % 2 == 0 and len(names) > 1:
            source, target = self.chance.sample(names, 2)
            self.office.transfer(source, target)

    # The four cases.

    def _save_image(self, name: str) -> None:
        self._image = self.lines[name].save()

    def _restore_box(self, name: str) -> None:
        """The store's disk is put back to an old copy; the store trades on, a person approves."""
        line = self.lines[name]
        self._talk_until(lambda: line.is_settled, line)
        assert self._image is not None
        line.put_back(self._image)
        self.stores[name].forget_receipts()
        self.stores[name].trade_on(LATE)
        self._talk_until(lambda: self._has_alarm(name, AlarmKind.HISTORY_FORKED), line)
        recovery.approve_epoch(self.office.db, name, "", self.office.hub.at)
        self._talk_until(lambda: line.is_settled, line)
        self.cases.add(AlarmKind.HISTORY_FORKED)

    def _clone_box(self, name: str) -> None:
        """Two machines with one disk trade; one goes on, the other's facts come over in a file."""
        line = self.lines[name]
        self._talk_until(lambda: line.is_settled, line)
        twin_path = self.folder / f"{name}-twin.db"
        shutil.copy(line.save(), twin_path)
        twin = BoxLine(twin_path, line.enrolled, self.office.hub, random.Random(self.plan.seed))
        twin.clock.at = line.clock.at
        twin_store = Store(twin, random.Random(self.plan.seed))
        twin_store.trade_on(LATE)
        self.stores[name].trade_on(LATE)

        def both_spoke() -> bool:
            for machine in (line, twin):
                self.office.hub.at += datetime.timedelta(minutes=1)
                machine.talk(20, is_flapping=False)
            return self._has_alarm(name, AlarmKind.BOX_CLONED)

        self._talk_until(both_spoke, line)
        recovery.approve_epoch(self.office.db, name, line.boot_id.hex, self.office.hub.at)
        self._talk_until(lambda: line.is_settled, line)
        carried = self.folder / f"{name}-twin.facts"
        export_unsent(twin.db, twin.identity, carried, is_whole=True)
        twin.stop()
        import_unsent(line.db, line.identity, carried)
        self.cases.add(AlarmKind.BOX_CLONED)

    def _replace_box(self, name: str) -> None:
        """The store's disk is gone, with facts that the hub never got."""
        line = self.lines[name]
        self._talk_until(lambda: line.is_settled, line)
        line.replace(enrol_box(self.office.db, name, is_replacement=True, now=self.office.hub.at))
        self._talk_until(lambda: line.is_settled, line)
        assert line.lives
        self.stores[name].forget_receipts()
        self.cases.add(AlarmKind.BOX_REPLACED)

    def _restore_hub(self) -> None:
        """The hub is put back to the evening of the day before the boxes sent this day's facts."""
        self.office.back_up()
        for line in self.lines.values():
            line.talk(TALK_STEPS)
        self.office.apply()
        self.office.restore()
        self.cases.add("hub_restored")

    # The end.

    def _close_the_month(self) -> None:
        """One store is dark: its last facts of the month come after the close."""
        dark = self.lines[self.plan.names[-1]]
        self.stores[dark.store].trade_on(LATE)
        for line in self.lines.values():
            if line is not dark:
                self._talk_until(lambda line=line: line.is_settled, line)  # type: ignore[misc]  # Bound now.
        self.office.apply()
        after = FIRST_DAY + datetime.timedelta(days=33)
        self._set_time(after, 9)
        self.finance.close_month(FIRST_DAY.isoformat()[:7])

    # Time.

    def _set_time(self, date: datetime.date, hour: int) -> None:
        local = datetime.datetime.combine(date, datetime.time(hour), CHINA)
        self.office.hub.at = local.astimezone(datetime.UTC)
        for line in self.lines.values():
            line.clock.at = max(line.clock.at, self.office.hub.at)

    def _settle(self) -> None:
        """Let every line work until nothing is on its way, and what was put right is answered."""
        for line in self.lines.values():
            self._talk_until(lambda line=line: line.is_settled, line)  # type: ignore[misc]  # Bound now.
            self.stores[line.store].answer_headquarters()
            self._talk_until(lambda line=line: line.is_settled, line)  # type: ignore[misc]  # Bound now.
        self.office.apply()

    def _talk_until(self, is_so: Callable[[], bool], line: BoxLine) -> None:
        for _ in range(SETTLE_ROUNDS):
            if is_so():
                return
            line.talk(5)
        raise AssertionError(f"the line of {line.store} stalled")

    def _has_alarm(self, name: str, kind: AlarmKind) -> bool:
        with self.office.db.begin():
            return kind in {a.kind for a in alarms.read_open_alarms(self.office.db, name)}

    def _plan_event(self, share: float, event: Callable[[], None]) -> None:
        self._events.setdefault(self.plan.day_of(share), []).append(event)

    def _enrol(self, name: str) -> BoxLine:
        enrolled = enrol_box(self.office.db, name, now=self.office.hub.at)
        path = self.folder / f"{name}.db"
        return BoxLine(path, enrolled, self.office.hub, random.Random(self.chance.random()))


def play_month(plan: Plan, folder: pathlib.Path, files: HubFiles) -> MonthFigures:
    """Play a month and reckon."""
    start = datetime.datetime.combine(FIRST_DAY, datetime.time(6), CHINA).astimezone(datetime.UTC)
    with open_office(files, start, random.Random(plan.seed)) as office:
        month = Month(plan, folder, office)
        try:
            return month.play()
        finally:
            for line in month.lines.values():
                line.stop()
