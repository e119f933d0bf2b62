"""Commands: what the page says, as the use cases take it."""

from __future__ import annotations

from typing import Any

from edge_agent.api import command_messages, payment_messages, return_messages
from edge_agent.services.register import Command, CommandName
from edge_agent.services.returns import Back, BroughtBack, BroughtBackWithoutReceipt
from retail_domain.stock.movement import StockState
from retail_domain.trade.refund import GoodsBack
from retail_domain.trade.tender import TenderKind


def read_command(wish: command_messages.Command) -> Command:
    """Translate one command; the model has checked types and lengths."""
    name = CommandName(wish.name)
    match wish:
        case command_messages.PayCommand():
            arguments: dict[str, Any] = {"tenders": _read_tenders(wish.arguments.tenders)}
        case command_messages.PayByCodeCommand():
            tenders = _read_tenders(wish.arguments.tenders)
            arguments = wish.arguments.model_dump() | {"tenders": tenders}
        case command_messages.ExchangeCommand():
            back = tuple(read_back(one) for one in wish.arguments.back)
            arguments = {"back": back, "tenders": _read_tenders(wish.arguments.tenders)}
        case _:
            arguments = wish.arguments.model_dump()
    return Command(command_id=wish.command_id, name=name, approval_id=wish.approval_id, **arguments)


def read_back(one: return_messages.Back) -> Back:
    """Translate one line of goods that come back."""
    goods = GoodsBack(one.quantity_milli, StockState(one.state), one.reason)
    match one:
        case return_messages.OnReceipt():
            return BroughtBack(one.sale_id, one.sale_line_no, goods)
        case return_messages.WithoutReceipt():
            return BroughtBackWithoutReceipt(one.item_id, one.unit_price_fen, goods)


def _read_tenders(
    tenders: list[payment_messages.OfferedTender],
) -> tuple[tuple[TenderKind, int], ...]:
    return tuple((TenderKind(tender.kind), tender.amount_fen) for tender in tenders)
