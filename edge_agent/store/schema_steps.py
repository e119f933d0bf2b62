"""Schema of the box, step by step. A step that was released is never edited."""

from __future__ import annotations

from typing import Any

import sqlite_utils

from edge_agent.store.feeds import spell_items
from edge_agent.store.order_progress import fold_whole_journal

steps = sqlite_utils.Migrations("edge_agent")

JOURNAL_V1 = (
    """
    CREATE TABLE identity (
        one           INTEGER PRIMARY KEY CHECK (one = 1),
        chain         TEXT NOT NULL,
        store         TEXT NOT NULL,
        box_id        TEXT NOT NULL,
        store_name    TEXT NOT NULL,
        store_name_en TEXT NOT NULL,
        price_zone    TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE journal (
        epoch      INTEGER NOT NULL CHECK (epoch >= 1),
        seq        INTEGER NOT NULL CHECK (seq >= 1),
        fact_id    BLOB NOT NULL UNIQUE CHECK (length(fact_id) = 16),
        kind       TEXT NOT NULL,
        wall_at_ms INTEGER NOT NULL,
        body       BLOB NOT NULL,                              -- sent and hashed as it stands
        head       BLOB NOT NULL CHECK (length(head) = 32),    -- chain after this fact
        PRIMARY KEY (epoch, seq)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TRIGGER journal_is_not_edited BEFORE UPDATE ON journal
    BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END
    """,
    """
    CREATE TRIGGER journal_is_kept BEFORE DELETE ON journal
    BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END
    """,
    """
    CREATE TABLE ack_cursor (
        one              INTEGER PRIMARY KEY CHECK (one = 1),
        epoch            INTEGER NOT NULL CHECK (epoch >= 1),
        epoch_start_head BLOB NOT NULL CHECK (length(epoch_start_head) = 32),
        tail_seq         INTEGER NOT NULL,                  -- last fact of the journal
        tail_head        BLOB NOT NULL CHECK (length(tail_head) = 32),
        durable_seq      INTEGER NOT NULL CHECK (durable_seq <= tail_seq),  -- held by the hub
        hub_generation   INTEGER NOT NULL
    ) STRICT
    """,
    "INSERT INTO ack_cursor VALUES (1, 1, zeroblob(32), 0, zeroblob(32), 0, 0)",
)

PROJECTIONS_V1 = (
    """
    CREATE TABLE on_hand (
        store          TEXT NOT NULL,
        state          TEXT NOT NULL,
        item_id        INTEGER NOT NULL,
        lot            TEXT NOT NULL,
        quantity_milli INTEGER NOT NULL,
        PRIMARY KEY (store, state, item_id, lot)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE register_receipt (
        register_no     TEXT PRIMARY KEY,
        last_receipt_no INTEGER NOT NULL CHECK (last_receipt_no >= 1)
    ) STRICT, WITHOUT ROWID
    """,
)

