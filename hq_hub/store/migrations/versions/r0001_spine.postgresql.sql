-- Revision 0001, the spine. Frozen: a database in the field was made by these very statements.

CREATE TABLE apply_cursor (
    id BIGINT NOT NULL,
    receive_no BIGINT NOT NULL,
    apply_no BIGINT NOT NULL,
    applied_at_ms BIGINT NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT apply_cursor_is_one_row CHECK (id = 1)
);

CREATE TABLE apply_log (
    apply_no BIGINT NOT NULL,
    store TEXT COLLATE "C" NOT NULL,
    epoch BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    document_version BIGINT NOT NULL,
    received_at_ms BIGINT NOT NULL,
    period TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (apply_no),
    CONSTRAINT apply_log_posts_a_fact_once UNIQUE (store, epoch, seq)
);

CREATE TABLE apply_progress (
    store TEXT COLLATE "C" NOT NULL,
    epoch BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (store, epoch)
);

CREATE TABLE box_registry (
    store TEXT COLLATE "C" NOT NULL,
    box_id TEXT COLLATE "C" NOT NULL,
    epoch BIGINT NOT NULL,
    public_key BYTEA NOT NULL,
    fingerprint BYTEA NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('active', 'replaced', 'revoked')),
    enrolled_at_ms BIGINT NOT NULL,
    PRIMARY KEY (store, box_id),
    CONSTRAINT box_registry_epoch_is_one_box UNIQUE (store, epoch)
);

CREATE UNIQUE INDEX box_registry_one_active_box ON box_registry (store) WHERE state = 'active';

CREATE TABLE cost (
    legal_entity TEXT COLLATE "C" NOT NULL,
    store TEXT COLLATE "C" NOT NULL,
    item_id BIGINT NOT NULL,
    value_fen BIGINT NOT NULL,
    quantity_milli BIGINT NOT NULL,
    last_value_fen BIGINT NOT NULL,
    last_quantity_milli BIGINT NOT NULL,
    PRIMARY KEY (legal_entity, store, item_id)
);

CREATE TABLE document (
    feed TEXT COLLATE "C" NOT NULL,
    scope TEXT COLLATE "C" NOT NULL,
    key BYTEA NOT NULL,
    version BIGINT NOT NULL,
    is_removed BIGINT NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (feed, scope, key, version)
);

CREATE INDEX document_by_version ON document (feed, scope, version);

CREATE TABLE durable_cursor (
    store TEXT COLLATE "C" NOT NULL,
    epoch BIGINT NOT NULL,
    durable_seq BIGINT NOT NULL,
    durable_head BYTEA NOT NULL,
    epoch_start_head BYTEA NOT NULL,
    PRIMARY KEY (store, epoch)
);

CREATE TABLE entry_line (
    store TEXT COLLATE "C" NOT NULL,
    epoch BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    line_no BIGINT NOT NULL,
    entry_store TEXT COLLATE "C" NOT NULL,
    account_code TEXT COLLATE "C" NOT NULL,
    transfer_no TEXT COLLATE "C" NOT NULL,
    debit_fen BIGINT NOT NULL,
    credit_fen BIGINT NOT NULL,
    business_date TEXT COLLATE "C" NOT NULL,
    period TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (store, epoch, seq, line_no)
);

CREATE TABLE feed_scope (
    feed TEXT COLLATE "C" NOT NULL,
    scope TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    content_hash BYTEA NOT NULL,
    PRIMARY KEY (feed, scope)
);

CREATE TABLE heard_from (
    store TEXT COLLATE "C" NOT NULL,
    box_id TEXT COLLATE "C" NOT NULL,
    epoch BIGINT NOT NULL,
    tail_seq BIGINT NOT NULL,
    tail_head BYTEA NOT NULL,
    believed_durable_seq BIGINT NOT NULL,
    wall_at_ms BIGINT NOT NULL,
    software_version TEXT COLLATE "C" NOT NULL,
    boot_id BYTEA NOT NULL,
    heard_at_ms BIGINT NOT NULL,
    PRIMARY KEY (store)
);

