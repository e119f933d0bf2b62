"""Rows of transfer slips that were scanned here and found good."""

from __future__ import annotations

from edge_agent.store.rows import get_bytes
from edge_agent.store.sqlite_library import Connection
from protos.transfer_slip import decode_slip, encode_slip
from retail_domain.transfers.transfer_slip import TransferSlip

SLIPS_KEPT_MAX = 200
"""The newest; a slip matters until headquarters' order or the goods are here."""


def put_slip(db: Connection, slip: TransferSlip) -> None:
    """Keep a slip, inside write_transaction(); the last one of a transfer is in force."""
    db.execute("DELETE FROM transfer_slip WHERE transfer_no = ?", (slip.transfer_no,))
    db.execute(
        "INSERT INTO transfer_slip (transfer_no, content) VALUES (?, ?)",
        (slip.transfer_no, encode_slip(slip)),
    )
    db.execute(
        "DELETE FROM transfer_slip WHERE slip_no <= (SELECT max(slip_no) FROM transfer_slip) - ?",
        (SLIPS_KEPT_MAX,),
    )


def read_slips(db: Connection) -> list[TransferSlip]:
    """All of them, by transfer number."""
    rows = db.execute("SELECT content FROM transfer_slip ORDER BY transfer_no").fetchall()
    return [decode_slip(get_bytes(row[0])) for row in rows]
