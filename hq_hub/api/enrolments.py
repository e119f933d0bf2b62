"""Route by which a new box becomes the box of a store. The claim code is its proof; no session."""

from __future__ import annotations

from typing import Annotated

import fastapi
import pydantic

from hq_hub.api.headquarters import WRITE_TIMEOUT_S, Parts
from hq_hub.services import enrolment
from hq_hub.services.enrolment import REQUEST_BYTES_MAX, EnrolmentAnswer, EnrolmentRequest

router = fastapi.APIRouter(prefix="/enrolments", tags=["enrolments"])


class EnrolmentBody(pydantic.BaseModel):
    """Body of POST /enrolments."""

    claim_no: Annotated[int, pydantic.Field(ge=1, lt=10**9)]
    csr_pem: Annotated[str, pydantic.Field(max_length=REQUEST_BYTES_MAX)]
    proof: Annotated[str, pydantic.Field(max_length=64)]


@router.post("")
def enrol(body: EnrolmentBody, parts: Parts) -> EnrolmentAnswer:
    """Certify a box. A repeat by the same box gets a certificate again."""
    request = EnrolmentRequest(body.claim_no, body.csr_pem, body.proof)
    writing = parts.writer.submit(enrolment.enrol, parts.authority, request, parts.clock())
    return writing.result(WRITE_TIMEOUT_S)
