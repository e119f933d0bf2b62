"""Names are typed in pinyin by initials or in full, whichever way their characters are read."""

from __future__ import annotations

import pytest

from retail_domain.catalog.pinyin import INITIALS_MAX, SPELLINGS_MAX, spell


@pytest.mark.parametrize(
    ("name", "initials", "spelling"),
    [
        ("可乐 330ml", "kl330ml", "kele330ml"),
        ("重庆小面", "cqxm", "chongqingxiaomian"),
        ("银行音乐盒", "yhyyh", "yinhangyinlehe"),
        ("女士绿茶", "nslc", "nvshilvcha"),
        ("Coca-Cola", "cocacola", "cocacola"),
    ],
)
def test_name_is_typed_by_initials_and_in_full(name: str, initials: str, spelling: str) -> None:
    pinyin = spell(name)

    assert initials in pinyin.initials
    assert spelling in pinyin.spellings


@pytest.mark.parametrize("name", ["", "🍎", "  —　"])
def test_name_of_signs_alone_has_no_pinyin(name: str) -> None:
    assert spell(name).initials == spell(name).spellings == ()


def test_name_of_many_readings_is_stored_in_bounds() -> None:
    pinyin = spell("行乐重长" * 200)

    assert len(pinyin.initials) == INITIALS_MAX
    assert len(pinyin.spellings) == SPELLINGS_MAX
    assert max(map(len, pinyin.spellings)) < 40 * 7
