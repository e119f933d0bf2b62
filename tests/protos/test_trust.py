"""What lets both ends trust each other: chain, content hash, signatures, claim codes, topics."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from protos import chain, claim, signing, topics
from protos.feed_hash import hash_scope

KEY = ec.generate_private_key(ec.SECP256R1())
OTHER_KEY = ec.generate_private_key(ec.SECP256R1())
BODIES = st.lists(st.binary(max_size=20), max_size=8)
SECRETS = st.binary(min_size=claim.SECRET_BYTES, max_size=claim.SECRET_BYTES)


@given(BODIES, BODIES)
def test_chain_of_two_parts_is_the_chain_of_the_whole(
    first: list[bytes], second: list[bytes]
) -> None:
    half = chain.fold_heads(chain.GENESIS, first)

    assert chain.fold_heads(half, second) == chain.fold_heads(chain.GENESIS, first + second)


@given(BODIES, BODIES)
def test_other_history_has_another_head(first: list[bytes], second: list[bytes]) -> None:
    heads = {chain.fold_heads(chain.GENESIS, bodies) for bodies in (first, second)}

    assert (len(heads) == 1) == (first == second)


SCOPES = st.dictionaries(st.binary(max_size=4), st.binary(max_size=4), max_size=5)


@given(SCOPES, SCOPES)
def test_content_hash_tells_scopes_apart(
    first: dict[bytes, bytes], second: dict[bytes, bytes]
) -> None:
    hashes = {hash_scope(sorted(scope.items())) for scope in (first, second)}

    assert (len(hashes) == 1) == (first == second)


def test_key_and_body_cannot_be_shifted_into_each_other() -> None:
    assert hash_scope([(b"ab", b"c")]) != hash_scope([(b"a", b"bc")])


def test_signature_holds_for_its_key_context_and_content_only() -> None:
    signature = signing.sign(KEY, signing.BATCH_CONTEXT, b"content")
    public_key = KEY.public_key()

    def holds(key: ec.EllipticCurvePublicKey, context: bytes, content: bytes) -> bool:
        return signing.is_signed_by(key, context, content, signature)

    assert holds(public_key, signing.BATCH_CONTEXT, b"content")
    assert not holds(OTHER_KEY.public_key(), signing.BATCH_CONTEXT, b"content")
    assert not holds(public_key, signing.HELLO_CONTEXT, b"content")
    assert not holds(public_key, signing.BATCH_CONTEXT, b"Content")


@given(st.binary(max_size=80))
def test_any_other_bytes_are_no_signature(signature: bytes) -> None:
    assert not signing.is_signed_by(KEY.public_key(), signing.BATCH_CONTEXT, b"content", signature)


@given(st.integers(1, 10**9 - 1), SECRETS)
def test_claim_code_is_read_as_it_is_written(claim_no: int, secret: bytes) -> None:
    code = claim.format_code(claim_no, secret)

    assert claim.parse_code(code) == (claim_no, secret)
    assert claim.parse_code(f" {code.lower()} ") == (claim_no, secret)
    head, _hyphen, rest = code.partition("-")
    assert claim.parse_code(f"{head}-{rest.replace('-', ' ')}") == (claim_no, secret)


def test_claim_code_forgives_letters_that_look_like_digits() -> None:
    code = claim.format_code(7, bytes(claim.SECRET_BYTES))

    assert code == "7-0000-0000-0000-0000"
    assert claim.parse_code("7-OoO0-0000-0000-0000") == (7, bytes(claim.SECRET_BYTES))
    assert claim.parse_code("7-0000-0000-0000-000I") == claim.parse_code("7-0000-0000-0000-000l")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "7",
        "7-",
        "0000-0000-0000-0000",
        "0-0000-0000-0000-0000",
        "7-0000-0000-0000",
        "7-0000-0000-0000-0000-0",
        "7-0000-0000-0000-000U",
        "x-0000-0000-0000-0000",
        "٣-0000-0000-0000-0000",
        "12345678901-0000-0000-0000-0000",
    ],
)
def test_other_text_is_no_claim_code(text: str) -> None:
    assert claim.parse_code(text) is None


def test_proof_holds_for_its_secret_context_and_content_only() -> None:
    known = claim.hash_secret(b"0123456789")
    proof = claim.prove(known, claim.REQUEST_CONTEXT, b"content")

    assert claim.is_proved(known, claim.REQUEST_CONTEXT, b"content", proof)
    assert not claim.is_proved(known, claim.GRANT_CONTEXT, b"content", proof)
    assert not claim.is_proved(known, claim.REQUEST_CONTEXT, b"other", proof)
    assert not claim.is_proved(known, claim.REQUEST_CONTEXT, b"content", "ü" + proof[1:])
    other = claim.hash_secret(b"0123456780")
    assert not claim.is_proved(other, claim.REQUEST_CONTEXT, b"content", proof)


def test_topics_are_as_boxes_and_brokers_in_the_field_know_them() -> None:
    assert topics.up("S001", topics.BATCH) == "liushui/v1/S001/up/batch"
    assert topics.up("+", topics.HELLO) == "liushui/v1/+/up/hello"
    assert topics.up("S001", topics.FEED) == "liushui/v1/S001/up/feed"
    assert topics.down("S001", topics.ACK) == "liushui/v1/S001/down/ack"
    assert topics.down("S001", topics.FEED) == "liushui/v1/S001/down/feed"
    assert topics.status("S001") == "liushui/v1/S001/status"


@pytest.mark.parametrize(
    ("topic", "parsed"),
    [
        ("liushui/v1/S001/up/batch", ("S001", "batch")),
        ("liushui/v1/S001/down/ack", None),
        ("liushui/v2/S001/up/batch", None),
        ("liushui/v1/S001/up", None),
        ("liushui/v1/S001/up/batch/x", None),
        ("", None),
    ],
)
def test_store_and_kind_are_read_off_a_topic(topic: str, parsed: tuple[str, str] | None) -> None:
    assert topics.parse_up(topic) == parsed