CREATE TABLE hub_journal (
    receive_no BIGINT NOT NULL,
    store TEXT COLLATE "C" NOT NULL,
    epoch BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    fact_id BYTEA,
    kind BIGINT NOT NULL,
    body BYTEA NOT NULL,
    head BYTEA NOT NULL,
    received_at_ms BIGINT NOT NULL,
    PRIMARY KEY (receive_no),
    CONSTRAINT hub_journal_keeps_a_place_once UNIQUE (store, epoch, seq),
    CONSTRAINT hub_journal_keeps_a_fact_once UNIQUE (store, fact_id)
);

CREATE TABLE hub_state (
    id BIGINT NOT NULL,
    chain TEXT COLLATE "C" NOT NULL,
    generation BIGINT NOT NULL,
    document_version BIGINT NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT hub_state_is_one_row CHECK (id = 1)
);

CREATE TABLE hub_user (
    user_name TEXT COLLATE "C" NOT NULL,
    display_name TEXT COLLATE "C" NOT NULL,
    role TEXT COLLATE "C" NOT NULL,
    password_hash TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (user_name)
);

CREATE TABLE in_transit (
    transfer_no TEXT COLLATE "C" NOT NULL,
    item_id BIGINT NOT NULL,
    value_fen BIGINT NOT NULL,
    quantity_milli BIGINT NOT NULL,
    last_value_fen BIGINT NOT NULL,
    last_quantity_milli BIGINT NOT NULL,
    PRIMARY KEY (transfer_no, item_id)
);

CREATE TABLE item (
    item_id BIGINT NOT NULL,
    sku TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    name_en TEXT COLLATE "C" NOT NULL,
    unit_of_measure TEXT COLLATE "C" NOT NULL,
    gtins TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (item_id)
);

CREATE INDEX item_by_sku ON item (sku);

CREATE TABLE number_series (
    series TEXT COLLATE "C" NOT NULL,
    last_no BIGINT NOT NULL,
    PRIMARY KEY (series)
);

CREATE TABLE on_hand (
    store TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    item_id BIGINT NOT NULL,
    lot TEXT COLLATE "C" NOT NULL,
    quantity_milli BIGINT NOT NULL,
    PRIMARY KEY (store, state, item_id, lot)
);

CREATE INDEX on_hand_by_item ON on_hand (item_id);

CREATE TABLE parked (
    store TEXT COLLATE "C" NOT NULL,
    epoch BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    receive_no BIGINT NOT NULL,
    reason_code TEXT COLLATE "C" NOT NULL,
    detail TEXT COLLATE "C" NOT NULL,
    document_version BIGINT NOT NULL,
    parked_at_ms BIGINT NOT NULL,
    PRIMARY KEY (store, epoch, seq)
);

CREATE TABLE price (
    price_zone TEXT COLLATE "C" NOT NULL,
    item_id BIGINT NOT NULL,
    unit_price_fen BIGINT NOT NULL,
    PRIMARY KEY (price_zone, item_id)
);

CREATE TABLE purchase_order (
    purchase_order_no TEXT COLLATE "C" NOT NULL,
    store TEXT COLLATE "C" NOT NULL,
    supplier_no TEXT COLLATE "C" NOT NULL,
    purpose TEXT COLLATE "C" NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    created_at_ms BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (purchase_order_no)
);

CREATE TABLE purchase_order_line (
    purchase_order_no TEXT COLLATE "C" NOT NULL,
    item_id BIGINT NOT NULL,
    quantity_milli BIGINT NOT NULL,
    value_fen BIGINT NOT NULL,
    PRIMARY KEY (purchase_order_no, item_id)
);

CREATE TABLE quarantine (
    store TEXT COLLATE "C" NOT NULL,
    content_hash BYTEA NOT NULL,
    box_id TEXT COLLATE "C" NOT NULL,
    reason_code TEXT COLLATE "C" NOT NULL,
    size_bytes BIGINT NOT NULL,
    content BYTEA,
    signature BYTEA,
    times BIGINT NOT NULL,
    first_at_ms BIGINT NOT NULL,
    last_at_ms BIGINT NOT NULL,
    PRIMARY KEY (store, content_hash)
);

CREATE TABLE request_answer (
    user_name TEXT COLLATE "C" NOT NULL,
    request_id BYTEA NOT NULL,
    question_hash BYTEA NOT NULL,
    answer TEXT COLLATE "C" NOT NULL,
    answered_at_ms BIGINT NOT NULL,
    PRIMARY KEY (user_name, request_id)
);

