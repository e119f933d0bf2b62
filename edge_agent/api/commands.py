"""Commands: what the page says, as the use cases take it."""

from __future__ import annotations

from edge_agent.api import messages
from edge_agent.services.register import Command, CommandName
from retail_domain.trade.tender import TenderKind


def read_command(wish: messages.Command) -> Command:
    """Translate one command; the model has checked types and lengths."""
    command_id, name = wish.command_id, CommandName(wish.name)
    match wish:
        case messages.PayCommand():
            tenders = tuple(
                (TenderKind(tender.kind), tender.amount_fen) for tender in wish.arguments.tenders
            )
            return Command(command_id=command_id, name=name, tenders=tenders)
        case _:
            return Command(command_id=command_id, name=name, **wish.arguments.model_dump())
