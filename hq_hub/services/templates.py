"""Label and receipt templates: headquarters writes them, stores hear of them by the feed."""

from __future__ import annotations

import sqlalchemy as sa

from hq_hub.store import documents
from hq_hub.store.audit import By, write_audit
from hq_hub.store.engine import write_transaction
from protos.documents import CHAIN_SCOPE, TEMPLATES_FEED
from protos.templates import decode_template, encode_template, template_key
from retail_domain.labels.built_in_templates import BUILT_IN
from retail_domain.labels.template import Template


def list_templates(db: sa.Connection) -> list[Template]:
    """All templates in force, in order of id: the built-in ones where nothing was written."""
    written = (
        decode_template(body)
        for _key, body in documents.iterate_living(db, TEMPLATES_FEED, CHAIN_SCOPE)
    )
    templates = BUILT_IN | {t.template_id: t for t in written if t is not None}
    return [templates[template_id] for template_id in sorted(templates)]


def put_template(db: sa.Connection, template: Template, by: By) -> None:
    """Put a template into force for the chain, in place of the one of its id.

    A repeat changes nothing.
    """
    key, body = template_key(template.template_id), encode_template(template)
    with write_transaction(db):
        if documents.read_bodies(db, TEMPLATES_FEED, CHAIN_SCOPE, {key: body}).get(key) == body:
            return
        version = documents.next_version(db)
        documents.write_documents(db, TEMPLATES_FEED, CHAIN_SCOPE, {key: body}, version)
        write_audit(db, by, "put_template", template.template_id)


def take_back_template(db: sa.Connection, template_id: str, by: By) -> None:
    """Let a built-in template hold again, or end one that is not. A repeat changes nothing."""
    key = template_key(template_id)
    with write_transaction(db):
        if documents.read_bodies(db, TEMPLATES_FEED, CHAIN_SCOPE, {key: None}).get(key) is None:
            return
        version = documents.next_version(db)
        documents.write_documents(db, TEMPLATES_FEED, CHAIN_SCOPE, {key: None}, version)
        write_audit(db, by, "take_back_template", template_id)