CREATE INDEX request_answer_by_time ON request_answer (answered_at_ms);

CREATE TABLE sale_line (
    store TEXT COLLATE "C" NOT NULL,
    epoch BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    line_no BIGINT NOT NULL,
    business_date TEXT COLLATE "C" NOT NULL,
    item_id BIGINT NOT NULL,
    quantity_milli BIGINT NOT NULL,
    amount_fen BIGINT NOT NULL,
    tax_fen BIGINT NOT NULL,
    discount_fen BIGINT NOT NULL,
    cost_fen BIGINT NOT NULL,
    PRIMARY KEY (store, epoch, seq, line_no)
);

CREATE TABLE stock_movement (
    store TEXT COLLATE "C" NOT NULL,
    epoch BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    line_no BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    item_id BIGINT NOT NULL,
    lot TEXT COLLATE "C" NOT NULL,
    quantity_milli BIGINT NOT NULL,
    cost_fen BIGINT NOT NULL,
    PRIMARY KEY (store, epoch, seq, line_no)
);

CREATE TABLE store (
    store TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    name_en TEXT COLLATE "C" NOT NULL,
    city TEXT COLLATE "C" NOT NULL,
    price_zone TEXT COLLATE "C" NOT NULL,
    legal_entity TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (store)
);

CREATE TABLE store_day (
    store TEXT COLLATE "C" NOT NULL,
    business_date TEXT COLLATE "C" NOT NULL,
    tickets BIGINT NOT NULL,
    quantity_milli BIGINT NOT NULL,
    amount_fen BIGINT NOT NULL,
    tax_fen BIGINT NOT NULL,
    discount_fen BIGINT NOT NULL,
    cost_fen BIGINT NOT NULL,
    PRIMARY KEY (store, business_date)
);

CREATE TABLE ticket (
    store TEXT COLLATE "C" NOT NULL,
    epoch BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    register_no TEXT COLLATE "C" NOT NULL,
    receipt_no BIGINT NOT NULL,
    business_date TEXT COLLATE "C" NOT NULL,
    amount_fen BIGINT NOT NULL,
    PRIMARY KEY (store, epoch, seq)
);

CREATE TABLE transfer_order (
    transfer_no TEXT COLLATE "C" NOT NULL,
    source_store TEXT COLLATE "C" NOT NULL,
    target_store TEXT COLLATE "C" NOT NULL,
    decided TEXT COLLATE "C" NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    created_at_ms BIGINT NOT NULL,
    approved_by TEXT COLLATE "C",
    approved_at_ms BIGINT,
    cancelled_by TEXT COLLATE "C",
    cancelled_at_ms BIGINT,
    version BIGINT NOT NULL,
    PRIMARY KEY (transfer_no)
);

CREATE TABLE transfer_order_line (
    transfer_no TEXT COLLATE "C" NOT NULL,
    line_no BIGINT NOT NULL,
    item_id BIGINT NOT NULL,
    quantity_milli BIGINT NOT NULL,
    PRIMARY KEY (transfer_no, line_no)
);

CREATE TABLE transfer_progress (
    transfer_no TEXT COLLATE "C" NOT NULL,
    item_id BIGINT NOT NULL,
    shipped_milli BIGINT NOT NULL,
    received_milli BIGINT NOT NULL,
    PRIMARY KEY (transfer_no, item_id)
);

CREATE TABLE claim_code (
    claim_no BIGINT NOT NULL,
    store TEXT COLLATE "C" NOT NULL,
    box_id TEXT COLLATE "C" NOT NULL,
    secret_hash BYTEA NOT NULL,
    is_replacement BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL,
    wrong_tries BIGINT NOT NULL,
    public_key BYTEA,
    PRIMARY KEY (claim_no),
    FOREIGN KEY(store) REFERENCES store (store)
);

CREATE TABLE hub_session (
    token_hash BYTEA NOT NULL,
    user_name TEXT COLLATE "C" NOT NULL,
    expires_at_ms BIGINT NOT NULL,
    PRIMARY KEY (token_hash),
    FOREIGN KEY(user_name) REFERENCES hub_user (user_name)
);

CREATE INDEX hub_session_by_expiry ON hub_session (expires_at_ms);
