"""People of the store as headquarters listed them, who is at which register, and wrong tries."""

from __future__ import annotations

import dataclasses

from edge_agent.store import feeds
from edge_agent.store.rows import get_bytes, get_int, get_text
from edge_agent.store.sqlite_library import Connection
from protos.documents import PEOPLE_FEED, ROLES_FEED
from protos.people import StorePerson, decode_person, decode_role, person_key, role_key
from retail_domain.people.built_in_roles import ROLE_BY_ID
from retail_domain.people.role import Role

PEOPLE_MAX = 1_000
"""Of one store, those who reach every store among them; a card is searched in so many."""


@dataclasses.dataclass(frozen=True, slots=True)
class RegisterSession:
    """Who is at a register."""

    register_no: str
    staff_no: str
    token_hash: bytes
    signed_in_at_ms: int


@dataclasses.dataclass(frozen=True, slots=True)
class WrongTries:
    """Wrong PINs in a row, for a person or at a register."""

    count: int
    last_at_ms: int


@dataclasses.dataclass(frozen=True, slots=True)
class Lease:
    """When the list of people was last known to be headquarters'."""

    confirmed_at_ms: int
    """0: never."""
    seen_at_ms: int
    """Latest time that the box's clock ever showed: setting it back makes nothing younger."""


@dataclasses.dataclass(frozen=True, slots=True)
class GrantedApproval:
    """An approval that waits for the action it was given for."""

    register_no: str
    right: str
    amounts: str
    """JSON: amount by measure."""
    asked_by: str
    approved_by: str
    approved_at_ms: int


def has_people(db: Connection) -> bool:
    """Whether headquarters ever listed people for this store."""
    row = db.execute("SELECT version FROM feed_scope WHERE feed = ?", (PEOPLE_FEED,)).fetchone()
    return row is not None and get_int(row[0]) > 0


def find_person(db: Connection, staff_no: str) -> StorePerson | None:
    """Somebody of the store by number."""
    body = feeds.read_document(db, PEOPLE_FEED, person_key(staff_no))
    return None if body is None else decode_person(body)


def find_card_holder(db: Connection, card_hash: bytes) -> StorePerson | None:
    """Somebody of the store by card."""
    people = map(decode_person, feeds.read_documents(db, PEOPLE_FEED, PEOPLE_MAX))
    return next((person for person in people if person.card_hash == card_hash), None)


def find_role(db: Connection, role_id: str) -> Role | None:
    """A role as headquarters wrote it, else as the program came with it."""
    body = feeds.read_document(db, ROLES_FEED, role_key(role_id))
    return ROLE_BY_ID.get(role_id) if body is None else decode_role(body)[0]


def read_session(db: Connection, register_no: str) -> RegisterSession | None:
    """Who is at a register; None for nobody."""
    row = db.execute(
        "SELECT staff_no, token_hash, signed_in_at_ms FROM register_session WHERE register_no = ?",
        (register_no,),
    ).fetchone()
    if row is None:
        return None
    return RegisterSession(register_no, get_text(row[0]), get_bytes(row[1]), get_int(row[2]))


def save_session(db: Connection, session: RegisterSession) -> None:
    """Put a person at a register, in place of whoever was there."""
    db.execute(
        """
        INSERT INTO register_session VALUES (?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET staff_no = excluded.staff_no, token_hash = excluded.token_hash,
            signed_in_at_ms = excluded.signed_in_at_ms
        """,
        (session.register_no, session.staff_no, session.token_hash, session.signed_in_at_ms),
    )


def delete_session(db: Connection, register_no: str) -> None:
    """Leave a register to nobody. A repeat does nothing."""
    db.execute("DELETE FROM register_session WHERE register_no = ?", (register_no,))


def read_tries(db: Connection, subject: str) -> WrongTries:
    """Wrong tries in a row of a subject, such as `person 1001` or `register 2`."""
    row = db.execute(
        "SELECT wrong, last_at_ms FROM sign_in_try WHERE subject = ?", (subject,)
    ).fetchone()
    return WrongTries(0, 0) if row is None else WrongTries(get_int(row[0]), get_int(row[1]))


def add_try(db: Connection, subject: str, at_ms: int) -> None:
    """Count a try as wrong until it is known to be right."""
    db.execute(
        """
        INSERT INTO sign_in_try VALUES (?, 1, ?)
        ON CONFLICT DO UPDATE SET wrong = wrong + 1, last_at_ms = excluded.last_at_ms
        """,
        (subject, at_ms),
    )


def forget_tries(db: Connection, subject: str) -> None:
    """The row of wrong tries ended with a right one."""
    db.execute("DELETE FROM sign_in_try WHERE subject = ?", (subject,))


def read_lease(db: Connection) -> Lease:
    """How old the list of people is."""
    row = db.execute("SELECT confirmed_at_ms, seen_at_ms FROM people_lease").fetchone()
    assert row is not None
    return Lease(get_int(row[0]), get_int(row[1]))


def see_time(db: Connection, at_ms: int) -> None:
    """Remember the latest time that the clock showed."""
    db.execute("UPDATE people_lease SET seen_at_ms = max(seen_at_ms, ?)", (at_ms,))


def confirm_people(db: Connection, at_ms: int) -> None:
    """The list of people is headquarters' at this instant."""
    db.execute("UPDATE people_lease SET confirmed_at_ms = ?1, seen_at_ms = ?1", (at_ms,))


def insert_approval(db: Connection, approval_id: bytes, approval: GrantedApproval) -> None:
    """Keep an approval until it is used; those of another day go."""
    day_ms = 24 * 60 * 60 * 1_000
    db.execute("DELETE FROM approval WHERE approved_at_ms < ?", (approval.approved_at_ms - day_ms,))
    db.execute(
        "INSERT INTO approval VALUES (?, ?, ?, ?, ?, ?, ?)",
        (approval_id, *dataclasses.astuple(approval)),
    )


def take_approval(db: Connection, approval_id: bytes) -> GrantedApproval | None:
    """Use an approval up; None when there is none, or no longer."""
    rows = db.execute(
        """
        DELETE FROM approval WHERE approval_id = ?
        RETURNING register_no, right_code, amounts, asked_by, approved_by, approved_at_ms
        """,
        (approval_id,),
    ).fetchall()
    if not rows:
        return None
    register_no, right, amounts, asked_by, approved_by = (get_text(text) for text in rows[0][:-1])
    at_ms = get_int(rows[0][-1])
    return GrantedApproval(register_no, right, amounts, asked_by, approved_by, at_ms)
