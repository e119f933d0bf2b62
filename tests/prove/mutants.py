"""Safeguards that are taken away one at a time. A mutant that survives means that we are blind."""

from __future__ import annotations

from tests.prove.mutation import Mutant

JOURNAL = "edge_agent/store/journal.py"
BOX_FEEDS = "edge_agent/store/feeds.py"
HISTORY = "edge_agent/store/history.py"
SCHEMA_STEPS = "edge_agent/store/schema_steps.py"
NEW_LIFE = "edge_agent/services/new_life.py"
REGISTER = "edge_agent/services/register.py"
UPLINK = "edge_agent/sync/uplink.py"
FEED_PULL = "edge_agent/sync/feed_pull.py"
RULES = "hq_hub/services/batch_rules.py"
BATCHES = "hq_hub/services/batches.py"
RECOVERY = "hq_hub/services/recovery.py"
APPLY = "hq_hub/services/apply.py"
CHECKS = "hq_hub/services/fact_checks.py"
POST_BLOCK = "hq_hub/services/post_block.py"
HUB_JOURNAL = "hq_hub/store/journal.py"
FIRST_REVISION = "hq_hub/store/migrations/versions/r0001_spine.py"
PASSED_SALES = "edge_agent/services/passed_sales.py"
COST = "retail_domain/ledger/average_cost.py"
TWO_TRANSACTIONS = 'db.execute("COMMIT")\n    db.execute("BEGIN IMMEDIATE")\n    '

