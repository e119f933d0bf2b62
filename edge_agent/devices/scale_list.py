"""Brings the list of weighed goods to a label scale, or into a file for its maker's program."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence

from edge_agent.devices.errors import ScaleListError
from hardware.errors import DeviceUnavailableError
from hardware.host.openers import open_tcp
from hardware.scale.plu import FilePluSink, PluGoods, PluSink, Refused, TcpPluSink, sort_out

TCP = "tcp://"
ENCODINGS = ("gb18030", "utf-8")
"""Of names; a scale is set to one of them."""


def deliver_list(
    goods: Sequence[PluGoods], target: str, encoding: str
) -> tuple[int, Sequence[Refused]]:
    """Deliver what a scale can be told.

    Args:
        goods: of the store.
        target: `tcp://host:port` of a scale, or a path of a CSV file.
        encoding: one of ENCODINGS.

    Returns:
        How many goods were delivered, and those that could not be.

    Raises:
        ScaleListError: the list did not arrive whole.
    """
    fitting, refused = sort_out(goods)
    try:
        make_sink(target, encoding).deliver(fitting)
    except DeviceUnavailableError as error:
        raise ScaleListError(target=target, reason=str(error)) from error
    return len(fitting), refused


def make_sink(target: str, encoding: str) -> PluSink:
    """Choose the way by how the target is written."""
    if target.startswith(TCP):
        return TcpPluSink(lambda: open_tcp(target, ""), encoding)
    return FilePluSink(pathlib.Path(target), encoding)
