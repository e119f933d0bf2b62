"""What a box looks at before it writes: is its file what it was when the box stopped?"""

from __future__ import annotations

from edge_agent.store import journal
from edge_agent.store.errors import DatabaseDamagedError
from edge_agent.store.feed_check import find_damaged_feed
from edge_agent.store.head_sidecar import HeadSidecar, require_head
from edge_agent.store.health import quick_check
from edge_agent.store.migrations import find_schema_fault
from edge_agent.store.sqlite_library import Connection


def require_sound(db: Connection, sidecar: HeadSidecar) -> None:
    """Look at the file's pages and tables, the journal's chain and end, and the documents' content.

    What this does not see, because it takes too long for a start: projections that differ from the
    journal (`edge-agent doctor`). What nobody can see: docs/reliability.md.

    Raises:
        DatabaseDamagedError: a page, or a document, is not what was written.
        JournalDamagedError: a fact is not, or facts are gone.
    """
    answer = quick_check(db)
    if answer != "ok":
        raise DatabaseDamagedError(reason=answer)
    strange = find_schema_fault(db)
    if strange is not None:
        raise DatabaseDamagedError(reason=f"{strange} is not made as it was")
    journal.walk_chain(db)
    require_head(db, sidecar)
    feed = find_damaged_feed(db)
    if feed is not None:
        raise DatabaseDamagedError(reason=f"the documents of {feed} are not those that were sent")
