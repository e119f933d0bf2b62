"""Signing in at a register: who, how often, for how long, and what remains after a power cut."""

from __future__ import annotations

import dataclasses
import datetime
import itertools
import uuid

import pytest

from edge_agent.services import approvals, attendance, lease, sign_in
from edge_agent.services.approvals import Wish
from edge_agent.services.attendance import Place, find_actor
from edge_agent.services.box import Box
from edge_agent.services.errors import (
    ApprovalMissingError,
    LeaseExpiredError,
    PersonExpiredError,
    SignInLockedError,
    SignInNeededError,
    UnknownCardError,
    WrongPinError,
)
from edge_agent.services.sign_in import (
    LOCK,
    TRIES_AT_A_REGISTER_MAX,
    TRIES_OF_A_PERSON_MAX,
    Welcome,
)
from edge_agent.store import feeds, journal, staff
from edge_agent.store.database import open_database, write_transaction
from edge_agent.store.feeds import DocumentChange, ScopePosition
from edge_agent.store.sqlite_library import Connection
from edge_agent.store.staff import RegisterSession
from protos.documents import PEOPLE_FEED
from protos.feed_hash import hash_scope
from protos.liushui.v1 import sync_pb2
from protos.people import encode_person, person_key
from retail_domain.errors import RetailError
from retail_domain.people.errors import (
    LimitExceededError,
    RightMissingError,
    SecondPersonNeededError,
)
from retail_domain.people.right import Measure, Right
from retail_domain.trade.attendance import SignedIn, SignedOut, SignInMethod, SignOutReason
from tests.edge_agent.shop_setup import TOKEN, make_box, make_clock
from tests.edge_agent.staffed_store import (
    CARDS,
    CASHIER,
    FINANCE,
    MANAGER,
    PINS,
    SUPERVISOR,
    make_person,
    put_people,
    staff_store,
)
from tests.retail_domain.builders import NOON

PLACE = Place("1", "1001")
SECOND = datetime.timedelta(seconds=1)
DAY = datetime.timedelta(days=1)
CHANCE = itertools.count(10**6)
"""Of all boxes here: they write one journal. The fixture's begins at 1."""


@pytest.fixture
def staffed(db: Connection) -> Connection:
    staff_store(db)
    return db


def box_at(at: datetime.datetime) -> Box:
    clock = make_clock(at)
    return make_box(dataclasses.replace(clock, random_bits=lambda _bits: next(CHANCE)))


def told(db: Connection) -> list[tuple[str, object]]:
    """Who came and left, in the order in which the journal keeps it."""
    found: list[tuple[str, object]] = []
    for fact, _body, _head in journal.iterate_facts(db):
        payload, staff_no = fact.happening.payload, fact.happening.staff_no
        if isinstance(payload, SignedIn):
            found.append((staff_no, payload.method))
        elif isinstance(payload, SignedOut):
            found.append((staff_no, payload.reason))
    return found


def try_pin(
    db: Connection, staff_no: str, pin: str, *, register_no: str = "1", at: datetime.datetime = NOON
) -> None:
    pin_hash = sign_in.start_pin_try(db, box_at(at), register_no, staff_no)
    sign_in.check_pin(pin_hash, pin)


def come(
    db: Connection,
    staff_no: str,
    *,
    register_no: str = "1",
    at: datetime.datetime = NOON,
    token: str = "token",
) -> Welcome:
    """Sign in with the right PIN."""
    try_pin(db, staff_no, PINS[staff_no], register_no=register_no, at=at)
    box = box_at(at)
    token_hash = attendance.hash_session_token(token)
    session = RegisterSession(register_no, staff_no, token_hash, attendance.now_ms(box))
    return sign_in.sign_in(db, box, session, SignInMethod.PIN)


def guess(db: Connection, staff_no: str, times: int, *, register_no: str = "1") -> None:
    for _ in range(times):
        with pytest.raises(WrongPinError):
            try_pin(db, staff_no, "000000", register_no=register_no)


