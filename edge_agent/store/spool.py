"""Rows of the spool: the device process's own SQLite file of print jobs. No rules, only SQL."""

from __future__ import annotations

import dataclasses

from edge_agent.store.rows import get_bytes, get_int, get_text
from edge_agent.store.sqlite_library import Connection, DatabaseError, Row

SCHEMA_VERSION = 1
SCHEMA = (
    """
    CREATE TABLE job (
        job_no        INTEGER PRIMARY KEY,              -- in the order in which they came
        job_id        BLOB NOT NULL UNIQUE CHECK (length(job_id) = 16),
        device_id     TEXT NOT NULL,
        kind          TEXT NOT NULL,
        state         TEXT NOT NULL,
        is_final      INTEGER NOT NULL CHECK (is_final IN (0, 1)),
        is_told       INTEGER NOT NULL DEFAULT 0 CHECK (is_told IN (0, 1)),  -- the box knows it
        parts_count   INTEGER NOT NULL CHECK (parts_count >= 1),
        parts_done    INTEGER NOT NULL DEFAULT 0 CHECK (parts_done <= parts_count),
        attempts      INTEGER NOT NULL DEFAULT 0,       -- to send the part that comes next
        boot_id       BLOB NOT NULL CHECK (length(boot_id) = 16),
        expires_at_ms INTEGER NOT NULL,                 -- by the monotonic clock of that boot
        reason        TEXT NOT NULL DEFAULT ''
    ) STRICT
    """,
    "CREATE INDEX job_waits ON job (device_id, job_no) WHERE is_final = 0",
    "CREATE INDEX job_is_news ON job (job_no) WHERE is_told = 0",
    """
    CREATE TABLE part (
        job_no  INTEGER NOT NULL REFERENCES job,
        part_no INTEGER NOT NULL CHECK (part_no >= 0),
        page    BLOB NOT NULL,
        PRIMARY KEY (job_no, part_no)
    ) STRICT, WITHOUT ROWID
    """,
    f"PRAGMA user_version = {SCHEMA_VERSION}",
)

COLUMNS = "job_no, job_id, device_id, kind, state, parts_count, parts_done, attempts, boot_id, \
expires_at_ms, reason"


@dataclasses.dataclass(frozen=True, slots=True)
class JobRow:
    """One job without its parts."""

    job_no: int
    job_id: bytes
    device_id: str
    kind: str
    state: str
    parts_count: int
    parts_done: int
    attempts: int
    boot_id: bytes
    expires_at_ms: int
    reason: str


def require_sound(db: Connection) -> None:
    """Look through the file.

    Raises:
        DatabaseError: it is damaged.
    """
    found = db.execute("PRAGMA quick_check(1)").fetchall()
    if found != [("ok",)]:
        raise DatabaseError(str(found))


def make_tables(db: Connection) -> int:
    """Make the tables of an empty file; in a transaction. Returns the file's version before."""
    row = db.execute("PRAGMA user_version").fetchone()
    assert row is not None
    version = get_int(row[0])
    if version == 0:
        for statement in SCHEMA:
            db.execute(statement)
    return version


def _job(row: Row) -> JobRow:
    return JobRow(
        get_int(row[0]),
        get_bytes(row[1]),
        get_text(row[2]),
        get_text(row[3]),
        get_text(row[4]),
        get_int(row[5]),
        get_int(row[6]),
        get_int(row[7]),
        get_bytes(row[8]),
        get_int(row[9]),
        get_text(row[10]),
    )


def find_job(db: Connection, job_id: bytes) -> JobRow | None:
    """A job by its id."""
    row = db.execute(f"SELECT {COLUMNS} FROM job WHERE job_id = ?", (job_id,)).fetchone()  # noqa: S608 (constant columns)
    return None if row is None else _job(row)


def read_waiting(db: Connection) -> list[JobRow]:
    """Jobs that are not final, in the order in which they came."""
    sql = f"SELECT {COLUMNS} FROM job WHERE is_final = 0 ORDER BY job_no"  # noqa: S608 (constant columns)
    return [_job(row) for row in db.execute(sql).fetchall()]


