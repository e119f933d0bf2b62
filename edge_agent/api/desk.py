"""A register's desk: runs its commands one after the other and tells its screens what changed."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import uuid
from typing import Protocol

from edge_agent.api import messages, payment_messages
from edge_agent.api.message import Numbered
from edge_agent.services import attendance, receipts
from edge_agent.services.answers import Answer, Refusal
from edge_agent.services.attendance import Place
from edge_agent.services.box import Box
from edge_agent.services.catalog import ListedItem
from edge_agent.services.floor import WeightSeen
from edge_agent.services.register import Command, CommandName, Done, execute_command, is_for_payment
from edge_agent.services.wallet_errors import WalletDeclinedError, WalletTakenBackError
from edge_agent.services.wallet_payments import Heard, hear_payment
from edge_agent.services.weighing import Pan, Scale
from edge_agent.store import registers, staff, trading, wallet_payments
from edge_agent.store.sqlite_library import Connection
from edge_agent.store.wallet_payments import WalletPayment
from edge_agent.store.writer import Writer
from hardware.reading import Weight
from retail_domain.errors import RetailError
from retail_domain.labels.fill import show_yuan
from retail_domain.people.right import Right
from retail_domain.rounding import MILLI
from retail_domain.trade import open_ticket
from retail_domain.trade.open_ticket import OpenLine, OpenTicket
from retail_domain.trade.sale_code import parse_sale_code
from retail_domain.trade.wallet_payment import ProviderAnswer, WalletState, read_pay_code

SCREEN_MESSAGES_MAX = 256
"""A screen that is this far behind gets a new snapshot instead."""
QUICK_KEYS = 16
"""Two rows of eight fit a screen of 1366 x 768."""
TOLD_STATES: dict[WalletState, type[RetailError]] = {
    WalletState.DECLINED: WalletDeclinedError,
    WalletState.TAKEN_BACK: WalletTakenBackError,
}
"""What a cashier is told of a payment that came to nothing."""

log = logging.getLogger(__name__)


class Surroundings(Protocol):
    """What a desk needs of its store."""

    is_training: bool

    def status(self) -> messages.Status:
        """What a cashier should always see."""

    def note_fact(self) -> None:
        """A fact was committed."""

    def note_jobs(self) -> None:
        """Something may wait for a printer or a display."""

    def note_payments(self) -> None:
        """The payment provider is to be asked something."""


@dataclasses.dataclass(frozen=True, slots=True)
class Executed:
    """A command's effect with what screens need of the database, read in the same turn."""

    done: Done
    receipt: receipts.Receipt | None
    payments: list[WalletPayment] | None = None
    """Those of the open ticket, when something about them changed."""


class Screen:
    """One open page: messages that wait to be sent to it."""

    def __init__(self) -> None:
        self.outbox: asyncio.Queue[str | None] = asyncio.Queue(SCREEN_MESSAGES_MAX)

    def show(self, message: str) -> bool:
        """Queue a message; False when the page is too far behind to go on."""
        if self.outbox.full():
            return False
        self.outbox.put_nowait(message)
        return True

    def cut(self) -> None:
        """End a page that fell behind: it comes back and gets a snapshot."""
        while not self.outbox.empty():
            self.outbox.get_nowait()
        self.outbox.put_nowait(None)


