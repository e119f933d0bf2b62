"""Documents of label and receipt templates; proto <-> domain, both ways."""

from __future__ import annotations

from google.protobuf.message import DecodeError

from protos.liushui.v1 import document_pb2
from protos.mapping import read_fields, write_fields
from retail_domain.errors import RetailError
from retail_domain.labels.template import LabelTemplate, ReceiptTemplate, Template

KINDS: dict[type[Template], str] = {LabelTemplate: "label", ReceiptTemplate: "receipt"}
"""Field of the document by type."""
TYPES = {field: kind for kind, field in KINDS.items()}


def template_key(template_id: str) -> bytes:
    """Key of a template in its feed."""
    return template_id.encode()


def encode_template(template: Template) -> bytes:
    """Make the body of a template document."""
    wire = document_pb2.TemplateDocument()
    inner = getattr(wire, KINDS[type(template)])
    inner.SetInParent()
    write_fields(template, inner)
    return wire.SerializeToString(deterministic=True)


def decode_template(body: bytes) -> Template | None:
    """Read the body of a template document.

    Returns:
        None for one of a later version that says what this program can't print: the store goes
        on with the template that it has under that name.
    """
    try:
        wire = document_pb2.TemplateDocument.FromString(body)
        kind = TYPES[wire.WhichOneof("template") or ""]
        template: Template = read_fields(kind, getattr(wire, KINDS[kind]))
    except (DecodeError, KeyError, AssertionError, RetailError):
        return None
    return template
