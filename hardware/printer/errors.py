"""What can be wrong with a page. The box decides what the person sees."""

from __future__ import annotations

from hardware.errors import DeviceError


class PageError(DeviceError):
    """A page can't be drawn as its template wants it; `name` says which element is to blame."""

    code = "page"

    def __init__(self, name: str, text: str) -> None:
        super().__init__(f"{name}: {text}")
        self.name = name


class TextTooLongError(PageError):
    """A text doesn't fit its box at the smallest size that its template allows."""

    code = "text_too_long"


class UnprintableCharacterError(PageError):
    """The font has no such character: an emoji, a control character."""

    code = "unprintable_character"


class CodeDataError(PageError):
    """The data isn't what the symbology holds: length, check digit, characters."""

    code = "code_data"


class CodeTooLargeError(PageError):
    """The code has more modules than the box has room for at two dots a module."""

    code = "code_too_large"


class PageTooLargeError(PageError):
    """A label wider than the printer's head, or an endless receipt."""

    code = "page_too_large"
