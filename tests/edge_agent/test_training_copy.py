"""What is taken into practice, and what stays at work."""

from __future__ import annotations

import contextlib
import hashlib
import pathlib

from edge_agent.store.database import open_database, write_transaction
from edge_agent.store.photos import put_photo
from edge_agent.store.training_copy import LEFT_BEHIND, make_training_copy
from edge_agent.store.transfer_slips import put_slip
from retail_domain.transfers.transfer_order import OrderLine
from retail_domain.transfers.transfer_slip import TransferSlip
from tests.edge_agent.shop_setup import COLA, IDENTITY, open_box


def test_practice_has_the_goods_and_nothing_that_people_were_doing(tmp_path: pathlib.Path) -> None:
    real, practice = tmp_path / "box.sqlite", tmp_path / "training.sqlite"
    with contextlib.closing(open_box(str(real))) as db, write_transaction(db):
        put_photo(db, hashlib.sha256(b"photo").digest(), b"photo")
        put_slip(db, TransferSlip("T-000009", "S002", "S001", (OrderLine(COLA, 1_000),)))

    make_training_copy(practice, real, IDENTITY)

    with contextlib.closing(open_database(str(practice))) as db:
        tables = (*LEFT_BEHIND, "feed_document")
        counts = {table: db.execute(f"SELECT count(*) FROM {table}").fetchone() for table in tables}
    assert counts.pop("feed_document") != (0,)
    assert set(counts.values()) == {(0,)}
