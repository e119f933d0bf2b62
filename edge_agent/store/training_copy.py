"""A file to practise on: the store's documents, registers and people, and nothing that happened."""

from __future__ import annotations

import contextlib
import pathlib

from edge_agent.store import history
from edge_agent.store.database import open_database, write_transaction
from edge_agent.store.identity import Identity, write_identity
from edge_agent.store.migrations import migrate
from protos.chain import GENESIS

FIRST_EPOCH = 1
LEFT_BEHIND = (
    "open_line",
    "open_approval",
    "approval",
    "held_ticket",
    "open_count_line",
    "open_count",
    "command_answer",
    "register_session",
    "print_job_part",
    "print_job",
    "wallet_payment",
    "wallet_refund",
    "photo",
    "transfer_slip",
)
"""What people were doing: nobody takes a customer's ticket into practice, or hundreds of photos."""
SIDE_FILES = ("", "-wal", "-shm")


def make_training_copy(path: pathlib.Path, real: pathlib.Path, identity: Identity) -> None:
    """Write the file anew; the real one is only read."""
    for suffix in SIDE_FILES:
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    migrate(str(path))
    with contextlib.closing(open_database(str(path))) as db:
        history.attach_old(db, str(real))
        with write_transaction(db):
            write_identity(db, identity, epoch=FIRST_EPOCH, epoch_start_head=GENESIS)
            history.copy_tables(db, LEFT_BEHIND)
