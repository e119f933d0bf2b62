"""Journal entries: the balanced lines that a fact leaves in the books."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from retail_domain.ledger.chart import AccountRole


class EntryLine(NamedTuple):
    """One line: exactly one side is above zero. A tuple: five are made for every ticket."""

    store: str
    """Whose books; the lines of one entry may touch two stores of one legal entity."""
    account_code: str
    transfer_no: str
    """Sub-account of goods in transit; empty elsewhere."""
    debit_fen: int
    credit_fen: int


class Change(NamedTuple):
    """A signed change of an account, before the lines are summed: + is debit, - is credit."""

    store: str
    account: AccountRole | str
    """What a rule means, or the code that a person wrote."""
    amount_fen: int
    transfer_no: str = ""


def sum_changes(
    changes: Iterable[Change], codes: Mapping[AccountRole, str]
) -> tuple[EntryLine, ...]:
    """Make the lines of one entry: one line a store, account and transfer, zero sums left out.

    Returns:
        Lines in ascending order of store, account and transfer; empty when nothing changes.
    """
    sums_fen: dict[tuple[str, str, str], int] = {}
    for store, account, amount_fen, transfer_no in changes:
        code = account if isinstance(account, str) else codes[account]
        key = (store, code, transfer_no)
        sums_fen[key] = sums_fen.get(key, 0) + amount_fen
    assert sum(sums_fen.values()) == 0, "an entry must balance"
    return tuple(
        [EntryLine(*key, max(fen, 0), max(-fen, 0)) for key, fen in sorted(sums_fen.items()) if fen]
    )