class Desk:
    """One register. Its methods run on the event loop; commands take turns."""

    def __init__(
        self, box: Box, writer: Writer, register_no: str, staff_no: str, store: Surroundings
    ) -> None:
        self._box, self._writer = box, writer
        self.register_no = register_no
        self._place = Place(register_no, unstaffed_no=staff_no)
        self._store = store
        self._turn = asyncio.Lock()
        self._screens: set[Screen] = set()
        self._takers: set[Screen] = set()
        """Pages that want the scans for themselves."""
        self._generation = uuid.uuid4().hex
        self._sequence = 0
        self._next_milli = MILLI
        """Of the next scan of a device."""
        self._scale: Scale | None = None
        """None until a scale of this register was heard of."""

    async def open_screen(self, token: str) -> Screen:
        """Add a page of a session; the snapshot waits in it, and what follows has no gap."""
        async with self._turn:
            state = await self._writer.run(self._read_state, token)
            snapshot = messages.Snapshot(
                generation=self._generation, sequence=self._sequence, state=state
            )
            screen = Screen()
            screen.show(snapshot.model_dump_json())
            self._screens.add(screen)
        return screen

    def close_screen(self, screen: Screen) -> None:
        """Forget a page. A repeat does nothing."""
        self._screens.discard(screen)
        self._takers.discard(screen)

    @property
    def has_screens(self) -> bool:
        """Whether a page of this register is open."""
        return bool(self._screens)

    def take_scans(self, screen: Screen, *, is_on: bool) -> None:
        """Give a page the codes that devices read, instead of selling them; or stop that."""
        if is_on:
            self._takers.add(screen)
        else:
            self._takers.discard(screen)

    async def execute(self, command: Command, token: str | None) -> messages.Result:
        """Do a command of whoever the session's token proves, tell all screens, and answer.

        Raises:
            SignInNeededError, RightMissingError, LeaseExpiredError
        """
        if command.name is CommandName.SCAN and read_pay_code(command.code) is not None:
            is_payment = await self._writer.run(
                is_for_payment, self._box, self.register_no, command.code, command.symbology
            )
            if is_payment:
                return self._pass_on(command, payment_messages.PayCodeScanned)
        async with self._turn:
            command = dataclasses.replace(command, pan=self._read_pan())
            executed = await self._writer.run(self._execute, command, token)
            if executed.done.is_weighed and self._scale is not None:
                self._scale = self._scale.use()
            self._show_done(executed)
        return _make_result(command.command_id, executed)

    async def scan(self, command: Command) -> messages.Result:
        """Do a device's scan for whoever is at the register.

        A refusal is shown on the screens, since no page waits for it. A receipt's code is no
        goods: the screens ask what comes back.
        """
        if parse_sale_code(command.code) is not None:
            return self._pass_on(command, messages.SaleScanned)
        if self._takers:
            return self._give_code(command)
        command = dataclasses.replace(command, quantity_milli=self._next_milli)
        self._next_milli = MILLI
        try:
            result = await self.execute(command, token=None)
        except RetailError as error:
            self.show_refusal(Refusal.of(error))
            raise
        if result.refusal is not None:
            self._notify(result.refusal)
        return result

    def count_next(self, quantity_milli: int) -> None:
        """The next scan of a device is so many; a scan that is refused has used it up, too."""
        self._next_milli = quantity_milli

    def _pass_on(
        self,
        command: Command,
        make: type[messages.SaleScanned] | type[payment_messages.PayCodeScanned],
    ) -> messages.Result:
        """Give the screens a code that is no goods; a person there goes on with it."""
        self._show(make(generation=self._generation, sequence=self._next(), code=command.code))
        return messages.Result(
            command_id=command.command_id, outcome="done", refusal=None, receipt=None
        )

    def _give_code(self, command: Command) -> messages.Result:
        self._show(
            messages.CodeScanned(
                generation=self._generation,
                sequence=self._next(),
                code=command.code,
                symbology=command.symbology,
            )
        )
        return messages.Result(
            command_id=command.command_id, outcome="done", refusal=None, receipt=None
        )

    async def hear_payment(self, payment_no: str, answer: ProviderAnswer) -> None:
        """Take what the payment provider said; the ticket that it pays is closed and shown."""
        async with self._turn:
            heard, executed = await self._writer.run(self._hear, payment_no, answer)
            self._show_done(executed)
        if heard.payment.state in TOLD_STATES and heard.has_changed:
            error = TOLD_STATES[heard.payment.state]
            self.show_refusal(
                Refusal.of(
                    error(
                        amount_yuan=show_yuan(heard.payment.amount_fen),
                        reason=heard.payment.reason or "-",
                    )
                )
            )

    def see_weight(self, seen: WeightSeen) -> None:
        """Take what the register's scale shows, and show it."""
        before = None if self._scale is None else self._scale.weight
        if self._scale is None:
            self._scale = Scale(seen.weight, seen.read_at_ms)
        self._scale = self._scale.see(seen.weight, seen.read_at_ms)
        if before != seen.weight:
            self._show(
                messages.WeightShown(
                    generation=self._generation,
                    sequence=self._next(),
                    weight=_show_weight(seen.weight),
                )
            )

    def show_refusal(self, refusal: Refusal) -> None:
        """Tell the screens what went wrong without their doing."""
        self._notify(messages.Refusal.model_validate(refusal))

    def _notify(self, refusal: messages.Refusal) -> None:
        fields = refusal.model_dump(include={"code", "detail", "detail_zh", "question"})
        notice = messages.Notice(**fields, level="error")
        self._show(
            messages.NoticeShown(generation=self._generation, sequence=self._next(), notice=notice)
        )

    def show_status(self, status: messages.Status) -> None:
        """Tell the screens that the line, the journal or a device changed."""
        self._show(
            messages.StatusChanged(
                generation=self._generation, sequence=self._next(), status=status
            )
        )

    async def change_people(self) -> None:
        """Somebody came or left: every screen comes back and gets a new snapshot."""
        async with self._turn:
            for screen in tuple(self._screens):
                self._screens.discard(screen)
                screen.cut()

    def _read_pan(self) -> Pan | None:
        now_ms = self._box.clock.monotonic_ms()
        return None if self._scale is None else self._scale.pan(now_ms)

    def _execute(self, db: Connection, command: Command, token: str | None) -> Executed:
        actor = attendance.find_actor(db, self._box, self._place, token)
        attendance.require_may(db, self._box, actor, Right.SELL)
        done = execute_command(db, self._box, self.register_no, actor, command)
        fact_id = done.answer.fact_id
        receipt = None if fact_id is None else receipts.read_receipt(db, self._box, fact_id)
        payments = None
        if done.has_paid:
            payments = wallet_payments.read_live_payments(db, self.register_no)
        return Executed(done, receipt, payments)

    def _hear(
        self, db: Connection, payment_no: str, answer: ProviderAnswer
    ) -> tuple[Heard, Executed]:
        heard = hear_payment(db, self._box, payment_no, answer)
        payments = wallet_payments.read_live_payments(db, self.register_no)
        if heard.fact is None:
            unchanged = Done(Answer(), heard.before, heard.before)
            return heard, Executed(unchanged, None, payments if heard.has_changed else None)
        fact_id = heard.fact.happening.fact_id
        receipt = receipts.read_receipt(db, self._box, fact_id)
        done = Done(Answer(fact_id=fact_id), heard.before, OpenTicket(), fact=heard.fact)
        return heard, Executed(done, receipt, payments)

    def _read_state(self, db: Connection, token: str) -> messages.RegisterState:
        shift = trading.read_shift(db, self.register_no)
        actor = attendance.look_up_actor(db, self._box, self._place, token)
        rights_off = frozenset[Right]() if actor is None else actor.role.rights_off
        identity, ticket = self._box.identity, registers.read_open_ticket(db, self.register_no)
        last_receipt = receipts.read_last_receipt(db, self._box, self.register_no)
        now_ms = self._box.clock.monotonic_ms()
        return messages.RegisterState(
            is_training=self._store.is_training,
            store=identity.store,
            store_name=identity.store_name,
            store_name_en=identity.store_name_en,
            register_no=self.register_no,
            staff_no="" if actor is None else actor.person_no,
            rights_off=sorted(right.value for right in rights_off),
            is_staffed=staff.has_people(db),
            has_shift=shift is not None and shift.is_open,
            business_date=self._box.business_date(self._box.wall_at()),
            lines=[show_line(line) for line in ticket.lines],
            totals=messages.Totals.model_validate(open_ticket.total(ticket)),
            status=self._store.status(),
            weight=None if self._scale is None else _show_weight(self._scale.at(now_ms)),
            payments=[
                payment_messages.show_payment(payment)
                for payment in wallet_payments.read_live_payments(db, self.register_no)
            ],
            till=payment_messages.TillRules.model_validate(self._box.till),
            quick_keys=[show_item(item) for item in self._box.lists(db).search("", QUICK_KEYS)],
            last_receipt=None
            if last_receipt is None
            else messages.Receipt.model_validate(last_receipt),
        )

    def _show_done(self, executed: Executed) -> None:
        done = executed.done
        if executed.payments is not None:
            self._store.note_payments()
            self._show(
                payment_messages.PaymentsChanged(
                    generation=self._generation,
                    sequence=self._next(),
                    payments=[payment_messages.show_payment(one) for one in executed.payments],
                )
            )
        if done.fact is not None:
            self._store.note_fact()
        if done.fact is not None and executed.receipt is not None:
            receipt = messages.Receipt.model_validate(executed.receipt)
            self._show(
                messages.TicketClosed(
                    generation=self._generation, sequence=self._next(), receipt=receipt
                )
            )
        elif done.after is not done.before:
            self._store.note_jobs()
            self._show(
                messages.TicketChanged(
                    generation=self._generation,
                    sequence=self._next(),
                    lines=_changed_lines(done.before, done.after),
                    removed_line_ids=_removed_line_ids(done.before, done.after),
                    totals=messages.Totals.model_validate(open_ticket.total(done.after)),
                    hot_line_id=done.hot_line_id,
                )
            )

    def _next(self) -> int:
        self._sequence += 1
        return self._sequence

    def _show(self, message: Numbered) -> None:
        text = message.model_dump_json()
        for screen in tuple(self._screens):
            if not screen.show(text):
                log.info("register %s: a screen fell behind, it starts anew", self.register_no)
                self._screens.discard(screen)
                screen.cut()


