"""Accounts, journal entries, posting rules, average cost."""
