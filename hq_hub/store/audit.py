"""What was done in the administration: who, when, what. Rows are never changed."""

from __future__ import annotations

import datetime
import json

import sqlalchemy as sa

from hq_hub.store import rows
from hq_hub.store.documents import next_number
from hq_hub.store.orders import to_ms
from hq_hub.store.schema_people import audit

SERIES = "audit"
By = tuple[str, datetime.datetime]
"""Who, and when."""


def write_audit(
    db: sa.Connection,
    by: By,
    action: str,
    subject: str,
    **detail: str | int | bool | None,
) -> None:
    """Add a row in the transaction of what it tells.

    Args:
        db: inside write_transaction().
        by: who, and when.
        action: code of what was done, such as `put_person`.
        subject: number or name of what it was done to.
        detail: what it is now; never a secret, nor what a secret could be guessed from.
    """
    done_by, at = by
    text = json.dumps(detail, ensure_ascii=False, sort_keys=True)
    row = (next_number(db, SERIES), to_ms(at), done_by, action, subject, text)
    rows.insert_rows(db, audit, [row])