def show_line(line: OpenLine) -> messages.Line:
    """A line of the open ticket as the page gets it."""
    return messages.Line(
        line_id=line.line_id,
        item_id=line.item_id,
        name=line.name,
        name_en=line.name_en,
        scanned_code=line.scanned_code,
        unit_of_measure=line.unit_of_measure.value,
        quantity_milli=line.quantity_milli,
        list_price_fen=line.list_price_fen,
        unit_price_fen=line.unit_price_fen,
        discount_fen=line.discount_fen,
        amount_fen=line.amount_fen,
        lot=line.lot,
    )


def _show_weight(weight: Weight) -> messages.Weight:
    return messages.Weight(
        state=weight.state.value, weight_mg=weight.weight_mg, is_net=weight.is_net
    )


def show_item(listed: ListedItem) -> messages.ListedItem:
    """An item as the page gets it."""
    item = listed.item
    return messages.ListedItem(
        item_id=item.item_id,
        sku=item.sku,
        gtins=list(item.gtins),
        shelf_place=item.shelf_place,
        name=item.name,
        name_en=item.name_en,
        unit_of_measure=item.unit_of_measure.value,
        unit_price_fen=listed.unit_price_fen,
    )


def _make_result(command_id: uuid.UUID, executed: Executed) -> messages.Result:
    refusal, receipt = executed.done.answer.refusal, executed.receipt
    return messages.Result(
        command_id=command_id,
        outcome="done" if refusal is None else "refused",
        refusal=None if refusal is None else messages.Refusal.model_validate(refusal),
        receipt=None if receipt is None else messages.Receipt.model_validate(receipt),
    )


def _changed_lines(before: OpenTicket, after: OpenTicket) -> list[messages.Line]:
    old = {line.line_id: line for line in before.lines}
    return [show_line(line) for line in after.lines if old.get(line.line_id) != line]


def _removed_line_ids(before: OpenTicket, after: OpenTicket) -> list[int]:
    kept = {line.line_id for line in after.lines}
    return [line.line_id for line in before.lines if line.line_id not in kept]
