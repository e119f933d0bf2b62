"""Commands of a register's page, as models: one for each thing that a till can be told to do."""

from __future__ import annotations

import uuid
from typing import Annotated, Literal

import pydantic

from edge_agent.api.message import Amount, Integer, Message, Reason
from edge_agent.api.payment_messages import (
    TENDERS_MAX,
    OfferedTender,
    Pay,
    PayByCode,
    TakeBackPayment,
)
from edge_agent.api.return_messages import BackLines
from retail_domain.rounding import MILLI

CODE_LENGTH_MAX = 200
"""Longer than any code: what is beyond is not read."""


class Scan(Message):
    """Sell what the code names."""

    code: str = pydantic.Field(max_length=CODE_LENGTH_MAX)
    symbology: str = pydantic.Field("", max_length=3)
    item_id: Integer = 0
    """Chosen of several that the code may name; 0: nobody chose."""
    quantity_milli: Integer = MILLI
    """Typed before the code, as in 3*code."""


class SellOpenItem(Message):
    """Sell goods whose code no item has, at a price that is typed."""

    code: str = pydantic.Field(min_length=1, max_length=CODE_LENGTH_MAX)
    symbology: str = pydantic.Field("", max_length=3)
    unit_price_fen: Amount = pydantic.Field(gt=0)
    tax_rate_id: str = pydantic.Field(max_length=20)
    goods_name: str = pydantic.Field("", max_length=40)


class AddItem(Message):
    """Sell an item that was chosen by name; quantity 0: what lies on the register's scale."""

    item_id: Integer
    quantity_milli: Integer


class SetQuantity(Message):
    """Change how much of a line is sold."""

    line_id: Integer
    quantity_milli: Integer


class SetPrice(Message):
    """Charge another price than the list's for a line."""

    line_id: Integer
    unit_price_fen: Amount


class SetDiscount(Message):
    """Take an amount off a line."""

    line_id: Integer
    discount_fen: Amount


class DiscountTicket(Message):
    """Take an amount off the whole ticket; 0 takes all discounts back."""

    discount_fen: Amount


class RemoveLine(Message):
    """Take a line off."""

    line_id: Integer
    reason: Reason = ""


class ClearTicket(Message):
    """Take all lines off."""

    reason: Reason = ""


class HoldTicket(Message):
    """Put the ticket aside."""


class RecallTicket(Message):
    """Take a held ticket up."""

    held_id: uuid.UUID


class CommandBase(Message):
    """A wish with its identity; the page keeps it until it is answered."""

    kind: Literal["command"] = "command"
    command_id: uuid.UUID
    approval_id: uuid.UUID | None = None
    """Names who allowed it, when the box asked for somebody."""


class ScanCommand(CommandBase):
    """Scan."""

    name: Literal["scan"]
    arguments: Scan


class SellOpenItemCommand(CommandBase):
    """Sell goods without an item."""

    name: Literal["sell_open_item"]
    arguments: SellOpenItem


class AddItemCommand(CommandBase):
    """Add an item."""

    name: Literal["add_item"]
    arguments: AddItem


class SetQuantityCommand(CommandBase):
    """Set a quantity."""

    name: Literal["set_quantity"]
    arguments: SetQuantity


class SetPriceCommand(CommandBase):
    """Override a price."""

    name: Literal["set_price"]
    arguments: SetPrice


class SetDiscountCommand(CommandBase):
    """Discount a line."""

    name: Literal["set_discount"]
    arguments: SetDiscount


class DiscountTicketCommand(CommandBase):
    """Discount the ticket."""

    name: Literal["discount_ticket"]
    arguments: DiscountTicket


class RemoveLineCommand(CommandBase):
    """Remove a line."""

    name: Literal["remove_line"]
    arguments: RemoveLine


class ClearTicketCommand(CommandBase):
    """Clear the ticket."""

    name: Literal["clear_ticket"]
    arguments: ClearTicket


class HoldTicketCommand(CommandBase):
    """Hold the ticket."""

    name: Literal["hold_ticket"]
    arguments: HoldTicket


class RecallTicketCommand(CommandBase):
    """Recall a held ticket."""

    name: Literal["recall_ticket"]
    arguments: RecallTicket


class Exchange(BackLines):
    """Take goods back and close the ticket, in one."""

    tenders: list[OfferedTender] = pydantic.Field(max_length=TENDERS_MAX)


class ExchangeCommand(CommandBase):
    """Exchange."""

    name: Literal["exchange"]
    arguments: Exchange


class PayCommand(CommandBase):
    """Pay."""

    name: Literal["pay"]
    arguments: Pay


class PayByCodeCommand(CommandBase):
    """Charge a wallet."""

    name: Literal["pay_by_code"]
    arguments: PayByCode


class TakeBackPaymentCommand(CommandBase):
    """Take a wallet payment back."""

    name: Literal["take_back_payment"]
    arguments: TakeBackPayment


Command = Annotated[
    ScanCommand
    | AddItemCommand
    | SellOpenItemCommand
    | SetQuantityCommand
    | SetPriceCommand
    | SetDiscountCommand
    | DiscountTicketCommand
    | RemoveLineCommand
    | ClearTicketCommand
    | HoldTicketCommand
    | RecallTicketCommand
    | ExchangeCommand
    | PayCommand
    | PayByCodeCommand
    | TakeBackPaymentCommand,
    pydantic.Field(discriminator="name"),
]
