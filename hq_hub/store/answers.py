"""Answers to writes that people asked for, kept for repeats."""

from __future__ import annotations

import dataclasses
import uuid

import sqlalchemy as sa

from hq_hub.store import rows
from hq_hub.store.schema import request_answer


@dataclasses.dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What a key was used for, and what came of it."""

    question_hash: bytes
    answer: str


def find_answer(db: sa.Connection, user_name: str, request_id: uuid.UUID) -> KeptAnswer | None:
    """Find what a user's key was used for."""
    table = request_answer.c
    row = db.execute(
        sa.select(table.question_hash, table.answer).where(
            table.user_name == user_name, table.request_id == request_id.bytes
        )
    ).one_or_none()
    return None if row is None else KeptAnswer(bytes(row.question_hash), row.answer)


def insert_answer(db: sa.Connection, row: rows.Row, *, forget_before_ms: int) -> None:
    """Keep an answer, and forget those that nobody repeats any more."""
    db.execute(sa.delete(request_answer).where(request_answer.c.answered_at_ms < forget_before_ms))
    rows.insert_rows(db, request_answer, [row])