def test_store_without_a_list_sells_in_the_configured_name(db: Connection, box: Box) -> None:
    actor = find_actor(db, box, PLACE, "")

    attendance.require_may(db, box, actor, Right.SELL)
    assert actor.person_no == "1001"


def test_store_with_a_list_sells_for_nobody(staffed: Connection, box: Box) -> None:
    for token in ("", "token", None):
        with pytest.raises(SignInNeededError):
            find_actor(staffed, box, PLACE, token)


def test_right_pin_opens_a_session_that_only_its_token_may_use(
    staffed: Connection, box: Box
) -> None:
    welcome = come(staffed, CASHIER)

    assert (welcome.person.staff_no, welcome.role.role_id) == (CASHIER, "cashier")
    assert find_actor(staffed, box, PLACE, "token").person_no == CASHIER
    assert find_actor(staffed, box, PLACE, None).person_no == CASHIER
    with pytest.raises(SignInNeededError):
        find_actor(staffed, box, PLACE, "another")
    with pytest.raises(SignInNeededError):
        find_actor(staffed, box, Place("2", "1001"), "token")


@pytest.mark.parametrize(
    ("staff_no", "pin"),
    [(CASHIER, "000000"), (CASHIER, ""), (CASHIER, PINS[MANAGER]), ("9999", "000000"), ("", "")],
)
def test_unknown_number_and_wrong_pin_are_refused_alike(
    staffed: Connection, staff_no: str, pin: str
) -> None:
    with pytest.raises(WrongPinError):
        try_pin(staffed, staff_no, pin)


def test_person_without_a_pin_has_no_pin_that_opens(staffed: Connection) -> None:
    put_people(staffed, dataclasses.replace(make_person(CASHIER), pin_hash=""))

    with pytest.raises(WrongPinError):
        try_pin(staffed, CASHIER, "")


def test_wrong_pins_lock_the_person_for_a_while_even_for_the_right_one(
    staffed: Connection,
) -> None:
    guess(staffed, CASHIER, TRIES_OF_A_PERSON_MAX)

    with pytest.raises(SignInLockedError) as refused:
        try_pin(staffed, CASHIER, PINS[CASHIER], at=NOON + LOCK - SECOND)
    come(staffed, CASHIER, at=NOON + LOCK)

    assert refused.value.values == {"wait_s": 1}


def test_pins_guessed_at_two_registers_are_counted_together(staffed: Connection) -> None:
    guess(staffed, MANAGER, 3, register_no="1")
    guess(staffed, MANAGER, 2, register_no="2")

    for register_no in ("1", "2", "3"):
        with pytest.raises(SignInLockedError):
            try_pin(staffed, MANAGER, PINS[MANAGER], register_no=register_no)


def test_guesser_who_signs_in_as_himself_between_gains_nothing(staffed: Connection) -> None:
    guess(staffed, MANAGER, TRIES_OF_A_PERSON_MAX - 1)
    come(staffed, CASHIER)
    guess(staffed, MANAGER, 1)

    with pytest.raises(SignInLockedError):
        try_pin(staffed, MANAGER, PINS[MANAGER])


def test_numbers_guessed_at_one_register_lock_the_register(staffed: Connection) -> None:
    for number in range(TRIES_AT_A_REGISTER_MAX):
        guess(staffed, f"77{number}", 1)

    with pytest.raises(SignInLockedError):
        try_pin(staffed, CASHIER, PINS[CASHIER])
    try_pin(staffed, CASHIER, PINS[CASHIER], register_no="2")


def test_after_the_lock_one_wrong_pin_locks_again(staffed: Connection) -> None:
    guess(staffed, CASHIER, TRIES_OF_A_PERSON_MAX)
    with pytest.raises(WrongPinError):
        try_pin(staffed, CASHIER, "000000", at=NOON + LOCK)

    with pytest.raises(SignInLockedError):
        try_pin(staffed, CASHIER, PINS[CASHIER], at=NOON + LOCK + SECOND)


