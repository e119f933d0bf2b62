"""Templates on their way: written at headquarters, printed by at the store."""

from __future__ import annotations

import contextlib
import dataclasses
import pathlib
from collections.abc import Iterator

import pytest

from edge_agent.services import templates
from edge_agent.services.errors import UnknownTemplateError
from edge_agent.store.sqlite_library import Connection
from hq_hub.services import templates as hub_templates
from protos.documents import TEMPLATES_FEED
from protos.liushui.v1 import document_pb2
from protos.templates import decode_template, encode_template
from retail_domain.labels.built_in_templates import BUILT_IN, RECEIPT_80, SHELF_LABEL
from retail_domain.labels.template import Template
from tests.edge_agent.shop_setup import open_box
from tests.edge_agent.sync.test_people_feed import pull
from tests.hq_hub.small_chain import SmallChain, open_chain

OURS = dataclasses.replace(SHELF_LABEL, name="我们的标签")


@pytest.fixture
def hub(tmp_path: pathlib.Path) -> Iterator[SmallChain]:
    (tmp_path / "hub").mkdir()
    with open_chain(tmp_path / "hub") as chain:
        yield chain


@pytest.fixture
def box_db(tmp_path: pathlib.Path) -> Iterator[Connection]:
    with contextlib.closing(open_box(str(tmp_path / "box.sqlite"))) as db:
        yield db


@pytest.mark.parametrize("template", BUILT_IN.values(), ids=lambda t: t.template_id)
def test_template_survives_the_wire(template: Template) -> None:
    assert decode_template(encode_template(template)) == template


@pytest.mark.parametrize(
    "body",
    [
        b"\xff",
        b"",
        document_pb2.TemplateDocument(label=document_pb2.LabelTemplate()).SerializeToString(),
        document_pb2.TemplateDocument(
            receipt=document_pb2.ReceiptTemplate(
                template_id="r",
                size_um=3_000,
                head=[
                    document_pb2.ReceiptLineStyle(
                        content="{new}", size_um=3_000, align="ALIGN_LEFT"
                    )
                ],
            )
        ).SerializeToString(),
    ],
)
def test_template_that_this_program_can_not_print_is_none(body: bytes) -> None:
    assert decode_template(body) is None


def test_store_prints_by_headquarters_template_until_it_is_taken_back(
    hub: SmallChain, box_db: Connection
) -> None:
    assert templates.find_label(box_db, "shelf") == SHELF_LABEL

    for _ in range(2):
        hub_templates.put_template(hub.db, OURS, hub.ask().by)
    pull(hub, box_db, TEMPLATES_FEED)
    assert templates.find_label(box_db, "shelf").name == "我们的标签"
    assert [t.template_id for t in templates.list_labels(box_db)] == ["markdown", "price", "shelf"]
    assert OURS in hub_templates.list_templates(hub.db)
    hub.db.rollback()

    hub_templates.take_back_template(hub.db, "shelf", hub.ask().by)
    pull(hub, box_db, TEMPLATES_FEED)
    assert templates.find_label(box_db, "shelf") == SHELF_LABEL


def test_receipt_follows_headquarters_template(hub: SmallChain, box_db: Connection) -> None:
    assert templates.find_receipt(box_db) == RECEIPT_80
    ours = dataclasses.replace(RECEIPT_80, shows_sku=False, foot=())
    hub_templates.put_template(hub.db, ours, hub.ask().by)

    pull(hub, box_db, TEMPLATES_FEED)

    assert templates.find_receipt(box_db) == ours


def test_receipt_is_no_label(box_db: Connection) -> None:
    for template_id in ("receipt_80", "nothing"):
        with pytest.raises(UnknownTemplateError):
            templates.find_label(box_db, template_id)
