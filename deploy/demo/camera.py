"""A browser window and its pictures: each in both languages, light and dark."""

from __future__ import annotations

import contextlib
import pathlib
from collections.abc import Iterator

import playwright.sync_api

SETTLE_MS = 1_200
"""Charts draw themselves in; a picture before that is half a chart."""
SWITCH_MS = 500
"""Words and colours change at once; charts fade."""
LANGUAGE_WORDS = ("EN", "中文")
"""On the switch: the language that it changes to."""
CLICK = """
words => {
  const buttons = [...document.querySelectorAll('button')]
  const at = buttons.findIndex((button) => words.includes(button.innerText.trim()))
  const found = buttons[at + (words.length === 1 ? 1 : 0)]
  if (at >= 0) found.click()  // Also under a dialog.
  return at >= 0
}
"""


class Camera:
    """Takes pictures into a folder; files of the same name are replaced."""

    def __init__(self, browser: playwright.sync_api.Browser, target: pathlib.Path) -> None:
        self._browser, self._target = browser, target
        target.mkdir(parents=True, exist_ok=True)

    @contextlib.contextmanager
    def open_window(
        self, size: tuple[int, int], language: str = "zh", *, is_dark: bool = False
    ) -> Iterator[playwright.sync_api.Page]:
        """A window of its own; Chinese and light unless told otherwise."""
        width, height = size
        context = self._browser.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        context.add_init_script(
            f"localStorage.getItem('liushui.language') ??"
            f" localStorage.setItem('liushui.language', '{language}');"
            f"localStorage.getItem('liushui.dark') ??"
            f" localStorage.setItem('liushui.dark', '{int(is_dark)}');"
        )
        try:
            yield context.new_page()
        finally:
            context.close()

    def take(self, page: playwright.sync_api.Page, name: str) -> None:
        """Four pictures of what the page shows, by its own switches; it is as before then."""
        page.wait_for_load_state("load")
        page.wait_for_timeout(SETTLE_MS)
        for language in ("zh", "en"):
            for palette in ("light", "dark"):
                self.take_one(page, f"{name}-{language}-{palette}")
                self._switch_palette(page)
            assert page.evaluate(CLICK, list(LANGUAGE_WORDS)), f"{name} has no switches"
            page.wait_for_timeout(SWITCH_MS)

    def take_one(self, page: playwright.sync_api.Page, name: str) -> None:
        """One picture as it stands."""
        page.screenshot(path=self._target / f"{name}.png")

    def take_each(self, size: tuple[int, int], address: str, name: str) -> None:
        """Four pictures of a page without switches."""
        for language in ("zh", "en"):
            for is_dark in (False, True):
                with self.open_window(size, language, is_dark=is_dark) as page:
                    page.goto(address)
                    page.wait_for_timeout(SETTLE_MS)
                    self.take_one(page, f"{name}-{language}-{'dark' if is_dark else 'light'}")

    def _switch_palette(self, page: playwright.sync_api.Page) -> None:
        """The switch beside the one of the language."""
        for word in LANGUAGE_WORDS:
            if page.evaluate(CLICK, [word]):
                break
        page.wait_for_timeout(SWITCH_MS)
