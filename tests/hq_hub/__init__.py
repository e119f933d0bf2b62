"""Tests of hq_hub."""
