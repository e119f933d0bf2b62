"""Instants on the wire: milliseconds of Unix time."""

from __future__ import annotations

import datetime

EPOCH_START = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
MILLISECOND = datetime.timedelta(milliseconds=1)