THE_WIRE = (
    Mutant(
        "ack_head_unchecked",
        JOURNAL,
        "    if read_head(db, epoch, durable_seq) != durable_head:\n",
        "    if read_head(db, epoch, durable_seq) is None:\n",
    ),
    Mutant(
        "cursor_moves_when_sent",
        "edge_agent/services/exchange.py",
        "    content = batch.SerializeToString()\n",
        "    db.execute('UPDATE ack_cursor SET durable_seq = ?', (part.last_seq,))\n"
        "    content = batch.SerializeToString()\n",
    ),
    Mutant(
        "cursor_may_fall",
        JOURNAL,
        "CASE WHEN hub_generation = ?1 THEN max(durable_seq, ?2) ELSE ?2 END",
        "?2",
    ),
    Mutant(
        "generation_without_cursor",
        JOURNAL,
        "CASE WHEN hub_generation = ?1 THEN max(durable_seq, ?2) ELSE ?2 END",
        "max(durable_seq, ?2)",
        case="hub_restored",
    ),
    Mutant(
        "pruned_when_acknowledged",
        JOURNAL,
        "        (hub_generation, durable_seq, epoch),\n    )\n    return True\n",
        "        (hub_generation, durable_seq, epoch),\n    )\n"
        '    db.execute("DROP TRIGGER IF EXISTS journal_is_kept")\n'
        '    db.execute("DELETE FROM journal WHERE epoch = ? AND seq < ?", (epoch, durable_seq))\n'
        "    return True\n",
    ),
    Mutant(
        "lost_is_never_sent_again",
        UPLINK,
        "        if any(flight.transport is transport for flight in self._flights):\n"
        "            self._rewind(self._hub_seq)\n",
        "",
    ),
    Mutant(
        "no_answer_is_waited_for",
        UPLINK,
        "now_ms - flight.sent_at_ms >= ACK_TIMEOUT_MS\n",
        "now_ms - flight.sent_at_ms >= 10**12\n",
    ),
    Mutant(
        "other_history_is_uploaded_on",
        UPLINK,
        "        if not is_ours:\n            self._halt(Stop.UNTIL_GREETED, FORKED)\n",
        "        if not is_ours:\n",
        case="restored",
    ),
    Mutant(
        "ack_before_commit",
        BATCHES,
        "            return _accept_batch(db, signed, wire, caller, now)\n",
        "            ack = _accept_batch(db, signed, wire, caller, now)\n"
        "            db.rollback()\n"
        "            return ack\n",
    ),
    Mutant(
        "repeat_is_taken_as_new",
        RULES,
        "    return Verdict.EXISTS if batch.last_seq <= cursor.durable_seq else Verdict.NEW\n",
        "    return Verdict.NEW\n",
    ),
    Mutant(
        "gap_is_accepted",
        RULES,
        "    if batch.first_seq > cursor.durable_seq + 1:\n        return Verdict.GAP\n",
        "",
    ),
    Mutant(
        "fork_is_accepted",
        RULES,
        "    if batch.head_at(compared_seq(cursor, batch)) != kept_head:\n"
        "        return Verdict.FORK\n",
        "",
    ),
    Mutant(
        "epoch_is_ignored",
        RULES,
        "    return None if epoch == box.epoch else Reason.EPOCH_WRONG\n",
        "    return None\n",
        case="restored",
    ),
    Mutant(
        "replaced_box_is_let_in",
        RULES,
        "    if box.state is not BoxState.ACTIVE:\n        return REASON_OF_STATE[box.state]\n",
        "",
        case="replaced",
    ),
    Mutant(
        "other_certificate_is_let_in",
        RULES,
        "    if caller.fingerprint not in {None, box.fingerprint}:\n"
        "        return Reason.CERTIFICATE_UNKNOWN\n",
        "",
    ),
    Mutant(
        "store_may_be_another",
        RULES,
        "    if caller.store != box.store or caller.box_id not in {None, box.box_id}:\n",
        "    if caller.box_id not in {None, box.box_id}:\n",
    ),
    Mutant(
        "signature_unchecked",
        BATCHES,
        "    if reason is None and not _is_signed(box, signing.BATCH_CONTEXT, signed):\n",
        "    if False:\n",
    ),
    Mutant(
        "hello_signature_unchecked",
        BATCHES,
        "        if may_speak and not _is_signed(box, signing.HELLO_CONTEXT, signed):\n",
        "        if False:\n",
    ),
    Mutant(
        "day_close_signature_unchecked",
        BATCHES,
        "        if close.content and _is_signed(box, signing.DAY_CLOSE_CONTEXT, close):\n",
        "        if close.content:\n",
    ),
    Mutant(
        "contexts_are_one",
        "protos/signing.py",
        'HELLO_CONTEXT = b"liushui.v1.Hello\\0"\n',
        "HELLO_CONTEXT = BATCH_CONTEXT\n",
    ),
    Mutant("chain_unchecked", RULES, "    if heads[-1] != wire.head:\n", "    if False:\n"),
    Mutant(
        "place_unchecked",
        RULES,
        "                return Reason.POSITION_WRONG\n",
        "                pass\n",
    ),
    Mutant(
        "numbers_unchecked",
        RULES,
        "        and wire.last_seq - wire.first_seq + 1 == len(bodies)\n",
        "",
    ),
    Mutant("batch_without_limit", RULES, "<= BATCH_FACTS_MAX\n", "< 10**9\n"),
    Mutant(
        "content_without_limit",
        RULES,
        "    if len(content) > CONTENT_BYTES_MAX:\n",
        "    if False:\n",
    ),
    Mutant(
        "chain_over_bytes_written_anew",
        RULES,
        "        heads.append(chain.next_head(heads[-1], body))\n",
        "        anew = _parse_fact(body)\n"
        "        written = body if anew is None else anew.SerializeToString()\n"
        "        heads.append(chain.next_head(heads[-1], written))\n",
    ),
    Mutant(
        "refused_is_not_kept",
        BATCHES,
        "        quarantine_batch(db, refused, now_ms)\n",
        "        pass\n",
    ),
    Mutant(
        "quarantine_without_limit",
        "hq_hub/store/quarantine.py",
        "    if rows >= STORE_ROWS_MAX:\n",
        "    if False:\n",
    ),
    Mutant(
        "quarantine_as_large_as_it_likes",
        "hq_hub/store/quarantine.py",
        "        and size_bytes + len(batch.content) + len(batch.signature) <= STORE_BYTES_MAX\n",
        "",
    ),
    Mutant(
        "fact_may_happen_twice",
        FIRST_REVISION,
        '    return [part for part in text.split("\\n\\n") if not part.startswith("--")]\n',
        '    text = text.replace("keeps_a_fact_once UNIQUE (store, fact_id)", "x CHECK (1)")\n'
        '    return [part for part in text.split("\\n\\n") if not part.startswith("--")]\n',
        has_own_templates=True,
    ),
    Mutant(
        "hub_journal_may_be_edited",
        FIRST_REVISION,
        "    for table in APPEND_ONLY:\n",
        "    for table in ():\n",
        has_own_templates=True,
    ),
)
"""From box to hub: sequence, chain, cursor, who may speak."""