def test_right_pin_ends_the_row_of_wrong_ones(staffed: Connection) -> None:
    guess(staffed, CASHIER, TRIES_OF_A_PERSON_MAX - 1)
    come(staffed, CASHIER)

    guess(staffed, CASHIER, TRIES_OF_A_PERSON_MAX - 1)
    come(staffed, CASHIER)


def test_wrong_tries_outlive_a_power_cut(staffed: Connection, database: str) -> None:
    for _ in range(TRIES_OF_A_PERSON_MAX):  # The power goes before the PIN is checked.
        sign_in.start_pin_try(staffed, box_at(NOON), "1", CASHIER)
    staffed.close()
    again = open_database(database)

    with pytest.raises(SignInLockedError):
        try_pin(again, CASHIER, PINS[CASHIER])

    again.close()


def test_clock_that_jumped_back_locks_nobody_for_years(staffed: Connection) -> None:
    for _ in range(TRIES_OF_A_PERSON_MAX):
        with pytest.raises(WrongPinError):
            try_pin(staffed, CASHIER, "000000", at=NOON + 400 * DAY)

    try_pin(staffed, CASHIER, PINS[CASHIER], at=NOON)


def test_card_finds_its_holder_even_while_the_pin_is_locked(staffed: Connection) -> None:
    guess(staffed, SUPERVISOR, TRIES_OF_A_PERSON_MAX)

    assert sign_in.find_card_holder(staffed, CARDS[SUPERVISOR]) == SUPERVISOR
    for code in ("", "0" * 32, CARDS[SUPERVISOR][:-1]):
        with pytest.raises(UnknownCardError):
            sign_in.find_card_holder(staffed, code)


def test_hand_over_ends_the_session_before_and_keeps_both_facts(
    staffed: Connection, box: Box
) -> None:
    come(staffed, CASHIER, token="first")

    come(staffed, SUPERVISOR, token="second")

    assert told(staffed) == [
        (CASHIER, SignInMethod.PIN),
        (CASHIER, SignOutReason.HANDED_OVER),
        (SUPERVISOR, SignInMethod.PIN),
    ]
    with pytest.raises(SignInNeededError):
        find_actor(staffed, box, PLACE, "first")


def test_signing_out_needs_the_token_and_a_repeat_changes_nothing(
    staffed: Connection, box: Box
) -> None:
    come(staffed, CASHIER)

    for token in ("another", "token", "token"):
        sign_in.sign_out(staffed, box, "1", token)

    assert told(staffed)[1:] == [(CASHIER, SignOutReason.BY_PERSON)]
    with pytest.raises(SignInNeededError):
        find_actor(staffed, box, PLACE, "token")


def test_session_of_yesterday_is_nobodys_and_ends_as_timed_out(staffed: Connection) -> None:
    come(staffed, CASHIER)
    morning = NOON + attendance.SESSION_LIFE

    with pytest.raises(SignInNeededError):
        find_actor(staffed, box_at(morning), PLACE, "token")
    come(staffed, SUPERVISOR, at=morning)

    assert told(staffed)[1] == (CASHIER, SignOutReason.TIMED_OUT)


