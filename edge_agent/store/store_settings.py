"""What headquarters decided for this store, out of its feed."""

from __future__ import annotations

from edge_agent.store import feeds
from edge_agent.store.sqlite_library import Connection
from protos.documents import SETTINGS_FEED
from protos.store_settings import SETTINGS_KEY, decode_settings
from retail_domain.people.store_settings import StoreSettings


def read_settings(db: Connection) -> StoreSettings:
    """All of it; nothing is decided where nothing came."""
    body = feeds.read_document(db, SETTINGS_FEED, SETTINGS_KEY)
    return StoreSettings() if body is None else decode_settings(body)
