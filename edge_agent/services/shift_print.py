"""Printing of an X. A Z prints itself with its fact."""

from __future__ import annotations

import uuid

from edge_agent.services.box import Box
from edge_agent.services.printing import Place, queue_pages
from edge_agent.services.shift_page import ShiftHead, lay_out_x
from edge_agent.services.shifts import read_x
from edge_agent.store.sqlite_library import Connection
from hardware.driver import Role


def print_x(db: Connection, box: Box, register_no: str, *, job_id: uuid.UUID) -> None:
    """Have what the shift comes to so far printed at its register. A repeat changes nothing.

    Raises:
        NoShiftError, NoPrinterError
    """
    shift, totals = read_x(db, register_no)
    head = ShiftHead(
        "X 报表",
        box.identity.store_name,
        register_no,
        shift.shift_no,
        shift.staff_no,
        box.wall_at().astimezone(box.time_zone),
        shift.float_fen,
    )
    queue_pages(
        db, box, Place(register_no, Role.PRINTER), (lay_out_x(head, totals),), job_id=job_id
    )
