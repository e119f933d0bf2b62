"""People of a store as headquarters would send them, with PINs that are quick to check."""

from __future__ import annotations

import argon2

from edge_agent.store.database import write_transaction
from edge_agent.store.sqlite_library import Connection
from edge_agent.store.staff import confirm_people
from protos.documents import PEOPLE_FEED
from protos.people import StorePerson, encode_person, hash_card, person_key
from tests.edge_agent.shop_setup import put_documents
from tests.retail_domain.builders import NOON

CASHIER, SUPERVISOR, MANAGER, FINANCE = "1001", "2001", "3001", "4001"
PINS = {CASHIER: "736251", SUPERVISOR: "840362", MANAGER: "951473", FINANCE: "628409"}
ROLES = {
    CASHIER: "cashier",
    SUPERVISOR: "supervisor",
    MANAGER: "store_manager",
    FINANCE: "finance",
}
CARDS = {SUPERVISOR: "5f1c0b7e9a2d4c6b8e0f1a3c5d7e9b1a"}
_QUICK = argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
HASHES = {staff_no: _QUICK.hash(pin) for staff_no, pin in PINS.items()}
NOON_MS = int(NOON.timestamp() * 1_000)


def make_person(staff_no: str) -> StorePerson:
    card = CARDS.get(staff_no)
    card_hash = b"" if card is None else hash_card(card)
    role_id = ROLES[staff_no]
    return StorePerson(staff_no, f"人员{staff_no}", role_id, {}, HASHES[staff_no], card_hash, None)


def put_people(db: Connection, *people: StorePerson) -> None:
    """Replace the store's list of people as the hub would send it whole."""
    with write_transaction(db):
        bodies = [(person_key(person.staff_no), encode_person(person)) for person in people]
        put_documents(db, PEOPLE_FEED, bodies)
        confirm_people(db, NOON_MS)


def staff_store(db: Connection) -> None:
    """A cashier, a supervisor with a card, a manager, and somebody of finance."""
    put_people(db, *map(make_person, PINS))
