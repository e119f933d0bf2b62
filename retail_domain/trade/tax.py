"""VAT inside the price: the one function that till, invoice, voucher and report use."""

from __future__ import annotations

from collections.abc import Sequence

from retail_domain.catalog.item import TaxRate
from retail_domain.rounding import divide_half_away, split_by_largest_remainder

BASIS_POINTS = 10_000


def tax_included_fen(amount_fen: int, rate_bp: int) -> int:
    """VAT that an amount contains: the amount less its net, never the net times the rate.

    Source: domain rule 1; net = gross / (1 + rate), rounded half away from zero once.
    """
    net_fen = divide_half_away(amount_fen * BASIS_POINTS, BASIS_POINTS + rate_bp)
    return amount_fen - net_fen


def allocate_tax(lines: Sequence[tuple[TaxRate, int]]) -> list[int]:
    """Tax of every line of one document, so that the lines sum to the document's tax.

    The document's tax is that of the sum of its lines a rate, sales and returns apart; the
    residue of a fen goes to the lines with the largest remainder.

    Args:
        lines: tax rate and amount in fen, tax included, signed; in document order.

    Returns:
        Tax in fen a line, in the same order, signed like its amount.
    """
    taxes_fen = [0] * len(lines)
    groups: dict[tuple[str, int, bool], list[int]] = {}
    for place, (rate, amount_fen) in enumerate(lines):
        group = (rate.tax_rate_id, rate.rate_bp, amount_fen < 0)
        groups.setdefault(group, []).append(place)
    for (_rate_id, rate_bp, _is_return), places in groups.items():
        amounts_fen = [lines[place][1] for place in places]
        tax_fen = tax_included_fen(sum(amounts_fen), rate_bp)
        shares_fen = split_by_largest_remainder(tax_fen, [abs(fen) for fen in amounts_fen])
        for place, share_fen in zip(places, shares_fen, strict=True):
            taxes_fen[place] = share_fen
    return taxes_fen
