"""Signing in: bounded tries, sessions that end, secrets that are not kept."""

from __future__ import annotations

import dataclasses
import datetime
import threading
import time

import pytest

from hq_hub.services import sessions
from hq_hub.services.errors import SignedOutError, SignInRefusedError, TooManyTriesError
from hq_hub.services.sessions import TRIES_MAX, TRIES_OF_A_USER_MAX, Tries
from hq_hub.services.users import hash_password, is_password_of, put_user
from hq_hub.store.people import User
from retail_domain.errors import RetailError
from tests.hq_hub.databases import Databases, SqliteDatabases
from tests.hq_hub.small_chain import BOSS, SmallChain
from tests.retail_domain.builders import NOON

CHIEF = dataclasses.replace(BOSS, person_no="chief")
PASSWORD = "correct horse battery"
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture(scope="module")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """Hashing takes its time on purpose; sessions on PostgreSQL are in test_postgresql."""
    return SqliteDatabases(tmp_path_factory.mktemp("databases"))


def put_boss(small: SmallChain, password: str = PASSWORD) -> None:
    put_user(small.db, User("boss", "老板", "manager"), hash_password(password), small.ask(CHIEF))


def try_password(small: SmallChain, tries: Tries, password: str, user_name: str = "boss") -> None:
    try:
        sessions.check_password(small.db, tries, user_name=user_name, password=password, now=NOON)
    finally:
        small.db.rollback()


def test_session_tells_who_is_signed_in_until_it_is_closed(small: SmallChain) -> None:
    put_boss(small)
    token = sessions.make_token()
    sessions.open_session(small.db, "boss", token, NOON)
    found = sessions.find_user(small.db, token, NOON)
    small.db.rollback()

    sessions.close_session(small.db, token)

    assert (found.user_name, found.display_name, found.role_id) == ("boss", "老板", "manager")
    with pytest.raises(SignedOutError):
        sessions.find_user(small.db, token, NOON)


def test_session_ends_after_its_life(small: SmallChain) -> None:
    put_boss(small)
    token = sessions.make_token()
    sessions.open_session(small.db, "boss", token, NOON)

    with pytest.raises(SignedOutError):
        sessions.find_user(small.db, token, NOON + sessions.SESSION_LIFE)


@pytest.mark.parametrize("token", [None, "", "made up"])
def test_no_token_and_a_made_up_one_are_nobodys(small: SmallChain, token: str | None) -> None:
    with pytest.raises(SignedOutError):
        sessions.find_user(small.db, token, NOON)


def test_neither_password_nor_token_is_kept(small: SmallChain) -> None:
    put_boss(small)
    token = sessions.make_token()
    sessions.open_session(small.db, "boss", token, NOON)

    kept = repr(small.read("SELECT * FROM hub_user") + small.read("SELECT * FROM hub_session"))

    assert "$argon2id$" in kept
    assert PASSWORD not in kept
    assert token not in kept


def test_only_the_newest_sessions_of_a_person_live(small: SmallChain) -> None:
    put_boss(small)
    tokens = [sessions.make_token() for _ in range(sessions.SESSIONS_MAX + 1)]
    for minutes, token in enumerate(tokens):
        sessions.open_session(small.db, "boss", token, NOON + minutes * MINUTE)

    with pytest.raises(SignedOutError):
        sessions.find_user(small.db, tokens[0], NOON)
    assert sessions.find_user(small.db, tokens[1], NOON).user_name == "boss"


def test_new_password_ends_open_sessions(small: SmallChain) -> None:
    put_boss(small)
    token = sessions.make_token()
    sessions.open_session(small.db, "boss", token, NOON)

    put_boss(small, "another long password")

    with pytest.raises(SignedOutError):
        sessions.find_user(small.db, token, NOON)


@pytest.mark.parametrize(
    ("user_name", "password"),
    [("boss", "wrong"), ("nobody", PASSWORD), ("boss", ""), ("boss", "x" * 1_000)],
)
def test_wrong_name_and_wrong_password_are_refused_alike(
    small: SmallChain, user_name: str, password: str
) -> None:
    put_boss(small)

    with pytest.raises(SignInRefusedError):
        try_password(small, Tries(), password, user_name)


def test_unknown_name_costs_as_much_work_as_a_wrong_password() -> None:
    known = hash_password(PASSWORD)
    is_password_of(None, "warm up")

    def work_s(password_hash: str | None) -> float:
        began = time.thread_time()
        assert not is_password_of(password_hash, "wrong")
        return time.thread_time() - began

    unknown_s, wrong_s = (min(work_s(found) for _ in range(3)) for found in (None, known))

    assert 0.5 < unknown_s / wrong_s < 2


def test_right_passwords_are_not_counted(small: SmallChain) -> None:
    put_boss(small)
    tries = Tries()

    for _ in range(TRIES_OF_A_USER_MAX + 1):
        try_password(small, tries, PASSWORD)

    tries.take("boss", NOON)


def test_even_the_right_password_waits_after_too_many_wrong_ones(small: SmallChain) -> None:
    put_boss(small)
    tries = Tries()
    for _ in range(TRIES_OF_A_USER_MAX):
        with pytest.raises(SignInRefusedError):
            try_password(small, tries, "wrong")

    with pytest.raises(TooManyTriesError) as refused:
        try_password(small, tries, PASSWORD)

    assert refused.value.values == {"wait_s": 60}


def test_tries_are_forgiven_after_a_minute() -> None:
    tries = Tries()
    for _ in range(TRIES_OF_A_USER_MAX):
        tries.take("boss", NOON)

    with pytest.raises(TooManyTriesError):
        tries.take("boss", NOON + MINUTE - datetime.timedelta(seconds=1))
    tries.take("boss", NOON + MINUTE)


def test_tries_of_many_names_are_bounded_too() -> None:
    tries = Tries()
    for number in range(TRIES_MAX):
        tries.take(f"user{number}", NOON)

    with pytest.raises(TooManyTriesError):
        tries.take("another", NOON)


def test_tries_at_the_same_time_are_all_counted() -> None:
    tries = Tries()
    taken: list[bool] = []

    def guess() -> None:
        try:
            tries.take("boss", NOON)
            taken.append(True)
        except TooManyTriesError:
            taken.append(False)

    threads = [threading.Thread(target=guess) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(taken) == TRIES_OF_A_USER_MAX


@pytest.mark.parametrize(
    ("user_name", "role_id", "password", "code"),
    [
        ("Boss", "it", PASSWORD, "user_name"),
        ("", "it", PASSWORD, "user_name"),
        ("boss", "it", "short", "password_too_short"),
        ("boss", "king", PASSWORD, "role_not_found"),
    ],
)
def test_user_that_cannot_be_is_refused(
    small: SmallChain, user_name: str, role_id: str, password: str, code: str
) -> None:
    with pytest.raises(RetailError) as refused:
        put_user(
            small.db, User(user_name, "老板", role_id), hash_password(password), small.ask(CHIEF)
        )

    assert refused.value.code == code
