"""Documents of sales that pass from store to store; proto <-> domain, both ways."""

from __future__ import annotations

import dataclasses
import enum
import uuid

from protos.liushui.v1 import document_pb2
from protos.mapping import read_fields, write_fields
from retail_domain.trade.sale_passing import RefundedShare, ReturnedShare

QUESTION, SALE = b"q", b"s"
"""First byte of a key: what stands behind it."""


class PassedSaleState(enum.Enum):
    """What became of a store's request for a sale."""

    HERE = "here"
    UNKNOWN = "unknown"
    OTHER_COMPANY = "other_company"
    LOST = "lost"
    BUSY = "busy"


@dataclasses.dataclass(frozen=True, slots=True)
class SaleQuestion:
    """A store wants to take back what this one may take back."""

    request_id: uuid.UUID
    sale_id: uuid.UUID
    to_store: str
    answer_id: uuid.UUID
    """fact_id of the answer, so that it is given once."""


@dataclasses.dataclass(frozen=True, slots=True)
class PassedSale:
    """Answer to a store's last request for a sale; all but the state only when it is HERE."""

    request_id: uuid.UUID
    sale_id: uuid.UUID
    state: PassedSaleState
    pass_no: int = 0
    fact: bytes = b""
    """Of the ticket, as its box wrote it."""
    returned: tuple[ReturnedShare, ...] = ()
    refunded: tuple[RefundedShare, ...] = ()


ReturnsDocument = SaleQuestion | PassedSale
"""What the returns feed carries."""


def question_key(request_id: uuid.UUID) -> bytes:
    """Key of a question."""
    return QUESTION + request_id.bytes


def sale_key(sale_id: uuid.UUID) -> bytes:
    """Key of the answer about a sale: a store has one a sale, the last."""
    return SALE + sale_id.bytes


def encode_returns(document: ReturnsDocument) -> bytes:
    """Make the body of a document."""
    wire = document_pb2.ReturnsDocument()
    if isinstance(document, SaleQuestion):
        write_fields(document, wire.question)
    else:
        write_fields(document, wire.sale)
    return wire.SerializeToString(deterministic=True)


def decode_returns(body: bytes) -> ReturnsDocument:
    """Read the body of a document.

    Raises:
        DecodeError, KeyError, ValueError: of a later version, or none.
    """
    wire = document_pb2.ReturnsDocument.FromString(body)
    kind, message = (
        (SaleQuestion, wire.question)
        if wire.WhichOneof("document") == "question"
        else (PassedSale, wire.sale)
    )
    found: ReturnsDocument = read_fields(kind, message)
    return found
