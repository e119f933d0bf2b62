"""Labels of a scale as a person types them, and the settings that were learned of them."""

from __future__ import annotations

from retail_domain.catalog.quantity import parse_quantity_milli
from retail_domain.catalog.scale_label import LabelSample, ScaleLabel
from retail_domain.errors import BadLabelSampleError, RetailError

MG_A_MILLI = 1_000
MILLI_A_FEN = 10
PARTS = 4


def parse_sample(text: str) -> LabelSample:
    """Read `digits/number/kilograms/yuan`, such as `260001200650005007/12/0.500/6.50`.

    Raises:
        BadLabelSampleError
    """
    parts = text.split("/")
    if len(parts) != PARTS or not (parts[1].isascii() and parts[1].isdigit()):
        raise BadLabelSampleError(sample=text)
    try:
        weight_milli, yuan_milli = (parse_quantity_milli(part) for part in parts[2:])
    except RetailError as error:
        raise BadLabelSampleError(sample=text) from error
    if weight_milli <= 0 or yuan_milli <= 0 or yuan_milli % MILLI_A_FEN:
        raise BadLabelSampleError(sample=text)
    return LabelSample(
        parts[0], int(parts[1]), weight_milli * MG_A_MILLI, yuan_milli // MILLI_A_FEN
    )


def show_settings(label: ScaleLabel) -> str:
    """Write a label as it stands in the box's settings."""
    flags = ", ".join(f'"{flag}"' for flag in label.flags)
    return (
        f'[[scale_labels]]\nshape = "{label.shape}"\nflags = [{flags}]\n'
        f'check = "{label.check.value}"\namount_decimals = {label.amount_decimals}\n'
        f"weight_decimals = {label.weight_decimals}\n"
    )
