-- Revision 0001, the spine. Frozen: a database in the field was made by these very statements.

CREATE TABLE apply_cursor (
    id INTEGER NOT NULL,
    receive_no INTEGER NOT NULL,
    apply_no INTEGER NOT NULL,
    applied_at_ms INTEGER NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT apply_cursor_is_one_row CHECK (id = 1)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE apply_log (
    apply_no INTEGER NOT NULL,
    store TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    document_version INTEGER NOT NULL,
    received_at_ms INTEGER NOT NULL,
    period TEXT NOT NULL,
    PRIMARY KEY (apply_no),
    CONSTRAINT apply_log_posts_a_fact_once UNIQUE (store, epoch, seq)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE apply_progress (
    store TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (store, epoch)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE box_registry (
    store TEXT NOT NULL,
    box_id TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    public_key BLOB NOT NULL,
    fingerprint BLOB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'replaced', 'revoked')),
    enrolled_at_ms INTEGER NOT NULL,
    PRIMARY KEY (store, box_id),
    CONSTRAINT box_registry_epoch_is_one_box UNIQUE (store, epoch)
)
 WITHOUT ROWID,
 STRICT;

CREATE UNIQUE INDEX box_registry_one_active_box ON box_registry (store) WHERE state = 'active';

CREATE TABLE cost (
    legal_entity TEXT NOT NULL,
    store TEXT NOT NULL,
    item_id INTEGER NOT NULL,
    value_fen INTEGER NOT NULL,
    quantity_milli INTEGER NOT NULL,
    last_value_fen INTEGER NOT NULL,
    last_quantity_milli INTEGER NOT NULL,
    PRIMARY KEY (legal_entity, store, item_id)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE document (
    feed TEXT NOT NULL,
    scope TEXT NOT NULL,
    "key" BLOB NOT NULL,
    version INTEGER NOT NULL,
    is_removed INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (feed, scope, "key", version)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX document_by_version ON document (feed, scope, version);

CREATE TABLE durable_cursor (
    store TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    durable_seq INTEGER NOT NULL,
    durable_head BLOB NOT NULL,
    epoch_start_head BLOB NOT NULL,
    PRIMARY KEY (store, epoch)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE entry_line (
    store TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    line_no INTEGER NOT NULL,
    entry_store TEXT NOT NULL,
    account_code TEXT NOT NULL,
    transfer_no TEXT NOT NULL,
    debit_fen INTEGER NOT NULL,
    credit_fen INTEGER NOT NULL,
    business_date TEXT NOT NULL,
    period TEXT NOT NULL,
    PRIMARY KEY (store, epoch, seq, line_no)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE feed_scope (
    feed TEXT NOT NULL,
    scope TEXT NOT NULL,
    version INTEGER NOT NULL,
    content_hash BLOB NOT NULL,
    PRIMARY KEY (feed, scope)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE heard_from (
    store TEXT NOT NULL,
    box_id TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    tail_seq INTEGER NOT NULL,
    tail_head BLOB NOT NULL,
    believed_durable_seq INTEGER NOT NULL,
    wall_at_ms INTEGER NOT NULL,
    software_version TEXT NOT NULL,
    boot_id BLOB NOT NULL,
    heard_at_ms INTEGER NOT NULL,
    PRIMARY KEY (store)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE hub_journal (
    receive_no INTEGER NOT NULL,
    store TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    fact_id BLOB,
    kind INTEGER NOT NULL,
    body BLOB NOT NULL,
    head BLOB NOT NULL,
    received_at_ms INTEGER NOT NULL,
    PRIMARY KEY (receive_no),
    CONSTRAINT hub_journal_keeps_a_place_once UNIQUE (store, epoch, seq),
    CONSTRAINT hub_journal_keeps_a_fact_once UNIQUE (store, fact_id)
)
 STRICT;

CREATE TABLE hub_state (
    id INTEGER NOT NULL,
    chain TEXT NOT NULL,
    generation INTEGER NOT NULL,
    document_version INTEGER NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT hub_state_is_one_row CHECK (id = 1)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE hub_user (
    user_name TEXT NOT NULL,
    display_name TEXT NOT NULL,
    role TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (user_name)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE in_transit (
    transfer_no TEXT NOT NULL,
    item_id INTEGER NOT NULL,
    value_fen INTEGER NOT NULL,
    quantity_milli INTEGER NOT NULL,
    last_value_fen INTEGER NOT NULL,
    last_quantity_milli INTEGER NOT NULL,
    PRIMARY KEY (transfer_no, item_id)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE item (
    item_id INTEGER NOT NULL,
    sku TEXT NOT NULL,
    name TEXT NOT NULL,
    name_en TEXT NOT NULL,
    unit_of_measure TEXT NOT NULL,
    gtins TEXT NOT NULL,
    PRIMARY KEY (item_id)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX item_by_sku ON item (sku);

CREATE TABLE number_series (
    series TEXT NOT NULL,
    last_no INTEGER NOT NULL,
    PRIMARY KEY (series)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE on_hand (
    store TEXT NOT NULL,
    state TEXT NOT NULL,
    item_id INTEGER NOT NULL,
    lot TEXT NOT NULL,
    quantity_milli INTEGER NOT NULL,
    PRIMARY KEY (store, state, item_id, lot)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX on_hand_by_item ON on_hand (item_id);

CREATE TABLE parked (
    store TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    receive_no INTEGER NOT NULL,
    reason_code TEXT NOT NULL,
    detail TEXT NOT NULL,
    document_version INTEGER NOT NULL,
    parked_at_ms INTEGER NOT NULL,
    PRIMARY KEY (store, epoch, seq)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE price (
    price_zone TEXT NOT NULL,
    item_id INTEGER NOT NULL,
    unit_price_fen INTEGER NOT NULL,
    PRIMARY KEY (price_zone, item_id)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE purchase_order (
    purchase_order_no TEXT NOT NULL,
    store TEXT NOT NULL,
    supplier_no TEXT NOT NULL,
    purpose TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (purchase_order_no)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE purchase_order_line (
    purchase_order_no TEXT NOT NULL,
    item_id INTEGER NOT NULL,
    quantity_milli INTEGER NOT NULL,
    value_fen INTEGER NOT NULL,
    PRIMARY KEY (purchase_order_no, item_id)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE quarantine (
    store TEXT NOT NULL,
    content_hash BLOB NOT NULL,
    box_id TEXT NOT NULL,
    reason_code TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    content BLOB,
    signature BLOB,
    times INTEGER NOT NULL,
    first_at_ms INTEGER NOT NULL,
    last_at_ms INTEGER NOT NULL,
    PRIMARY KEY (store, content_hash)
)
 STRICT;

CREATE TABLE request_answer (
    user_name TEXT NOT NULL,
    request_id BLOB NOT NULL,
    question_hash BLOB NOT NULL,
    answer TEXT NOT NULL,
    answered_at_ms INTEGER NOT NULL,
    PRIMARY KEY (user_name, request_id)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX request_answer_by_time ON request_answer (answered_at_ms);

CREATE TABLE sale_line (
    store TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    line_no INTEGER NOT NULL,
    business_date TEXT NOT NULL,
    item_id INTEGER NOT NULL,
    quantity_milli INTEGER NOT NULL,
    amount_fen INTEGER NOT NULL,
    tax_fen INTEGER NOT NULL,
    discount_fen INTEGER NOT NULL,
    cost_fen INTEGER NOT NULL,
    PRIMARY KEY (store, epoch, seq, line_no)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE stock_movement (
    store TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    line_no INTEGER NOT NULL,
    state TEXT NOT NULL,
    item_id INTEGER NOT NULL,
    lot TEXT NOT NULL,
    quantity_milli INTEGER NOT NULL,
    cost_fen INTEGER NOT NULL,
    PRIMARY KEY (store, epoch, seq, line_no)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE store (
    store TEXT NOT NULL,
    name TEXT NOT NULL,
    name_en TEXT NOT NULL,
    city TEXT NOT NULL,
    price_zone TEXT NOT NULL,
    legal_entity TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (store)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE store_day (
    store TEXT NOT NULL,
    business_date TEXT NOT NULL,
    tickets INTEGER NOT NULL,
    quantity_milli INTEGER NOT NULL,
    amount_fen INTEGER NOT NULL,
    tax_fen INTEGER NOT NULL,
    discount_fen INTEGER NOT NULL,
    cost_fen INTEGER NOT NULL,
    PRIMARY KEY (store, business_date)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE ticket (
    store TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    register_no TEXT NOT NULL,
    receipt_no INTEGER NOT NULL,
    business_date TEXT NOT NULL,
    amount_fen INTEGER NOT NULL,
    PRIMARY KEY (store, epoch, seq)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE transfer_order (
    transfer_no TEXT NOT NULL,
    source_store TEXT NOT NULL,
    target_store TEXT NOT NULL,
    decided TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    approved_by TEXT,
    approved_at_ms INTEGER,
    cancelled_by TEXT,
    cancelled_at_ms INTEGER,
    version INTEGER NOT NULL,
    PRIMARY KEY (transfer_no)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE transfer_order_line (
    transfer_no TEXT NOT NULL,
    line_no INTEGER NOT NULL,
    item_id INTEGER NOT NULL,
    quantity_milli INTEGER NOT NULL,
    PRIMARY KEY (transfer_no, line_no)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE transfer_progress (
    transfer_no TEXT NOT NULL,
    item_id INTEGER NOT NULL,
    shipped_milli INTEGER NOT NULL,
    received_milli INTEGER NOT NULL,
    PRIMARY KEY (transfer_no, item_id)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE claim_code (
    claim_no INTEGER NOT NULL,
    store TEXT NOT NULL,
    box_id TEXT NOT NULL,
    secret_hash BLOB NOT NULL,
    is_replacement INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    wrong_tries INTEGER NOT NULL,
    public_key BLOB,
    PRIMARY KEY (claim_no),
    FOREIGN KEY(store) REFERENCES store (store)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE hub_session (
    token_hash BLOB NOT NULL,
    user_name TEXT NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    PRIMARY KEY (token_hash),
    FOREIGN KEY(user_name) REFERENCES hub_user (user_name)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX hub_session_by_expiry ON hub_session (expires_at_ms);
