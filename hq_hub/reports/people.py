"""People of stores and headquarters, and the audit of what was decided about them."""

from __future__ import annotations

import dataclasses
import datetime

import sqlalchemy as sa

from hq_hub.reports.paging import Block, from_ms
from hq_hub.store.schema import hub_user
from hq_hub.store.schema_people import audit, person


@dataclasses.dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody who works at stores."""

    staff_no: str
    name: str
    role_id: str
    reach: str
    own_limits: str
    valid_until: datetime.date | None
    has_pin: bool
    has_card: bool


@dataclasses.dataclass(frozen=True, slots=True)
class UserRow:
    """Somebody who signs in at headquarters."""

    user_name: str
    display_name: str
    role_id: str
    reach: str
    own_limits: str
    staff_no: str
    must_change_password: bool


@dataclasses.dataclass(frozen=True, slots=True)
class AuditRow:
    """One administrative write."""

    audit_no: int
    at: datetime.datetime
    done_by: str
    action: str
    subject: str
    detail: str
    """JSON."""


def count_people(db: sa.Connection) -> int:
    """Count those who work at stores now."""
    return _count(db, sa.select(person.c.staff_no).where(person.c.is_removed == 0))


def read_people(db: sa.Connection, block: Block) -> list[PersonRow]:
    """Those who work at stores now, in order of number."""
    rows = db.execute(
        sa.select(person)
        .where(person.c.is_removed == 0)
        .order_by(person.c.staff_no)
        .offset(block.start)
        .limit(block.size)
    )
    return [
        PersonRow(
            staff_no=row.staff_no,
            name=row.name,
            role_id=row.role_id,
            reach=row.reach,
            own_limits=row.own_limits,
            valid_until=datetime.date.fromisoformat(row.valid_until) if row.valid_until else None,
            has_pin=bool(row.pin_hash),
            has_card=bool(row.card_hash),
        )
        for row in rows
    ]


def count_users(db: sa.Connection) -> int:
    """Count those who sign in."""
    return _count(db, sa.select(hub_user.c.user_name))


def read_users(db: sa.Connection, block: Block) -> list[UserRow]:
    """Those who sign in, in order of name."""
    table = hub_user.c
    rows = db.execute(
        sa.select(hub_user).order_by(table.user_name).offset(block.start).limit(block.size)
    )
    return [
        UserRow(
            user_name=row.user_name,
            display_name=row.display_name,
            role_id=row.role,
            reach=row.reach,
            own_limits=row.own_limits,
            staff_no=row.staff_no,
            must_change_password=bool(row.must_change),
        )
        for row in rows
    ]


def count_audit(db: sa.Connection) -> int:
    """Count the administrative writes."""
    return _count(db, sa.select(audit.c.audit_no))


def read_audit(db: sa.Connection, block: Block) -> list[AuditRow]:
    """Administrative writes, the newest first."""
    rows = db.execute(
        sa.select(audit).order_by(audit.c.audit_no.desc()).offset(block.start).limit(block.size)
    )
    return [
        AuditRow(
            row.audit_no, _instant(row.at_ms), row.done_by, row.action, row.subject, row.detail
        )
        for row in rows
    ]


def _instant(at_ms: int) -> datetime.datetime:
    at = from_ms(at_ms)
    assert at is not None
    return at


def _count(db: sa.Connection, rows: sa.Select[str] | sa.Select[int]) -> int:
    return int(db.execute(sa.select(sa.func.count()).select_from(rows.subquery())).scalar_one())