def test_signing_in_that_dies_half_way_never_happened(
    staffed: Connection, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    come(staffed, CASHIER, token="first")
    session = RegisterSession("1", SUPERVISOR, attendance.hash_session_token("second"), 0)
    monkeypatch.setattr(journal, "append_fact", die)
    with pytest.raises(KeyboardInterrupt):
        sign_in.sign_in(staffed, box, session, SignInMethod.CARD)

    assert find_actor(staffed, box, PLACE, "first").person_no == CASHIER


def test_dismissed_person_is_out_with_the_next_command(staffed: Connection, box: Box) -> None:
    come(staffed, CASHIER)

    put_people(staffed, make_person(SUPERVISOR))

    with pytest.raises(SignInNeededError):
        find_actor(staffed, box, PLACE, "token")
    with pytest.raises(WrongPinError):
        try_pin(staffed, CASHIER, PINS[CASHIER])


def test_page_of_an_older_list_does_not_bring_a_dismissed_person_back(
    staffed: Connection, box: Box
) -> None:
    before = feeds.read_position(staffed, PEOPLE_FEED)
    bodies = [(person_key(n), encode_person(make_person(n))) for n in sorted(PINS)]
    put_people(staffed, make_person(SUPERVISOR))
    now = feeds.read_position(staffed, PEOPLE_FEED)
    old = ScopePosition(PEOPLE_FEED, "S001", 1, before.version, hash_scope(bodies))
    changes = [DocumentChange(key, before.version, body) for key, body in bodies]

    with write_transaction(staffed):
        older = feeds.apply_changes(staffed, base_version=0, target=old, changes=changes)
        earlier_life = feeds.apply_changes(
            staffed,
            base_version=0,
            target=dataclasses.replace(old, generation=0, version=99),
            changes=changes,
        )

    assert (older, earlier_life) == (False, False)
    assert feeds.read_position(staffed, PEOPLE_FEED) == now
    assert staff.find_person(staffed, CASHIER) is None


def test_last_day_is_a_working_day(staffed: Connection) -> None:
    leaving = dataclasses.replace(make_person(CASHIER), valid_until=datetime.date(2026, 11, 22))
    put_people(staffed, leaving)
    come(staffed, CASHIER)

    with pytest.raises(PersonExpiredError):
        come(staffed, CASHIER, at=NOON + DAY)
    with pytest.raises(SignInNeededError):
        find_actor(staffed, box_at(NOON + DAY), PLACE, "token")


def test_who_may_do_nothing_at_a_store_is_not_signed_in_there(staffed: Connection) -> None:
    with pytest.raises(RightMissingError):
        come(staffed, FINANCE)


# The lease of the list.


@pytest.mark.parametrize(
    ("staff_no", "days", "is_lapsed"),
    [(CASHIER, 30, False), (CASHIER, 31, True), (MANAGER, 7, False), (MANAGER, 8, True)],
)
def test_beyond_the_lease_a_person_may_only_sell(
    staffed: Connection, staff_no: str, days: int, is_lapsed: bool
) -> None:
    at = NOON + days * DAY
    welcome = come(staffed, staff_no, at=at)
    actor = find_actor(staffed, box_at(at), PLACE, "token")

    attendance.require_may(staffed, box_at(at), actor, Right.SELL)
    attendance.require_may(staffed, box_at(at), actor, Right.HANDLE_SHIFT)
    assert welcome.is_lapsed is is_lapsed
    if is_lapsed:
        with pytest.raises(LeaseExpiredError):
            attendance.require_may(staffed, box_at(at), actor, Right.REFUND)
    else:
        attendance.require_may(staffed, box_at(at), actor, Right.REFUND)


def test_clock_that_is_set_back_makes_the_list_no_younger(staffed: Connection) -> None:
    late = NOON + 31 * DAY
    with pytest.raises(WrongPinError):
        try_pin(staffed, CASHIER, "000000", at=late)

    assert come(staffed, CASHIER, at=NOON).is_lapsed


def hear(db: Connection, at: datetime.datetime, content_hash: bytes | None = None) -> None:
    """The hub says where its documents stand."""
    said = [
        sync_pb2.FeedPosition(
            feed=position.feed,
            scope=position.scope,
            generation=position.generation,
            version=position.version,
            content_hash=content_hash or position.content_hash,
        )
        for position in feeds.read_positions(db)
    ]
    lease.hear_positions(db, box_at(at), said)


def test_word_of_the_hub_begins_the_lease_anew(staffed: Connection) -> None:
    later = NOON + 20 * DAY
    hear(staffed, later)

    assert not come(staffed, CASHIER, at=later + 30 * DAY).is_lapsed
    assert come(staffed, CASHIER, at=later + 31 * DAY).is_lapsed


def test_word_of_a_list_that_is_not_here_yet_begins_nothing(staffed: Connection) -> None:
    hear(staffed, NOON + 20 * DAY, content_hash=bytes(32))

    assert come(staffed, CASHIER, at=NOON + 31 * DAY).is_lapsed


# Approvals.


def wish(
    right: Right, amounts: dict[Measure, int] | None = None, *, asked_by: str = CASHIER
) -> Wish:
    return Wish("1", asked_by, right, amounts or {})


def approve(db: Connection, box: Box, asked: Wish, approver: str) -> uuid.UUID:
    approval_id = uuid.uuid4()
    approvals.approve(db, box, asked, (approver, SignInMethod.CARD), approval_id)
    return approval_id


def use(db: Connection, box: Box, asked: Wish, approval_id: uuid.UUID) -> str:
    with write_transaction(db):
        return approvals.use_approval(db, box, asked, approval_id)


REFUND = wish(Right.REFUND, {Measure.REFUND_FEN: 50_000})


def test_approval_names_who_gave_it_and_is_used_once(staffed: Connection, box: Box) -> None:
    approval_id = approve(staffed, box, REFUND, SUPERVISOR)

    assert use(staffed, box, REFUND, approval_id) == SUPERVISOR
    with pytest.raises(ApprovalMissingError):
        use(staffed, box, REFUND, approval_id)


@pytest.mark.parametrize(
    "other",
    [
        wish(Right.REFUND, {Measure.REFUND_FEN: 50_001}),
        wish(Right.VOID_TICKET),
        wish(Right.REFUND, {Measure.REFUND_FEN: 50_000}, asked_by=MANAGER),
        dataclasses.replace(REFUND, register_no="2"),
    ],
    ids=["more", "other right", "other person", "other register"],
)
def test_approval_is_good_for_nothing_else(staffed: Connection, box: Box, other: Wish) -> None:
    approval_id = approve(staffed, box, REFUND, SUPERVISOR)

    with pytest.raises(ApprovalMissingError):
        use(staffed, box, other, approval_id)

    assert use(staffed, box, REFUND, approval_id) == SUPERVISOR


def test_approval_does_not_wait_for_the_next_customer(staffed: Connection, box: Box) -> None:
    approval_id = approve(staffed, box, REFUND, SUPERVISOR)
    later = box_at(NOON + approvals.APPROVAL_LIFE + SECOND)

    with pytest.raises(ApprovalMissingError):
        use(staffed, later, REFUND, approval_id)


@pytest.mark.parametrize(
    ("asked", "approver", "refused"),
    [
        (REFUND, CASHIER, LimitExceededError),
        (wish(Right.VOID_TICKET), CASHIER, RightMissingError),
        (wish(Right.REFUND, {Measure.REFUND_FEN: 100_001}), SUPERVISOR, LimitExceededError),
        (wish(Right.VOID_TICKET, asked_by=SUPERVISOR), SUPERVISOR, SecondPersonNeededError),
        (wish(Right.VOID_TICKET, asked_by=SUPERVISOR), MANAGER, None),
        (wish(Right.VOID_TICKET), "9999", WrongPinError),
    ],
)
def test_who_may_approve_what(
    staffed: Connection, box: Box, asked: Wish, approver: str, refused: type[RetailError] | None
) -> None:
    if refused is None:
        approve(staffed, box, asked, approver)
        return
    with pytest.raises(refused):
        approve(staffed, box, asked, approver)


def test_manager_beyond_the_lease_approves_nothing(staffed: Connection) -> None:
    with pytest.raises(LeaseExpiredError):
        approve(staffed, box_at(NOON + 8 * DAY), wish(Right.VOID_TICKET), MANAGER)


def test_neither_pin_nor_token_is_kept_in_the_box(staffed: Connection, database: str) -> None:
    come(staffed, CASHIER, token="secret-of-the-session")
    staffed.close()

    with open(database, "rb") as file:  # noqa: PTH123 - the file as it lies on the disk
        kept = file.read()

    for secret in (PINS[CASHIER], "secret-of-the-session", CARDS[SUPERVISOR], TOKEN):
        assert secret.encode() not in kept