THE_CASES = (
    Mutant(
        "clone_is_not_noticed",
        RECOVERY,
        "    if superseded_at_ms is None or now_ms - superseded_at_ms <= BOOT_STRAY_MS:\n",
        "    if True:\n",
        case="cloned",
    ),
    Mutant(
        "fork_is_no_alarm",
        RECOVERY,
        "        alarms.raise_alarm(db, box.store, AlarmKind.HISTORY_FORKED, question, now_ms)\n",
        "        pass\n",
        case="restored",
    ),
    Mutant(
        "twin_may_take_the_epoch",
        RECOVERY,
        "    if is_open and approval is not None and approval.boot_id in {None, hello.boot_id}:\n",
        "    if is_open and approval is not None:\n",
        case="cloned",
    ),
    Mutant(
        "epoch_is_granted_twice",
        RECOVERY,
        "    is_open = approval is not None and approval.taken_at_ms is None\n",
        "    is_open = approval is not None\n",
        case="cloned",
    ),
    Mutant(
        "machine_from_a_closed_epoch_is_no_alarm",
        RECOVERY,
        "        alarms.raise_alarm(db, box.store, AlarmKind.EPOCH_BEHIND, question, now_ms)\n",
        "        pass\n",
        case="cloned",
        seeds_max=60,
    ),
    Mutant(
        "machine_from_a_lost_epoch_is_no_alarm",
        RECOVERY,
        "        alarms.raise_alarm(db, box.store, AlarmKind.EPOCH_AHEAD, question, now_ms)\n",
        "        pass\n",
        case="cloned+hub_restored",
        seeds_max=60,
    ),
    Mutant(
        "loss_of_a_replaced_box_is_no_number",
        RECOVERY,
        "    alarms.raise_alarm(db, dead.store, AlarmKind.BOX_REPLACED, question, now_ms)\n",
        "",
        case="replaced",
    ),
    Mutant(
        "former_facts_unchecked",
        NEW_LIFE,
        "    return not page.is_last or place.head == life.start_head\n",
        "    return True\n",
        case="restored",
    ),
    Mutant(
        "nothing_is_carried_over",
        NEW_LIFE,
        "            for carried in history.iterate_carried(db):\n",
        "            for carried in ():\n",
        case="restored",
    ),
    Mutant(
        "all_is_carried_over",
        HISTORY,
        "              AND NOT EXISTS (SELECT 1 FROM main.journal WHERE fact_id = mine.fact_id)\n",
        "",
        case="restored",
    ),
    Mutant(
        "receipt_numbers_begin_again",
        HISTORY,
        "    fold_fact(db, fact)\n",
        "",
        case="replaced",
    ),
    Mutant(
        "twins_facts_are_written_twice",
        "edge_agent/services/carry_over.py",
        "                if journal.find_fact(db, fact.happening.fact_id) is None:\n",
        "                if True:\n",
        case="cloned",
    ),
    Mutant(
        "restored_hub_gives_numbers_again",
        "hq_hub/services/generations.py",
        "last_no + ORDER_NUMBERS_SKIPPED",
        "min(last_no, 5)",
        case="hub_restored",
    ),
)
"""Machines from the past, or twice, or not at all."""

DOCUMENTS = (
    Mutant(
        "document_hash_unchecked",
        BOX_FEEDS,
        "    if hash_scope(iterate_documents(db, target.feed)) != target.content_hash:\n",
        "    if False:\n",
    ),
    Mutant(
        "position_before_its_documents",
        BOX_FEEDS,
        '    db.execute("SAVEPOINT feed")\n',
        "    db.execute(\n"
        "        'UPDATE feed_scope SET generation = ?, version = ?, content_hash = ?'\n"
        "        ' WHERE feed = ?',\n"
        "        (target.generation, target.version, target.content_hash, target.feed),\n"
        "    )\n"
        f'    {TWO_TRANSACTIONS}db.execute("SAVEPOINT feed")\n',
    ),
    Mutant(
        "scope_of_another_store_is_read",
        "hq_hub/services/feeds.py",
        "    if (known.feed, known.scope) not in list_scopes(db, store):\n        return None\n",
        "",
    ),
)

THE_TILL = (
    Mutant(
        "stock_in_another_transaction",
        JOURNAL,
        "    fold_fact(db, fact)\n    return fact\n",
        f"    {TWO_TRANSACTIONS}fold_fact(db, fact)\n    return fact\n",
    ),
    Mutant(
        "command_is_done_again",
        REGISTER,
        "        if kept is not None:\n",
        "        if False:\n",
    ),
    Mutant(
        "journal_may_be_edited",
        SCHEMA_STEPS,
        "    CREATE TRIGGER journal_is_not_edited BEFORE UPDATE ON journal\n",
        "    CREATE TRIGGER journal_is_not_edited BEFORE UPDATE ON journal WHEN 0\n",
        has_own_templates=True,
    ),
    Mutant(
        "journal_may_be_cut",
        SCHEMA_STEPS,
        "    CREATE TRIGGER journal_is_kept BEFORE DELETE ON journal\n",
        "    CREATE TRIGGER journal_is_kept BEFORE DELETE ON journal WHEN 0\n",
        has_own_templates=True,
    ),
)
"""What a store does, and what its database refuses."""

