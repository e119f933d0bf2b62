"""Routes for IT: the store's devices, what hangs on its machines, and what devices read lately."""

from __future__ import annotations

import datetime
from typing import Annotated

import fastapi

from edge_agent.api import messages
from edge_agent.api.message import Message
from edge_agent.api.register_routes import RegisterNo, ShopPart
from edge_agent.api.staff import may
from retail_domain.people.right import Right

router = fastapi.APIRouter(prefix="/api/devices", tags=["devices"])
Seller = Annotated[str, may(Right.SELL)]


class PluggedView(Message):
    """Something that hangs on a machine of the store."""

    host: str
    address: str
    """Its name for the settings."""
    name: str
    likely_drivers: list[str]
    """The likeliest first."""
    device_id: str
    """The device that is set up at it; empty: none is."""


class ScanView(Message):
    """What a device read."""

    read_at: datetime.datetime
    device_id: str
    register_no: str
    text: str
    """FNC1 inside it is U+001D."""
    symbology: str
    refusal_code: str
    """Empty: it did what it should."""


class DevicesView(Message):
    """All of it."""

    devices: list[messages.Device]
    plugged: list[PluggedView]
    scans: list[ScanView]
    """The newest first, since the box started."""


@router.get("", summary="Devices of the store")
async def show_devices(shop: ShopPart, _register_no: RegisterNo, _staff_no: Seller) -> DevicesView:
    """As the device processes told it last."""
    return DevicesView(
        devices=shop.status().devices,
        plugged=[
            PluggedView(
                host=host,
                address=one.address,
                name=one.name,
                likely_drivers=list(one.likely),
                device_id=one.device_id,
            )
            for host, one in shop.plugged()
        ],
        scans=[ScanView.model_validate(scan) for scan in shop.log.read()],
    )
