"""What a person should know about a hub that is not well."""

from __future__ import annotations

import sqlalchemy as sa

from hq_hub.reports import alarms, checks
from hq_hub.reports.paging import EVERY_STORE, read_as_of
from hq_hub.store import day_certificates, health


def examine(db: sa.Connection) -> tuple[list[tuple[str, object]], list[str]]:
    """Look at database, facts and books.

    Returns:
        Findings by name, and faults: things that must not be. Parked facts and open transfers are
        findings, because they happen in life.
    """
    counts = checks.read_fact_counts(db)
    ledger = checks.read_ledger_checks(db)
    transit = checks.read_transit(db)
    as_of = read_as_of(db, EVERY_STORE)
    findings: list[tuple[str, object]] = [
        ("database", health.read_database_version(db)),
        ("facts received", counts.received),
        ("facts applied", counts.applied),
        ("facts parked", counts.parked),
        ("facts waiting", counts.waiting),
        ("batches in quarantine", counts.quarantined),
        ("last applied", as_of.applied_at or "never"),
        ("transfers open", transit.transfers),
        *(("alarm", line) for line in alarms.list_alarms(db)),
        *(
            ("closed, not here", f"{day.store} {day.business_date}: {day.missing_facts} facts")
            for day in day_certificates.read_missing_days(db)
        ),
        *(("parked", parked) for parked in health.read_parked(db)),
    ]
    must_be_zero = {
        "facts waiting against the cursor": counts.waiting - as_of.facts_behind,
        "stock against movements, milli": checks.read_stock_difference_milli(db),
        "cost against stock, milli": checks.read_cost_difference_milli(db),
        "trial balance difference, fen": checks.read_trial_balance_difference_fen(db),
        "stock against ledger, fen": ledger.stock_vs_gl_fen,
        "in transit against ledger, fen": ledger.in_transit_vs_gl_fen,
        "in transit against transfers, milli": checks.read_transit_difference_milli(db),
        "payables against ledger, fen": ledger.payables_vs_gl_fen,
        "not invoiced against ledger, fen": ledger.uninvoiced_vs_gl_fen,
        "unbalanced entries": ledger.unbalanced_entries,
    }
    faults = [f"database: {fault}" for fault in health.read_database_faults(db)]
    faults += [f"{name}: {value}" for name, value in must_be_zero.items() if value]
    return findings, faults
