"""Writes that people ask for: done once, however often the request arrives."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
import uuid
from collections.abc import Callable

import sqlalchemy as sa

from hq_hub.services.errors import RequestReusedError
from hq_hub.store import answers
from hq_hub.store.engine import write_transaction
from hq_hub.store.orders import to_ms
from retail_domain.people.permission import Actor

ANSWER_KEPT = datetime.timedelta(days=7)
"""How long a repeat gets the first answer; a console repeats within minutes."""


@dataclasses.dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for a write, when, and under which key."""

    actor: Actor
    request_id: uuid.UUID
    at: datetime.datetime

    @property
    def user_name(self) -> str:
        """Who asks."""
        return self.actor.person_no

    @property
    def by(self) -> tuple[str, datetime.datetime]:
        """Who and when, as the audit keeps it."""
        return self.user_name, self.at


def answer_once(
    db: sa.Connection, asked: Asked, question: object, use_case: Callable[[], str]
) -> str:
    """Run a use case and keep its answer in the same transaction; a repeat gets that answer.

    A refused request keeps nothing and may be tried again.

    Args:
        db: not in a transaction.
        asked: by whom and under which key.
        question: all that was asked; two questions under one key are refused.
        use_case: writes inside the transaction, answers with the number of what it touched.

    Raises:
        RequestReusedError: the key belongs to another question.
    """
    question_hash = hashlib.blake2b(json.dumps(question).encode(), digest_size=32).digest()
    with write_transaction(db):
        known = answers.find_answer(db, asked.user_name, asked.request_id)
        if known is None:
            answer = use_case()
            answers.insert_answer(
                db,
                (asked.user_name, asked.request_id.bytes, question_hash, answer, to_ms(asked.at)),
                forget_before_ms=to_ms(asked.at - ANSWER_KEPT),
            )
            return answer
    if known.question_hash != question_hash:
        raise RequestReusedError(request_id=str(asked.request_id))
    return known.answer
