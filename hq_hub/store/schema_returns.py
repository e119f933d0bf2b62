"""Which store may take goods of a sale back, once it is not the one that sold, and how far that is.

Headquarters passes on what the boxes say, in the order of receipt; the documents are what it said.
"""

from __future__ import annotations

from hq_hub.store.schema import Bytes, Int, Text, column, key, make_table

sale_holder = make_table(
    "sale_holder",
    key("sale_id", Bytes),  # fact_id of the ticket, 16 bytes.
    column("store", Text),
    column("pass_no", Int),  # How often it was passed on.
)

waiting_pass = make_table(  # Came before those that it builds on, as after a restore.
    "waiting_pass",
    key("sale_id", Bytes),
    key("pass_no", Int),
    key("store", Text),
    column("receive_no", Int),  # Of hub_journal.
)

sale_passing_cursor = make_table(
    "sale_passing_cursor",
    key("id", Int),
    column("receive_no", Int),  # The last fact of the hub's journal that was looked at.
)
