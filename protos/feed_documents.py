"""Which documents a feed carries, and whether this program can read one that came."""

from __future__ import annotations

from collections.abc import Callable

from google.protobuf.message import DecodeError

from protos import documents
from protos.documents import decode_item, decode_order, decode_price, item_key
from protos.passed_sales import decode_returns
from protos.people import decode_person, decode_role
from protos.store_settings import decode_settings
from retail_domain.errors import RetailError


class UnreadableDocumentError(Exception):
    """A document that this program must not take in: of a later version, or no document."""


READERS: dict[str, Callable[[bytes], object]] = {
    documents.ITEMS_FEED: decode_item,
    documents.PRICES_FEED: decode_price,
    documents.ORDERS_FEED: decode_order,
    documents.ROLES_FEED: decode_role,
    documents.PEOPLE_FEED: decode_person,
    documents.SETTINGS_FEED: decode_settings,
    documents.RETURNS_FEED: decode_returns,
}
"""Templates are not in it: a store that can't print one goes on with the one that it has."""
KEYED_BY_ITEM = frozenset({documents.ITEMS_FEED, documents.PRICES_FEED})


def require_readable(feed: str, key: bytes, body: bytes) -> None:
    """Check one document before it takes an older one's place.

    Raises:
        UnreadableDocumentError
    """
    reader = READERS.get(feed)
    if reader is None:
        return
    try:
        document = reader(body)
        is_its_own = feed not in KEYED_BY_ITEM or item_key(_item_id(document)) == key
    except (DecodeError, KeyError, ValueError, OverflowError, AssertionError, RetailError) as error:
        raise UnreadableDocumentError(f"{feed} {key.hex()}: {error!r}") from error
    if not is_its_own:
        raise UnreadableDocumentError(f"{feed} {key.hex()}: kept under another item's key")


def _item_id(document: object) -> int:
    item_id = getattr(document, "item_id", 0)
    assert isinstance(item_id, int)
    return item_id
