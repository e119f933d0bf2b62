"""Bytes and texts from outside: noise, and good ones with something cut, doubled or put in."""

from __future__ import annotations

import json

from hypothesis import strategies as st

BYTES_MAX = 400
EDGES = (b"\0", b"\xff" * 10, b"\x0a\xff\xff\xff\xff\x0f", b"\x80" * 12, b"\r\n", b"\x1d", b"\x02")


@st.composite
def damaged(draw: st.DrawFn, *seeds: bytes) -> bytes:
    """One of some good messages, damaged in up to three places; or noise."""
    data = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(data)))
        piece = draw(st.sampled_from(EDGES) | st.binary(max_size=8))
        kind = draw(st.sampled_from(("cut", "put", "over", "double")))
        data = {
            "cut": data[:place],
            "put": data[:place] + piece + data[place:],
            "over": data[:place] + piece + data[place + len(piece) :],
            "double": data[:place] + data[place // 2 :],
        }[kind]
    return data


def hostile_bytes(*seeds: bytes) -> st.SearchStrategy[bytes]:
    """Noise, or damaged messages."""
    noise = st.binary(max_size=BYTES_MAX)
    return noise | damaged(*seeds) if seeds else noise


def hostile_texts(*seeds: str) -> st.SearchStrategy[str]:
    """Any text, or good ones with letters of any script put in."""
    seed = st.sampled_from(seeds or ("",))
    letters = st.text(max_size=5)
    return st.text(max_size=BYTES_MAX) | st.builds(
        lambda text, part, place: text[: place % (len(text) + 1)] + part + text[place % 7 :],
        seed,
        letters,
        st.integers(0, 200),
    )


TOML_VALUES = st.recursive(
    st.sampled_from(
        ["true", "1", "-1", "70000", "1.5", "nan", '""', '"x"', '"\\u0000"', "1979-05-27"]
    )
    | st.text(max_size=8).map(json.dumps),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda parts: f"[{', '.join(parts)}]")
        | inner.map(lambda value: f"{{ x = {value} }}")
    ),
    max_leaves=4,
)
"""Values of every type that TOML knows."""
