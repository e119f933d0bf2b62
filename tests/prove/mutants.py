"""Safeguards that are taken away one at a time. A mutant that survives means that we are blind."""

from __future__ import annotations

from tests.prove.mutation import Mutant

MUTANTS = (
    Mutant(
        "ack_head_unchecked",
        "edge_agent/store/journal.py",
        "    if read_head(db, epoch, durable_seq) != durable_head:\n        return False\n",
        "    if read_head(db, epoch, durable_seq) is None:\n        return False\n",
    ),
    Mutant(
        "cursor_moves_when_sent",
        "edge_agent/services/exchange.py",
        "    content = batch.SerializeToString()\n",
        "    db.execute('UPDATE ack_cursor SET durable_seq = ?', (part.last_seq,))\n"
        "    content = batch.SerializeToString()\n",
    ),
)
assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