def read_next(db: Connection, device_id: str, first_kind: str) -> JobRow | None:
    """The device's oldest job that is not final; those of one kind come before all others."""
    sql = f"""SELECT {COLUMNS} FROM job WHERE is_final = 0 AND device_id = ?
        ORDER BY kind <> ?, job_no LIMIT 1"""  # noqa: S608 (constant columns)
    row = db.execute(sql, (device_id, first_kind)).fetchone()
    return None if row is None else _job(row)


def count_waiting(db: Connection, device_id: str) -> tuple[int, int]:
    """How many of a device's jobs are not final, and the bytes of all waiting jobs' parts."""
    row = db.execute(
        """SELECT (SELECT count(*) FROM job WHERE is_final = 0 AND device_id = ?),
            (SELECT coalesce(sum(length(page)), 0) FROM part)""",
        (device_id,),
    ).fetchone()
    assert row is not None
    return get_int(row[0]), get_int(row[1])


def insert_job(db: Connection, job: JobRow, pages: tuple[bytes, ...], *, is_final: bool) -> None:
    """Add a job; its number is given here. In a transaction."""
    (row,) = db.execute(
        """INSERT INTO job (job_id, device_id, kind, state, is_final, parts_count, boot_id,
            expires_at_ms, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING job_no""",
        (
            job.job_id,
            job.device_id,
            job.kind,
            job.state,
            int(is_final),
            job.parts_count,
            job.boot_id,
            job.expires_at_ms,
            job.reason,
        ),
    ).fetchall()
    if not is_final:
        parts = ((row[0], part_no, page) for part_no, page in enumerate(pages))
        db.executemany("INSERT INTO part VALUES (?, ?, ?)", parts)


def update_job(db: Connection, job: JobRow, *, is_final: bool) -> None:
    """Write what changes about a job; it is news again. A final one loses its parts."""
    db.execute(
        """UPDATE job SET state = ?, is_final = ?, is_told = 0, parts_done = ?, attempts = ?,
            reason = ? WHERE job_no = ?""",
        (job.state, int(is_final), job.parts_done, job.attempts, job.reason, job.job_no),
    )
    if is_final:
        db.execute("DELETE FROM part WHERE job_no = ?", (job.job_no,))


def read_page(db: Connection, job_no: int, part_no: int) -> bytes:
    """One part of a job that is not final."""
    row = db.execute(
        "SELECT page FROM part WHERE job_no = ? AND part_no = ?", (job_no, part_no)
    ).fetchone()
    assert row is not None, (job_no, part_no)
    return get_bytes(row[0])


def read_news(db: Connection, count_max: int) -> list[JobRow]:
    """Jobs whose state the box was not told, oldest first."""
    sql = f"SELECT {COLUMNS} FROM job WHERE is_told = 0 ORDER BY job_no LIMIT ?"  # noqa: S608 (constant columns)
    return [_job(row) for row in db.execute(sql, (count_max,)).fetchall()]


def has_news(db: Connection) -> bool:
    """Whether there is a job whose state the box was not told."""
    return db.execute("SELECT 1 FROM job WHERE is_told = 0 LIMIT 1").fetchone() is not None


def mark_told(db: Connection, job_id: bytes, state: str, parts_done: int) -> None:
    """The box knows this state; nothing happens when it is not the state any more."""
    db.execute(
        "UPDATE job SET is_told = 1 WHERE job_id = ? AND state = ? AND parts_done = ?",
        (job_id, state, parts_done),
    )


def mark_untold(db: Connection, job_id: bytes) -> None:
    """The box asks for it again."""
    db.execute("UPDATE job SET is_told = 0 WHERE job_id = ?", (job_id,))


def forget_jobs(db: Connection, kept_max: int) -> None:
    """Drop the oldest jobs that are final and told, beyond the newest kept_max of all."""
    db.execute(
        """DELETE FROM job WHERE is_final = 1 AND is_told = 1
            AND job_no <= (SELECT max(job_no) FROM job) - ?""",
        (kept_max,),
    )
