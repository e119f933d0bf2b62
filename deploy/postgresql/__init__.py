"""A PostgreSQL server of one's own, for tests, benchmarks and a demo; thrown away at the end."""
