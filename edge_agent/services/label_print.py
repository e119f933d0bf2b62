"""Labels of items: laid out, checked before anything is printed, and queued as one job."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from edge_agent.services.box import Box
from edge_agent.services.errors import (
    LabelCharacterError,
    LabelCodeDataError,
    LabelCodeTooLargeError,
    LabelTextTooLongError,
    NoLabelsError,
    TooManyLabelsError,
)
from edge_agent.services.label_page import LabelPlace, LabelWish, lay_out_label
from edge_agent.services.printing import Place, queue_pages
from edge_agent.services.templates import find_label
from edge_agent.store.print_jobs import KeptJob
from edge_agent.store.sqlite_library import Connection
from hardware.driver import Role
from hardware.printer import errors as page_errors
from hardware.printer.bitmap import Bitmap
from hardware.printer.page import Label
from hardware.printer.render import check_label, render
from retail_domain.errors import RetailError

LABELS_MAX = 500
"""Of one job: a roll has about so many."""
CHECKED_DOTS_PER_MM = 8
"""The coarsest head: what fits there fits everywhere."""

REFUSALS: Mapping[type[page_errors.PageError], type[RetailError]] = {
    page_errors.TextTooLongError: LabelTextTooLongError,
    page_errors.UnprintableCharacterError: LabelCharacterError,
    page_errors.CodeDataError: LabelCodeDataError,
    page_errors.CodeTooLargeError: LabelCodeTooLargeError,
}


def lay_out_labels(
    db: Connection, box: Box, template_id: str, wishes: Sequence[LabelWish]
) -> list[Label]:
    """One label a wish, its copies not yet counted.

    Raises:
        UnknownTemplateError, UnknownItemError, PriceMissingError, LabelCodeMissingError
        NoLabelsError, TooManyLabelsError: not between 1 and LABELS_MAX with all copies.
    """
    template = find_label(db, template_id)
    count = sum(wish.copies for wish in wishes)
    if count == 0:
        raise NoLabelsError
    if count > LABELS_MAX:
        raise TooManyLabelsError(count=count, limit=LABELS_MAX)
    lists = box.lists(db)
    place = LabelPlace(box.identity.store_name, box.today())
    return [lay_out_label(template, lists.find(w.item_id), w, place) for w in wishes]


def require_printable(labels: Sequence[Label]) -> None:
    """Look whether each label can be drawn: nothing of a batch is printed when one can't.

    Takes some milliseconds a label, so it belongs into a thread of its own.

    Raises:
        LabelTextTooLongError, LabelCharacterError, LabelCodeDataError, LabelCodeTooLargeError
    """
    for label in labels:
        try:
            check_label(label, CHECKED_DOTS_PER_MM)
        except page_errors.PageError as error:
            raise _refuse(label, error) from error


def preview(label: Label) -> Bitmap:
    """The dots of a label on the coarsest head; raises as `require_printable`."""
    try:
        return render(label, CHECKED_DOTS_PER_MM)
    except page_errors.PageError as error:
        raise _refuse(label, error) from error


def queue_labels(
    db: Connection,
    box: Box,
    register_no: str,
    labels: Sequence[tuple[Label, int]],
    *,
    job_id: uuid.UUID,
) -> KeptJob:
    """Have labels printed, each as often as its number says. A repeated job_id changes nothing.

    Raises:
        NoPrinterError: the register has no label printer.
    """
    pages = [label for label, copies in labels for _ in range(copies)]
    return queue_pages(db, box, Place(register_no, Role.LABEL_PRINTER), pages, job_id=job_id)


def _refuse(label: Label, error: page_errors.PageError) -> RetailError:
    shown = {text.name: text.text for text in label.texts}
    shown |= {code.name: code.data for code in label.codes}
    text = shown.get(error.name, "")[:TEXT_SHOWN_MAX]
    return REFUSALS[type(error)](element=error.name, text=text)


TEXT_SHOWN_MAX = 60
