"""What breaks the rules of WCAG 2.1, A and AA (axe-core), and what does not fit on a page."""

from __future__ import annotations

import pathlib
from typing import Any

import pytest
from playwright.sync_api import Page

AXE = pathlib.Path(__file__).parents[1] / "screens/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
SWITCH_MS = 150
SWITCH = """
word => {
  const buttons = [...document.querySelectorAll('button')]
  const found = buttons.find((button) => button.innerText.trim() === word)
  found?.click()  // Also under a dialog.
  return Boolean(found)
}
"""
CUT_OFF = """
() => {
  const isShown = (element) =>
    element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
  const hasWords = (element) =>
    [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '')
  const scrolls = (style) => /auto|scroll/.test(style.overflowX)
  const isEllipsis = (style) =>
    style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none'
  const boxOf = (element) => {
    if (!hasWords(element)) return element.getBoundingClientRect()
    const range = document.createRange()
    range.selectNodeContents(element)
    return range.getBoundingClientRect()
  }
  const holdersOf = (element) => {
    const holders = []
    for (let one = element; one && one !== document.body; one = one.parentElement) {
      const style = getComputedStyle(one)
      if (scrolls(style) || isEllipsis(style)) return { holders, canMove: true }
      if (style.overflowX !== 'visible' || one.matches('button, .ant-modal')) holders.push(one)
      if (style.position === 'fixed') break
    }
    return { holders, canMove: false }
  }
  // Under the lower edge of the window, or of a list that does not scroll.
  const isBelow = (element, box) => {
    const isHolder = (one) => one && !one.matches('.ant-modal-wrap')
    for (let one = element.parentElement; isHolder(one); one = one.parentElement) {
      if (/auto|scroll/.test(getComputedStyle(one).overflowY)) return false
      if (one.matches('.side') && box.bottom > one.getBoundingClientRect().bottom) return true
    }
    return box.bottom > innerHeight
  }
  const told = []
  // A phone scrolls tables; a desk does not, but for a fact's own columns, which may be many.
  for (const one of innerWidth < 1200 ? [] : document.querySelectorAll('body *')) {
    const moves = /auto|scroll/.test(getComputedStyle(one).overflowX)
    const isFree = one.closest('.payload-part')
    if (moves && !isFree && isShown(one) && one.scrollWidth > one.clientWidth + 1) {
      const title = one.closest('section')?.querySelector('h2')?.innerText ?? ''
      told.push(`${one.scrollWidth} in ${one.clientWidth}: ${title} ${one.className}`)
    }
  }
  for (const element of document.querySelectorAll('body *')) {
    const box = boxOf(element)
    const counts = hasWords(element) || element.matches('button, input, select, textarea')
    const isForNobody = !isShown(element) || element.closest('[aria-hidden=true]')
    if (!counts || box.width <= 1 || isForNobody) continue
    const { holders, canMove } = holdersOf(element)
    const out = holders.find((holder) => {
      const around = holder.getBoundingClientRect()
      return box.right > around.right + 1 || box.left < around.left - 1
    })
    const isBeyond = box.right > innerWidth + 1 || box.left < -1
    const isTooLow = element.matches('.ant-modal button, .side button') && isBelow(element, box)
    if (out || isTooLow || (isBeyond && !canMove)) {
      const words = (element.innerText || element.outerHTML).slice(0, 60)
      told.push(`${words} in ${(out ?? document.body).className}`)
    }
  }
  return told
}
"""
"""Ranges of text, not boxes: a word may be wider than the element that it stands in."""

needs_axe = pytest.mark.skipif(not AXE.exists(), reason="the screens' packages are not installed")


def find_faults(page: Page) -> list[str]:
    """What axe has to say, one line a fault: rule, element, why; and what is cut off."""
    page.wait_for_timeout(500)  # Colours of something that fades in are nobody's colours.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    fits = find_cut_off(page) + find_cut_off_in_english(page)
    found: dict[str, Any] = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES
    )
    return fits + [
        f"{violation['id']}: {node['html'][:160]} | {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def find_cut_off(page: Page) -> list[str]:
    """Words and controls that stand out of their button, their panel or the window."""
    found: list[str] = page.evaluate(CUT_OFF)
    return [f"cut off: {one}" for one in found]


def find_cut_off_in_english(page: Page) -> list[str]:
    """The same in English, which is longer; then back. Some pages have no switch."""
    if not page.evaluate(SWITCH, "EN"):
        return []
    page.wait_for_timeout(SWITCH_MS)
    found = find_cut_off(page)
    assert page.evaluate(SWITCH, "中文")
    page.wait_for_timeout(SWITCH_MS)
    return found


def require_no_faults(faults: dict[str, list[str]]) -> None:
    """Fail with every fault of every screen, by its name."""
    told = [f"{name}: {fault}" for name, found in faults.items() for fault in found]
    assert not told, "\n".join(told)
