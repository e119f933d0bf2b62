"""Revisions of the hub's database; Alembic runs them."""
