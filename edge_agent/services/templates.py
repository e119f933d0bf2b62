"""The templates that hold at this store: headquarters' own, and the built-in ones beside them."""

from __future__ import annotations

from edge_agent.services.errors import UnknownTemplateError
from edge_agent.store import feeds
from edge_agent.store.sqlite_library import Connection
from protos.documents import TEMPLATES_FEED
from protos.templates import decode_template, template_key
from retail_domain.labels.built_in_templates import BUILT_IN, RECEIPT_80
from retail_domain.labels.template import LabelTemplate, ReceiptTemplate, Template

TEMPLATES_MAX = 200
"""Read at once: a chain has a dozen."""


def list_labels(db: Connection) -> list[LabelTemplate]:
    """Label templates, in order of id."""
    bodies = feeds.read_documents(db, TEMPLATES_FEED, TEMPLATES_MAX)
    written = {t.template_id: t for t in map(decode_template, bodies) if t is not None}
    templates = BUILT_IN | written
    found = (templates[template_id] for template_id in sorted(templates))
    return [template for template in found if isinstance(template, LabelTemplate)]


def find_label(db: Connection, template_id: str) -> LabelTemplate:
    """A label template.

    Raises:
        UnknownTemplateError: none of this id.
    """
    template = _find(db, template_id)
    if not isinstance(template, LabelTemplate):
        raise UnknownTemplateError(template_id=template_id)
    return template


def find_receipt(db: Connection) -> ReceiptTemplate:
    """The template of the store's receipts: headquarters' of the built-in one's id, or that."""
    template = _find(db, RECEIPT_80.template_id)
    return template if isinstance(template, ReceiptTemplate) else RECEIPT_80


def _find(db: Connection, template_id: str) -> Template | None:
    body = feeds.read_document(db, TEMPLATES_FEED, template_key(template_id))
    written = None if body is None else decode_template(body)
    return BUILT_IN.get(template_id) if written is None else written