THE_BOOKS = (
    Mutant(
        "return_at_todays_average",
        "retail_domain/ledger/trade_posting.py",
        "        if sold is not None and sold.returned_milli < sold.quantity_milli:\n",
        "        if False:\n",
    ),
    Mutant(
        "last_piece_leaves_a_rest",
        COST,
        "            cost_fen += value_fen if held_milli > 0 else 0\n",
        "            cost_fen += value_fen - 1 if held_milli > 0 < value_fen else 0\n",
    ),
    Mutant(
        "arrival_is_booked_twice",
        "retail_domain/ledger/stock_posting.py",
        "        left_fen += value_fen\n    taken_fen",
        "        left_fen += value_fen\n"
        "        books.receive(\n"
        "            store, line.item_id, value_fen=value_fen, quantity_milli=line.quantity_milli\n"
        "        )\n"
        "    taken_fen",
    ),
    Mutant(
        "early_arrival_is_not_put_right",
        "retail_domain/ledger/stock_posting.py",
        "        if late_fen:  # The target",
        "        if False:  # The target",
    ),
    Mutant(
        "parked_is_dropped",
        APPLY,
        "    apply_state.write_parked(db, block.parked, document_version=document_version, "
        "at_ms=to_ms(now))\n",
        "",
        case="poison",
    ),
    Mutant(
        "posted_stays_parked",
        APPLY,
        "        apply_state.delete_parked(db, [fact for fact, _period in block.posted])\n",
        "",
        case="poison",
    ),
    Mutant(
        "parked_is_never_tried_again",
        "hq_hub/store/apply_state.py",
        "parked.reason_code.in_(reasons) & (",
        "sa.false() & (",
        case="poison",
    ),
    Mutant(
        "last_received_is_posted_first",
        "hq_hub/store/apply_state.py",
        "        .order_by(hub_journal.c.receive_no)\n        .limit(facts_max)\n",
        "        .order_by(hub_journal.c.receive_no.desc())\n        .limit(facts_max)\n",
    ),
    Mutant(
        "apply_cursor_in_another_transaction",
        APPLY,
        "    moved = Cursor(cursor.receive_no,",
        "    db.exec_driver_sql('COMMIT')\n    db.exec_driver_sql('BEGIN IMMEDIATE')\n"
        "    moved = Cursor(cursor.receive_no,",
    ),
    Mutant(
        "late_fact_in_a_closed_month",
        POST_BLOCK,
        "    return period_of(one.read.business_date.isoformat()[:7], closed_through)\n",
        "    return one.read.business_date.isoformat()[:7]\n",
        case="month",
    ),
    Mutant(
        "failed_posting_leaves_its_costs",
        POST_BLOCK,
        "            _put_back(values, keys, pairs)\n",
        "            pass\n",
        case="poison",
    ),
    Mutant(
        "box_may_write_what_is_headquarters",
        CHECKS,
        "    if (author is Author.HUB) != (store == HQ_STORE):\n",
        "    if False:\n",
        case="poison",
    ),
    Mutant(
        "order_may_be_of_another_store",
        CHECKS,
        "        if order.store != (of_store or store):\n",
        "        if False:\n",
        case="poison",
    ),
    Mutant(
        "numbers_without_end",
        CHECKS,
        "        if max(map(abs, values)) > _limit_of(name):\n",
        "        if False:\n",
        case="poison",
    ),
    Mutant(
        "month_is_closed_without_days",
        "hq_hub/services/bookkeeping.py",
        "        if missing and not acknowledge_missing:\n",
        "        if False:\n",
        case="month",
    ),
    Mutant(
        "request_is_done_again",
        "hq_hub/services/requests.py",
        "        if known is None:\n",
        "        if True:\n",
    ),
)
"""Stock, cost, ledger."""

SALE_PASSING = (
    Mutant(
        "passed_on_sale_is_still_here",
        PASSED_SALES,
        "    if passed_on is not None and (answer is None or",
        "    if passed_on is not None and False and (answer is None or",
    ),
    Mutant(
        "own_returns_are_not_passed_on",
        PASSED_SALES,
        "        for line_no, one in sorted(own.items())\n",
        "        for line_no, one in sorted(own.items())\n        if False\n",
        seeds_max=60,
    ),
    Mutant(
        "returns_elsewhere_are_forgotten",
        PASSED_SALES,
        "tuple(one for one in answer.returned if one.store != store)",
        "tuple(one for one in answer.returned[:0])",
        seeds_max=60,
    ),
)
"""Goods that come back where they were not sold."""

MUTANTS = (*THE_WIRE, *THE_CASES, *DOCUMENTS, *THE_TILL, *THE_BOOKS, *SALE_PASSING)
assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
