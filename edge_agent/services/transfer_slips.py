"""Use cases of transfer slips: printed where goods leave, scanned where they come, without a line.

A slip carries the order as far as goods left for it, signed by the box that sent them. The box that
it is for needs nothing else: neither headquarters' order nor anybody's answer.
"""

from __future__ import annotations

import dataclasses
import pathlib
import uuid
from collections.abc import Sequence

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from edge_agent.services import goods
from edge_agent.services.box import Box
from edge_agent.services.enrolment import CA_FILE, CERTIFICATE_FILE, load_key
from edge_agent.services.errors import (
    NothingShippedError,
    SlipAlteredError,
    SlipDoneError,
    SlipForOtherStoreError,
    SlipPartsError,
)
from edge_agent.services.printing import Place, queue_pages
from edge_agent.services.receipt_page import PAPER_UM, TOTAL_SIZE_UM
from edge_agent.store.database import write_transaction
from edge_agent.store.print_jobs import KeptJob
from edge_agent.store.sqlite_library import Connection
from edge_agent.store.transfer_slips import put_slip, read_slips
from hardware.driver import Role
from hardware.printer.page import UM, Align, Block, Cell, CodeRow, Divider, Roll, Row, Symbology
from protos.transfer_slip import (
    SlipPartsMissingError,
    SlipUnreadableError,
    read_slip,
    write_slip,
)
from retail_domain.labels.fill import show_quantity
from retail_domain.transfers.transfer_order import OrderLine
from retail_domain.transfers.transfer_slip import TransferSlip

CODE_HEIGHT_UM = 42 * UM
"""81 modules with the quiet zone, half a millimetre each."""
SIZE_UM = 3 * UM


@dataclasses.dataclass(frozen=True, slots=True)
class SlipPapers:
    """What slips are signed with, and checked against."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    """Of the key; CN is the store."""
    authority: x509.Certificate
    """CA of the chain."""


def load_papers(pki: pathlib.Path) -> SlipPapers:
    """Read the files of an enrolled box."""
    certificate, authority = (
        x509.load_pem_x509_certificate((pki / name).read_bytes())
        for name in (CERTIFICATE_FILE, CA_FILE)
    )
    return SlipPapers(load_key(pki), certificate, authority)


def make_slip(db: Connection, box: Box, transfer_no: str) -> TransferSlip:
    """Say what left this store for a transfer so far.

    Raises:
        NothingShippedError: no transfer from here, or nothing left yet.
    """
    _purchases, transfers = goods.list_orders(db)
    for order in transfers:
        if order.transfer_no == transfer_no and order.source_store == box.identity.store:
            moved = goods.read_moved(db, box, [order])
            sent = {line.item_id: moved.get((transfer_no, line.item_id), 0) for line in order.lines}
            lines = tuple(OrderLine(item_id, milli) for item_id, milli in sent.items() if milli > 0)
            if lines:
                return TransferSlip(transfer_no, order.source_store, order.target_store, lines)
    raise NothingShippedError(transfer_no=transfer_no)


def lay_out_slip(db: Connection, box: Box, papers: SlipPapers, transfer_no: str) -> Roll:
    """A slip as paper: what people check by eye, then the codes that a box reads.

    Raises:
        NothingShippedError
    """
    slip = make_slip(db, box, transfer_no)
    codes = write_slip(slip, papers.key, papers.certificate)
    lists = box.lists(db)
    blocks: list[Block] = [
        Row((Cell("调拨随货单", 1, Align.CENTER),), TOTAL_SIZE_UM, True),
        Row((Cell(transfer_no, 1, Align.CENTER),), SIZE_UM),
        Row((Cell(f"{slip.source_store} → {slip.target_store}", 1, Align.CENTER),), SIZE_UM),
        Row((Cell(f"{box.wall_at().astimezone(box.time_zone):%Y-%m-%d %H:%M}", 1),), SIZE_UM),
        Divider(),
    ]
    for line in slip.lines:
        name = lists.find(line.item_id).item.name
        quantity = Cell(show_quantity(line.quantity_milli), 1, Align.RIGHT)
        blocks.append(Row((Cell(name, 3), quantity), SIZE_UM))
    blocks.append(Divider())
    for number, code in enumerate(codes, start=1):
        blocks.append(Row((Cell(f"{number} / {len(codes)}", 1, Align.CENTER),), SIZE_UM))
        blocks.append(CodeRow(Symbology.QR, code, CODE_HEIGHT_UM))
    return Roll(PAPER_UM, tuple(blocks))


def print_slip(
    db: Connection,
    box: Box,
    papers: SlipPapers,
    register_no: str,
    transfer_no: str,
    *,
    job_id: uuid.UUID,
) -> KeptJob:
    """Have a slip printed at a register. A repeated job_id changes nothing.

    Raises:
        NothingShippedError, NoPrinterError
    """
    roll = lay_out_slip(db, box, papers, transfer_no)
    return queue_pages(db, box, Place(register_no, Role.PRINTER), (roll,), job_id=job_id)


def take_slip(db: Connection, box: Box, papers: SlipPapers, parts: Sequence[str]) -> str:
    """Take a scanned slip: its transfer can be received then. A repeat changes nothing.

    Args:
        db: the box's database.
        box: the store that it has to be for.
        papers: the chain's CA.
        parts: texts of its codes, in any order.

    Returns:
        The transfer's number.

    Raises:
        SlipPartsError: not all of them.
        SlipAlteredError: no slip of this chain, or not as its store signed it.
        SlipForOtherStoreError
        SlipDoneError: all of it is here already.
    """
    try:
        slip = read_slip(parts, papers.authority)
    except SlipPartsMissingError as error:
        raise SlipPartsError(have=error.have, count=error.count) from error
    except SlipUnreadableError as error:
        raise SlipAlteredError from error
    transfer_no = slip.transfer_no
    if slip.target_store != box.identity.store:
        raise SlipForOtherStoreError(transfer_no=transfer_no, store=slip.target_store)
    with write_transaction(db):
        if not any(_says_more(kept, slip) for kept in read_slips(db)):
            put_slip(db, slip)
        order = next(one for one in goods.list_orders(db)[1] if one.transfer_no == transfer_no)
        if goods.is_whole(transfer_no, slip.lines, goods.read_moved(db, box, [order])):
            raise SlipDoneError(transfer_no=transfer_no)
    return transfer_no


def _says_more(kept: TransferSlip, slip: TransferSlip) -> bool:
    """Whether a slip of the same transfer was printed later: sums only grow."""
    sums = {line.item_id: line.quantity_milli for line in kept.lines}
    return kept.transfer_no == slip.transfer_no and all(
        sums.get(line.item_id, 0) >= line.quantity_milli for line in slip.lines
    )
