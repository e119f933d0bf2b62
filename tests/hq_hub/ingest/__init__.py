"""Tests of hq_hub/ingest."""
