"""Commands: what the page says, as the use cases take it."""

from __future__ import annotations

from typing import Any

from edge_agent.api import messages
from edge_agent.services.register import Command, CommandName
from retail_domain.trade.tender import TenderKind


def read_command(wish: messages.Command) -> Command:
    """Translate one command; the model has checked types and lengths."""
    name = CommandName(wish.name)
    match wish:
        case messages.PayCommand():
            tenders = tuple(
                (TenderKind(tender.kind), tender.amount_fen) for tender in wish.arguments.tenders
            )
            arguments: dict[str, Any] = {"tenders": tenders}
        case _:
            arguments = wish.arguments.model_dump()
    return Command(command_id=wish.command_id, name=name, approval_id=wish.approval_id, **arguments)
