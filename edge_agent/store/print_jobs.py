"""Jobs of output devices: what is to be put out where, and how far it is."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Collection, Sequence

from edge_agent.store.rows import get_bytes, get_int, get_text
from edge_agent.store.sqlite_library import Connection, Row
from hardware.driver import FINAL_STATES

FINAL_WORDS = frozenset(state.value for state in FINAL_STATES)
OVERDUE_MAX = 100
"""Looked at once a second."""
WAITING = "waiting"
"""The box has it; no device process took it yet. Later states are those of the device process."""
COLUMNS = """
    job_no, job_id, device_id, register_no, kind, fact_id, made_at_ms, expires_at_ms, state,
    parts_done, reason
"""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class KeptJob:
    """One job."""

    job_id: uuid.UUID
    device_id: str
    register_no: str
    kind: str
    fact_id: uuid.UUID | None
    """The ticket whose receipt it is; it is laid out when the device takes it."""
    made_at_ms: int
    expires_at_ms: int
    """By the wall clock: a job that was not begun by then is not put out any more."""
    state: str = WAITING
    parts_done: int = 0
    reason: str = ""


def save_job(db: Connection, job: KeptJob, parts: Sequence[bytes] = ()) -> bool:
    """Keep a job; its parts unless it is laid out later. False when the job_id is known."""
    row = db.execute(
        """
        INSERT INTO print_job (job_id, device_id, register_no, kind, fact_id, made_at_ms,
                               expires_at_ms, state, parts_done, reason, changed_at_ms)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO NOTHING RETURNING job_no
        """,
        (
            job.job_id.bytes,
            job.device_id,
            job.register_no,
            job.kind,
            None if job.fact_id is None else job.fact_id.bytes,
            job.made_at_ms,
            job.expires_at_ms,
            job.state,
            job.parts_done,
            job.reason,
            job.made_at_ms,
        ),
    ).fetchall()
    if not row:
        return False
    for part_no, data in enumerate(parts):
        db.execute("INSERT INTO print_job_part VALUES (?, ?, ?)", (row[0][0], part_no, data))
    return True


def read_waiting(db: Connection, device_ids: Collection[str], count_max: int) -> list[KeptJob]:
    """Jobs that no device process took, of these devices, oldest first."""
    marks = ", ".join("?" * len(device_ids))
    rows = db.execute(
        f"""
        SELECT {COLUMNS} FROM print_job
        WHERE state = 'waiting' AND device_id IN ({marks}) ORDER BY job_no LIMIT ?
        """,  # noqa: S608 (question marks, one a device, and a constant)
        (*device_ids, count_max),
    ).fetchall()
    return [_read_job(row) for row in rows]


def read_parts(db: Connection, job_id: uuid.UUID) -> tuple[bytes, ...]:
    """A job's bytes, in order."""
    rows = db.execute(
        """
        SELECT data FROM print_job_part JOIN print_job USING (job_no)
        WHERE job_id = ? ORDER BY part_no
        """,
        (job_id.bytes,),
    ).fetchall()
    return tuple(get_bytes(data) for (data,) in rows)


def find_job(db: Connection, job_id: uuid.UUID) -> KeptJob | None:
    """One job, None when it is unknown."""
    row = db.execute(
        f"SELECT {COLUMNS} FROM print_job WHERE job_id = ?",  # noqa: S608 (a constant)
        (job_id.bytes,),
    ).fetchone()
    return None if row is None else _read_job(row)


def find_newest(db: Connection, fact_id: uuid.UUID, kind: str) -> KeptJob | None:
    """The newest job of a fact, None when there is none."""
    row = db.execute(
        f"""
        SELECT {COLUMNS} FROM print_job WHERE fact_id = ? AND kind = ?
        ORDER BY job_no DESC LIMIT 1
        """,  # noqa: S608 (a constant)
        (fact_id.bytes, kind),
    ).fetchone()
    return None if row is None else _read_job(row)


def read_overdue(db: Connection, now_ms: int) -> list[KeptJob]:
    """Jobs that are not over although their life is, oldest first."""
    marks = ", ".join(f"'{state}'" for state in sorted(FINAL_WORDS))
    rows = db.execute(
        f"""
        SELECT {COLUMNS} FROM print_job
        WHERE state NOT IN ({marks}) AND expires_at_ms <= ? ORDER BY job_no LIMIT ?
        """,  # noqa: S608 (constants)
        (now_ms, OVERDUE_MAX),
    ).fetchall()
    return [_read_job(row) for row in rows]


def read_newest(db: Connection, count_max: int) -> list[KeptJob]:
    """The newest jobs of the store, newest first."""
    rows = db.execute(
        f"SELECT {COLUMNS} FROM print_job ORDER BY job_no DESC LIMIT ?",  # noqa: S608 (a constant)
        (count_max,),
    ).fetchall()
    return [_read_job(row) for row in rows]


def read_newest_of(db: Connection, register_no: str, count_max: int) -> list[KeptJob]:
    """The newest jobs of a register, newest first."""
    rows = db.execute(
        f"""
        SELECT {COLUMNS} FROM print_job WHERE register_no = ? ORDER BY job_no DESC LIMIT ?
        """,  # noqa: S608 (a constant)
        (register_no, count_max),
    ).fetchall()
    return [_read_job(row) for row in rows]


def save_state(
    db: Connection,
    job_id: uuid.UUID,
    state: str,
    *,
    parts_done: int,
    reason: str,
    changed_at_ms: int,
) -> None:
    """Keep how far a job is."""
    db.execute(
        """
        UPDATE print_job SET state = ?, parts_done = ?, reason = ?, changed_at_ms = ?
        WHERE job_id = ?
        """,
        (state, parts_done, reason, changed_at_ms, job_id.bytes),
    )


def forget_parts(db: Connection, job_id: uuid.UUID) -> None:
    """Drop the bytes of a job that is over."""
    db.execute(
        """
        DELETE FROM print_job_part
        WHERE job_no = (SELECT job_no FROM print_job WHERE job_id = ?)
        """,
        (job_id.bytes,),
    )


def forget_job(db: Connection, job_id: uuid.UUID) -> None:
    """Drop a job that is over."""
    db.execute("DELETE FROM print_job WHERE job_id = ?", (job_id.bytes,))


def forget_old(db: Connection, made_before_ms: int) -> int:
    """Drop jobs that were made before an instant, whatever became of them; how many."""
    rows = db.execute(
        "DELETE FROM print_job WHERE made_at_ms < ? RETURNING job_no", (made_before_ms,)
    ).fetchall()
    return len(rows)


def _read_job(row: Row) -> KeptJob:
    return KeptJob(
        job_id=uuid.UUID(bytes=get_bytes(row[1])),
        device_id=get_text(row[2]),
        register_no=get_text(row[3]),
        kind=get_text(row[4]),
        fact_id=None if row[5] is None else uuid.UUID(bytes=get_bytes(row[5])),
        made_at_ms=get_int(row[6]),
        expires_at_ms=get_int(row[7]),
        state=get_text(row[8]),
        parts_done=get_int(row[9]),
        reason=get_text(row[10]),
    )
