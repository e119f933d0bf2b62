"""Verbs of people: who signs in at headquarters, who works at stores."""

from __future__ import annotations

import argparse
import datetime
import getpass
import secrets
import sys
from collections.abc import Callable

import sqlalchemy as sa

from hq_hub.services import staff, users
from hq_hub.services.requests import Asked
from hq_hub.services.staff import CARD_BYTES, NewMember
from hq_hub.store.people import User
from retail_domain.people.reach import parse_reach
from retail_domain.people.role import parse_limits

HELPS = {
    "add-user": "give a person a sign-in; the password is read from the terminal or stdin",
    "remove-user": "take a person's sign-in away",
    "add-person": "hire somebody at stores, or change them; the PIN is read like a password",
    "remove-person": "dismiss somebody: no store knows them any more",
    "give-card": "print the code of somebody's new card, once",
}


def add_options(commands: dict[str, argparse.ArgumentParser]) -> None:
    """Say what each verb takes."""
    user, member = commands["add-user"], commands["add-person"]
    for name in ("add-user", "remove-user"):
        commands[name].add_argument("--user-name", required=True)
    user.add_argument("--display-name", required=True)
    user.add_argument("--staff-no", default="", help="the same person at the stores")
    user.add_argument("--keep-password", action="store_true", help="need not be changed")
    for name in ("add-person", "remove-person", "give-card"):
        commands[name].add_argument("--staff-no", required=True, help="number, such as 1001")
    member.add_argument("--name", required=True)
    member.add_argument("--until", type=datetime.date.fromisoformat, help="last day, 2027-06-30")
    reach_help = "all, stores:S001,S002 or regions:East"
    user.add_argument("--reach", default="all", help=reach_help)
    member.add_argument("--reach", required=True, help=reach_help)
    for command in (user, member):
        command.add_argument("--role", required=True, help="id, such as cashier or finance")
        command.add_argument("--limits", default="", help="own ones, such as refund_fen=20000")


def add_user(db: sa.Connection, parsed: argparse.Namespace, asked: Asked) -> str:
    """Give a person a sign-in."""
    user = User(
        parsed.user_name,
        parsed.display_name,
        parsed.role,
        parse_reach(parsed.reach),
        parse_limits(parsed.limits),
        parsed.staff_no,
        must_change=not parsed.keep_password,
    )
    password_hash = users.hash_password(_read_secret(f"Password of {user.user_name}: "))
    users.put_user(db, user, password_hash, asked)
    return f"{user.user_name} may sign in"


def remove_user(db: sa.Connection, parsed: argparse.Namespace, asked: Asked) -> str:
    """Take a sign-in away."""
    users.remove_user(db, parsed.user_name, asked)
    return f"{parsed.user_name} may not sign in any more"


def add_person(db: sa.Connection, parsed: argparse.Namespace, asked: Asked) -> str:
    """Hire somebody; without a PIN the one before is kept."""
    member = NewMember(
        parsed.staff_no,
        parsed.name,
        parsed.role,
        parse_reach(parsed.reach),
        parse_limits(parsed.limits),
        parsed.until,
    )
    pin = _read_secret(f"PIN of {member.staff_no}, empty to keep: ")
    staff.put_member(db, member, staff.hash_pin(pin) if pin else None, asked)
    return f"{member.staff_no} works at {parsed.reach}"


def remove_person(db: sa.Connection, parsed: argparse.Namespace, asked: Asked) -> str:
    """Dismiss somebody."""
    staff.remove_member(db, parsed.staff_no, asked)
    return f"{parsed.staff_no} works nowhere any more"


def give_card(db: sa.Connection, parsed: argparse.Namespace, asked: Asked) -> str:
    """Make the code of a new card; it is kept nowhere."""
    card_code = secrets.token_hex(CARD_BYTES)
    staff.give_card(db, parsed.staff_no, card_code, asked)
    return card_code


def _read_secret(prompt: str) -> str:
    """Read a secret without showing it; from stdin when that is no terminal."""
    return getpass.getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")


VERBS: dict[str, Callable[[sa.Connection, argparse.Namespace, Asked], str]] = {
    "add-user": add_user,
    "remove-user": remove_user,
    "add-person": add_person,
    "remove-person": remove_person,
    "give-card": give_card,
}
assert VERBS.keys() == HELPS.keys()
