"""Tables of people: those who work at stores, and what was done in the administration."""

from __future__ import annotations

import sqlalchemy as sa

from hq_hub.store.schema import Bytes, Int, Text, column, key, make_table

person = make_table(  # Who works at stores. A number is never given to somebody else.
    "person",
    key("staff_no"),
    column("name", Text),
    column("role_id", Text),
    column("reach", Text),  # As retail_domain.people.reach writes it.
    column("own_limits", Text),  # As retail_domain.people.role writes them.
    column("pin_hash", Text),  # argon2id; empty without a PIN.
    column("card_hash", Bytes),  # Empty without a card.
    column("valid_until", Text),  # ISO date; empty: no end.
    column("is_removed", Int),
    column("version", Int),
)

audit = make_table(  # Administrative writes: who, when, what.
    "audit",
    key("audit_no", Int),
    column("at_ms", Int),
    column("done_by", Text),
    column("action", Text),
    column("subject", Text),
    column("detail", Text),  # JSON, without secrets.
)

for _change in ("UPDATE", "DELETE"):
    _trigger = f"CREATE TRIGGER audit_refuses_{_change.lower()} BEFORE {_change} ON audit"
    for _dialect, _body in (
        ("sqlite", "BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END"),
        ("postgresql", "FOR EACH ROW EXECUTE FUNCTION refuse_change()"),  # Of revision 0001.
    ):
        sa.event.listen(
            audit,
            "after_create",
            sa.DDL(f"{_trigger} {_body}").execute_if(dialect=_dialect),  # type: ignore[no-untyped-call]  # SQLAlchemy has no types for DDL.
        )
