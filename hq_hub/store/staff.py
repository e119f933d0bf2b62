"""Those who work at stores, as headquarters keeps them, and which stores know them."""

from __future__ import annotations

import dataclasses
import datetime

import sqlalchemy as sa

from hq_hub.store import rows
from hq_hub.store.schema import document, store
from hq_hub.store.schema_people import person
from protos.documents import PEOPLE_FEED
from retail_domain.people.reach import Reach, parse_reach, write_reach
from retail_domain.people.role import Limits, parse_limits, write_limits


@dataclasses.dataclass(frozen=True, slots=True)
class StaffMember:
    """Somebody who works, or worked, at stores."""

    staff_no: str
    name: str
    role_id: str
    reach: Reach
    own_limits: Limits
    pin_hash: str
    card_hash: bytes
    valid_until: datetime.date | None
    is_removed: bool = False

    def __repr__(self) -> str:
        """Number without the hashes: logs and traces print values."""
        return f"StaffMember({self.staff_no!r})"


def find_member(db: sa.Connection, staff_no: str) -> StaffMember | None:
    """Find a person by number, also one who left."""
    found = rows.read_rows(db, person, [(staff_no,)])
    return _read(found[0]) if found else None


def read_members(db: sa.Connection) -> list[StaffMember]:
    """All who have not left, in order of number."""
    question = sa.select(person).where(person.c.is_removed == 0).order_by(person.c.staff_no)
    return [_read(tuple(row)) for row in db.execute(question)]


def write_member(db: sa.Connection, member: StaffMember, version: int) -> None:
    """Put a person in place of what was known of them."""
    valid_until = "" if member.valid_until is None else member.valid_until.isoformat()
    row = (
        member.staff_no,
        member.name,
        member.role_id,
        write_reach(member.reach),
        write_limits(member.own_limits),
        member.pin_hash,
        member.card_hash,
        valid_until,
        int(member.is_removed),
        version,
    )
    rows.replace_rows(db, person, [row])


def is_card_of_another(db: sa.Connection, card_hash: bytes, staff_no: str) -> bool:
    """Whether somebody else has the card."""
    question = sa.select(person.c.staff_no).where(
        person.c.card_hash == card_hash, person.c.staff_no != staff_no
    )
    return db.execute(question.limit(1)).one_or_none() is not None


def count_members(db: sa.Connection, role_id: str) -> int:
    """How many people have a role."""
    question = sa.select(sa.func.count()).where(
        person.c.role_id == role_id, person.c.is_removed == 0
    )
    return int(db.execute(question).scalar_one())


def read_regions(db: sa.Connection) -> dict[str, str]:
    """Region of every store of the chain; empty when it belongs to none."""
    found = db.execute(sa.select(store.c.store, store.c.region))
    return {row.store: row.region for row in found}


def read_published(db: sa.Connection, key: bytes) -> dict[str, bytes]:
    """Body in force of a person's document, by the stores that have one."""
    newer = document.alias()
    newest = (
        sa.select(sa.func.max(newer.c.version))
        .where(
            newer.c.feed == document.c.feed,
            newer.c.scope == document.c.scope,
            newer.c.key == document.c.key,
        )
        .scalar_subquery()
    )
    found = db.execute(
        sa.select(document.c.scope, document.c.body).where(
            document.c.feed == PEOPLE_FEED,
            document.c.key == key,
            document.c.version == newest,
            document.c.is_removed == 0,
        )
    )
    return {row.scope: bytes(row.body) for row in found}


def _read(row: tuple[object, ...]) -> StaffMember:
    staff_no, name, role_id, reach, own_limits, pin_hash, card_hash, valid_until, removed, _ = row
    assert isinstance(card_hash, bytes | memoryview)
    return StaffMember(
        staff_no=str(staff_no),
        name=str(name),
        role_id=str(role_id),
        reach=parse_reach(str(reach)),
        own_limits=parse_limits(str(own_limits)),
        pin_hash=str(pin_hash),
        card_hash=bytes(card_hash),
        valid_until=datetime.date.fromisoformat(str(valid_until)) if valid_until else None,
        is_removed=bool(removed),
    )