DOCUMENTS_V1 = (
    """
    CREATE TABLE feed_scope (
        feed         TEXT PRIMARY KEY,
        scope        TEXT NOT NULL,
        generation   INTEGER NOT NULL,
        version      INTEGER NOT NULL,
        content_hash BLOB NOT NULL CHECK (length(content_hash) = 32)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE feed_document (
        feed    TEXT NOT NULL REFERENCES feed_scope (feed),
        key     BLOB NOT NULL,
        version INTEGER NOT NULL,
        body    BLOB NOT NULL,
        PRIMARY KEY (feed, key)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE item_code (                                -- found by: 14-digit GTINs and SKU
        code    TEXT NOT NULL,
        item_id INTEGER NOT NULL,
        PRIMARY KEY (code, item_id)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX item_code_by_item ON item_code (item_id)",
    """
    CREATE TABLE item_name (                                -- searched by
        item_id INTEGER PRIMARY KEY,
        name    TEXT NOT NULL,
        name_en TEXT NOT NULL
    ) STRICT
    """,
)

REGISTERS_V1 = (
    """
    CREATE TABLE register (
        register_no TEXT PRIMARY KEY,
        token_hash  BLOB NOT NULL CHECK (length(token_hash) = 32)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE device_binding (
        device_id   TEXT PRIMARY KEY,
        register_no TEXT NOT NULL REFERENCES register (register_no)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE open_ticket (
        register_no  TEXT PRIMARY KEY REFERENCES register (register_no),
        next_line_id INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE open_line (
        register_no     TEXT NOT NULL REFERENCES open_ticket (register_no),
        line_id         INTEGER NOT NULL,
        item_id         INTEGER NOT NULL,
        name            TEXT NOT NULL,
        name_en         TEXT NOT NULL,
        scanned_code    TEXT NOT NULL,
        unit_of_measure TEXT NOT NULL,
        tax_rate_id     TEXT NOT NULL,
        tax_rate_bp     INTEGER NOT NULL,
        quantity_milli  INTEGER NOT NULL,
        list_price_fen  INTEGER NOT NULL,
        unit_price_fen  INTEGER NOT NULL,
        discount_fen    INTEGER NOT NULL,
        PRIMARY KEY (register_no, line_id)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE command_answer (                           -- a repeated command gets this again
        register_no TEXT NOT NULL,
        command_id  BLOB NOT NULL CHECK (length(command_id) = 16),
        answer_no   INTEGER NOT NULL,                       -- order, so that old ones can go
        answer      TEXT NOT NULL,                          -- JSON
        PRIMARY KEY (register_no, command_id)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE UNIQUE INDEX command_answer_by_no ON command_answer (register_no, answer_no)",
)

SIGN_IN_V2 = (
    """
    CREATE TABLE register_session (                         -- who is at a register
        register_no     TEXT PRIMARY KEY REFERENCES register (register_no),
        staff_no        TEXT NOT NULL,
        token_hash      BLOB NOT NULL CHECK (length(token_hash) = 32),
        signed_in_at_ms INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE sign_in_try (                              -- wrong PINs in a row
        subject    TEXT PRIMARY KEY,                        -- 'person 1001' or 'register 2'
        wrong      INTEGER NOT NULL CHECK (wrong >= 1),
        last_at_ms INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE people_lease (
        one             INTEGER PRIMARY KEY CHECK (one = 1),
        confirmed_at_ms INTEGER NOT NULL,                   -- headquarters had the same list
        seen_at_ms      INTEGER NOT NULL                    -- latest that the clock ever showed
    ) STRICT
    """,
    "INSERT INTO people_lease VALUES (1, 0, 0)",
    """
    CREATE TABLE approval (                                 -- given, not used yet
        approval_id    BLOB PRIMARY KEY CHECK (length(approval_id) = 16),
        register_no    TEXT NOT NULL,
        right_code     TEXT NOT NULL,
        amounts        TEXT NOT NULL,                       -- JSON: amount by measure
        asked_by       TEXT NOT NULL,
        approved_by    TEXT NOT NULL,
        approved_at_ms INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    # A box that was enrolled before hears of roles and people too; the hash is that of nothing.
    """
    INSERT INTO feed_scope
    SELECT feed, scope, 0, 0, X'0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8'
    FROM (SELECT 'roles' AS feed, '*' AS scope FROM identity
          UNION ALL SELECT 'people', store FROM identity)
    """,
)


@steps()
def spine_v1(db: Any) -> None:  # noqa: ANN401 - sqlite-utils calls it with Database, untyped
    """Journal, ack cursor, projections, documents, registers."""
    for statement in (*JOURNAL_V1, *PROJECTIONS_V1, *DOCUMENTS_V1, *REGISTERS_V1):
        db.execute(statement)
    db.execute("PRAGMA user_version = 1")


EVERY_FACT_V2 = (
    """
    CREATE TABLE returned_line (                            -- what came back of this store's sales
        fact_id        BLOB NOT NULL CHECK (length(fact_id) = 16),  -- of the sale
        line_no        INTEGER NOT NULL,
        returned_milli INTEGER NOT NULL CHECK (returned_milli > 0),
        refunded_fen   INTEGER NOT NULL CHECK (refunded_fen >= 0),
        PRIMARY KEY (fact_id, line_no)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE register_shift (                           -- the last shift of each register
        register_no  TEXT PRIMARY KEY,
        shift_no     INTEGER NOT NULL CHECK (shift_no >= 1),
        staff_no     TEXT NOT NULL,
        float_fen    INTEGER NOT NULL,
        opened_epoch INTEGER NOT NULL,
        opened_seq   INTEGER NOT NULL,
        is_open      INTEGER NOT NULL CHECK (is_open IN (0, 1))
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE trading_day (
        one         INTEGER PRIMARY KEY CHECK (one = 1),
        opened_date TEXT,                                   -- NULL between a close and an opening
        closed_date TEXT,                                   -- NULL before the first close
        epoch       INTEGER NOT NULL,                       -- place of the last close
        seq         INTEGER NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE number_series (                            -- last number given: counts
        series  TEXT PRIMARY KEY,
        last_no INTEGER NOT NULL CHECK (last_no >= 1)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE open_count (                               -- counts that are going on
        count_id   BLOB PRIMARY KEY CHECK (length(count_id) = 16),
        reason     TEXT NOT NULL,
        staff_no   TEXT NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE open_count_line (                          -- book_milli is of counted_at_ms
        count_id      BLOB NOT NULL REFERENCES open_count (count_id) ON DELETE CASCADE,
        state         TEXT NOT NULL,
        item_id       INTEGER NOT NULL,
        lot           TEXT NOT NULL,
        counted_milli INTEGER NOT NULL CHECK (counted_milli >= 0),
        book_milli    INTEGER NOT NULL,
        counted_at_ms INTEGER NOT NULL,
        counted_by    TEXT NOT NULL,
        PRIMARY KEY (count_id, state, item_id, lot)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE box_note (                                 -- what the last facts said of the box
        name  TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX journal_by_kind ON journal (kind, epoch, seq)",
)


@steps()
def every_fact_v2(db: Any) -> None:  # noqa: ANN401 - sqlite-utils calls it with Database, untyped
    """What every kind of fact needs."""
    for statement in (*EVERY_FACT_V2, *SIGN_IN_V2):
        db.execute(statement)
    db.execute("PRAGMA user_version = 2")


STORE_FLOOR_V3 = (
    """
    CREATE TABLE open_approval (                            -- who let what happen on a ticket
        register_no TEXT NOT NULL,
        right_code  TEXT NOT NULL,
        line_id     INTEGER NOT NULL,                       -- 0: the whole ticket
        staff_no    TEXT NOT NULL,
        PRIMARY KEY (register_no, right_code, line_id)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE held_ticket (                              -- waits for its customer, at any till
        held_id     BLOB PRIMARY KEY CHECK (length(held_id) = 16),
        register_no TEXT NOT NULL,
        staff_no    TEXT NOT NULL,
        held_at_ms  INTEGER NOT NULL,
        ticket      TEXT NOT NULL CHECK (json_valid(ticket))
    ) STRICT, WITHOUT ROWID
    """,
)


@steps()
def store_floor_v3(db: Any) -> None:  # noqa: ANN401 - sqlite-utils calls it with Database, untyped
    """Approvals on the open ticket, and tickets that are held."""
    for statement in STORE_FLOOR_V3:
        db.execute(statement)
    db.execute("PRAGMA user_version = 3")


@steps()
def labelled_lines_v4(db: Any) -> None:  # noqa: ANN401 - sqlite-utils calls it with Database, untyped
    """Lines of an open ticket keep the lot that their code names."""
    db.execute("ALTER TABLE open_line ADD COLUMN lot TEXT NOT NULL DEFAULT ''")
    db.execute("PRAGMA user_version = 4")


DEVICES_V5 = (
    # What was bound before were scanners.
    "ALTER TABLE device_binding ADD COLUMN role TEXT NOT NULL DEFAULT 'scanner'",
    """
    CREATE TABLE device_binding_change (                    -- who bound what, and when
        change_no     INTEGER PRIMARY KEY,
        changed_at_ms INTEGER NOT NULL,
        device_id     TEXT NOT NULL,
        role          TEXT NOT NULL,
        register_no   TEXT,                                 -- NULL: to no register any more
        changed_by    TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TRIGGER binding_change_is_not_edited BEFORE UPDATE ON device_binding_change
    BEGIN SELECT RAISE(ABORT, 'history is append-only'); END
    """,
    """
    CREATE TRIGGER binding_change_is_kept BEFORE DELETE ON device_binding_change
    BEGIN SELECT RAISE(ABORT, 'history is append-only'); END
    """,
    """
    CREATE TABLE print_job (
        job_no        INTEGER PRIMARY KEY,                  -- order
        job_id        BLOB NOT NULL UNIQUE CHECK (length(job_id) = 16),
        device_id     TEXT NOT NULL,
        register_no   TEXT NOT NULL,                        -- empty: of the back room
        kind          TEXT NOT NULL,
        fact_id       BLOB CHECK (length(fact_id) = 16),    -- the ticket of a receipt
        made_at_ms    INTEGER NOT NULL,
        expires_at_ms INTEGER NOT NULL,
        state         TEXT NOT NULL,                        -- waiting, then as the device says
        parts_done    INTEGER NOT NULL CHECK (parts_done >= 0),
        reason        TEXT NOT NULL,
        changed_at_ms INTEGER NOT NULL
    ) STRICT
    """,
    "CREATE INDEX print_job_waiting ON print_job (device_id, job_no) WHERE state = 'waiting'",
    """
    CREATE TABLE print_job_part (                           -- until the job is over
        job_no  INTEGER NOT NULL REFERENCES print_job (job_no) ON DELETE CASCADE,
        part_no INTEGER NOT NULL,
        data    BLOB NOT NULL,
        PRIMARY KEY (job_no, part_no)
    ) STRICT, WITHOUT ROWID
    """,
)


@steps()
def devices_v5(db: Any) -> None:  # noqa: ANN401 - sqlite-utils calls it with Database, untyped
    """Roles and history of bindings; jobs of printers."""
    for statement in DEVICES_V5:
        db.execute(statement)
    db.execute("PRAGMA user_version = 5")


PRINTING_V6 = (
    # A box that was enrolled before hears of templates too; the hash is that of nothing.
    """
    INSERT INTO feed_scope
    SELECT 'templates', '*', 0, 0,
           X'0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8' FROM identity
    """,
    "CREATE INDEX print_job_of_fact ON print_job (fact_id) WHERE fact_id IS NOT NULL",
    """
    CREATE INDEX print_job_open ON print_job (expires_at_ms)
    WHERE state NOT IN ('cancelled', 'confirmed', 'expired', 'failed', 'sent', 'unknown')
    """,
)


@steps()
def printing_v6(db: Any) -> None:  # noqa: ANN401 - sqlite-utils calls it with Database, untyped
    """Templates; finding the jobs of a fact, and those that are not over."""
    for statement in PRINTING_V6:
        db.execute(statement)
    db.execute("PRAGMA user_version = 6")


SEARCH_V7 = (
    "DROP TABLE item_name",
    """
    CREATE TABLE item_word (                                -- searched by: names and pinyin
        item_id INTEGER PRIMARY KEY,
        words   TEXT NOT NULL
    ) STRICT
    """,
)


@steps()
def search_v7(db: Any) -> None:  # noqa: ANN401 - sqlite-utils calls it with Database, untyped
    """Items are found by pinyin."""
    for statement in SEARCH_V7:
        db.execute(statement)
    spell_items(db.conn)
    db.execute("PRAGMA user_version = 7")


WALLETS_V8 = (
    """
    CREATE TABLE wallet_payment (                           -- asked of the payment provider
        payment_no    TEXT PRIMARY KEY,
        kind          TEXT NOT NULL,
        amount_fen    INTEGER NOT NULL CHECK (amount_fen > 0),
        pay_code      TEXT NOT NULL,                        -- of the customer's phone, used once
        register_no   TEXT NOT NULL,                        -- whose open ticket it pays
        held_id       BLOB CHECK (length(held_id) = 16),    -- with which ticket it is put aside
        staff_no      TEXT NOT NULL,
        handed_over   TEXT NOT NULL CHECK (json_valid(handed_over)),  -- besides: [kind, fen]
        state         TEXT NOT NULL,
        reason        TEXT NOT NULL,                        -- the provider's words
        asked_at_ms   INTEGER NOT NULL,
        changed_at_ms INTEGER NOT NULL,
        fact_id       BLOB CHECK (length(fact_id) = 16)     -- the ticket that it became part of
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE INDEX wallet_payment_open ON wallet_payment (asked_at_ms)
    WHERE state IN ('asked', 'paid', 'taking_back')
    """,
    """
    CREATE TABLE wallet_refund (                            -- owed to a customer's wallet
        refund_no     TEXT PRIMARY KEY,
        payment_no    TEXT NOT NULL,
        amount_fen    INTEGER NOT NULL CHECK (amount_fen > 0),
        fact_id       BLOB NOT NULL CHECK (length(fact_id) = 16),  -- the ticket that owes it
        state         TEXT NOT NULL,
        reason        TEXT NOT NULL,
        asked_at_ms   INTEGER NOT NULL,
        changed_at_ms INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX wallet_refund_of_payment ON wallet_refund (payment_no)",
    "CREATE INDEX wallet_refund_open ON wallet_refund (asked_at_ms) WHERE state <> 'refunded'",
)


@steps()
def wallets_v8(db: Any) -> None:  # noqa: ANN401 - sqlite-utils calls it with Database, untyped
    """Payments and refunds through a payment provider."""
    for statement in WALLETS_V8:
        db.execute(statement)
    db.execute("PRAGMA user_version = 8")


BACK_ROOM_V9 = (
    """
    CREATE TABLE handled_goods (                            -- of orders, by this store
        order_no       TEXT NOT NULL,
        kind           TEXT NOT NULL,                       -- of the facts
        item_id        INTEGER NOT NULL,
        quantity_milli INTEGER NOT NULL CHECK (quantity_milli > 0),
        PRIMARY KEY (order_no, kind, item_id)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE shelf_label (                              -- prices that the shelves carry
        one     INTEGER PRIMARY KEY CHECK (one = 1),
        version INTEGER NOT NULL,                           -- of the price list
        item_id INTEGER NOT NULL                            -- the last one of that version
    ) STRICT
    """,
    # The shelves of a store that trades already carry their prices.
    """
    INSERT INTO shelf_label
    SELECT 1, coalesce((SELECT version FROM feed_scope WHERE feed = 'prices'), 0),
           9223372036854775807
    """,
)


@steps()
def back_room_v9(db: Any) -> None:  # noqa: ANN401 - sqlite-utils calls it with Database, untyped
    """What was done of each order; which shelf labels are old."""
    for statement in BACK_ROOM_V9:
        db.execute(statement)
    fold_whole_journal(db.conn)
    db.execute("PRAGMA user_version = 9")


STORE_FLOOR_V10 = (
    # A box that was enrolled before hears of these feeds too; the hash is that of nothing.
    """
    INSERT INTO feed_scope
    SELECT feed, store, 0, 0,
           X'0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8'
    FROM identity, (SELECT 'settings' AS feed UNION ALL SELECT 'returns')
    """,
    """
    CREATE TABLE passed_sale (                              -- to whom sales were passed on last
        sale_id  BLOB PRIMARY KEY CHECK (length(sale_id) = 16),
        pass_no  INTEGER NOT NULL,
        to_store TEXT NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE item_place (                               -- of the items that have one
        item_id INTEGER PRIMARY KEY,
        aisle   TEXT NOT NULL
    ) STRICT
    """,
    # Of damage and the like; the oldest go when there are too many.
    """
    CREATE TABLE photo (
        photo_no INTEGER PRIMARY KEY,
        sha256   BLOB NOT NULL UNIQUE,
        content  BLOB NOT NULL
    ) STRICT
    """,
    # Scanned and checked here; each says what another store sent.
    """
    CREATE TABLE transfer_slip (
        slip_no     INTEGER PRIMARY KEY,
        transfer_no TEXT NOT NULL UNIQUE,
        content     BLOB NOT NULL
    ) STRICT
    """,
    # How often a line was looked at: what differs is looked at twice.
    "ALTER TABLE open_count_line ADD COLUMN looks INTEGER NOT NULL DEFAULT 1",
)


@steps()
def store_floor_v10(db: Any) -> None:  # noqa: ANN401 - sqlite-utils calls it with Database, untyped
    """What headquarters decided for the store; aisles, photos, slips, and second looks."""
    for statement in STORE_FLOOR_V10:
        db.execute(statement)
    db.execute("PRAGMA user_version = 10")
