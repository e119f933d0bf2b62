"""Tests of hq_hub/services."""
