"""Finding items by what people type: part of a name, pinyin, the start of a code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from edge_agent.store.rows import get_int
from edge_agent.store.sqlite_library import Connection
from retail_domain.catalog.item import Item
from retail_domain.catalog.pinyin import spell

LAST = "\U0010ffff"
"""Behind every character: a range from a text to the text with it is all that begins with it."""


def list_words(item: Item) -> tuple[int, str]:
    """The row of item_word: names after a line's end, each way to type them between spaces."""
    pinyin = spell(item.name)
    names = f"\n{item.name}\n{item.name_en}\n".casefold()
    return item.item_id, f"{names} {' '.join((*pinyin.initials, *pinyin.spellings))} "


def insert_words(db: Connection, items: Iterable[Item]) -> None:
    """Let items be found; inside write_transaction()."""
    db.executemany("INSERT INTO item_word VALUES (?, ?)", [list_words(item) for item in items])


def delete_words(db: Connection, item_ids: Sequence[int] | None) -> None:
    """Let some items, or all, be found no more; inside write_transaction()."""
    if item_ids is None:
        db.execute("DELETE FROM item_word")
    else:
        rows = [(item_id,) for item_id in item_ids]
        db.executemany("DELETE FROM item_word WHERE item_id = ?", rows)


def list_item_ids(db: Connection, items_max: int) -> list[int]:
    """The first items by number."""
    rows = db.execute("SELECT item_id FROM item_word ORDER BY item_id LIMIT ?", (items_max,))
    return [get_int(item_id) for (item_id,) in rows.fetchall()]


def search_item_ids(db: Connection, text: str, items_max: int) -> list[int]:
    """Items that a text may mean, the likeliest first, then by number; "" means none.

    The order: pinyin that is the text, or begins with it, names that begin with it, then whatever
    holds it or has a code that begins with it. Spaces between syllables do not count.
    """
    name = text.casefold()
    typed = "".join(name.split()) if name.isascii() else name
    if not typed:
        return []
    holds = f"%{_literal(name)}%", f"%{_literal(typed)}%"
    code = text.upper()
    rows = db.execute(
        """
        SELECT item_id,
               CASE WHEN instr(words, ?5) THEN 0 WHEN instr(words, ?6) THEN 1
                    WHEN instr(words, ?7) THEN 2 ELSE 3 END AS unlikeness
        FROM item_word
        WHERE words LIKE ?1 ESCAPE '\\' OR words LIKE ?2 ESCAPE '\\'
           OR item_id IN (SELECT item_id FROM item_code
                          WHERE code >= ?3 AND code < ?3 || ?8
                             OR code >= ?4 AND code < ?4 || ?8)
        ORDER BY unlikeness, item_id LIMIT ?9
        """,
        (*holds, code, f"0{code}", f" {typed} ", f" {typed}", f"\n{name}", LAST, items_max),
    ).fetchall()
    return [get_int(item_id) for item_id, _unlikeness in rows]


def _literal(text: str) -> str:
    """For LIKE: every character stands for itself."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
