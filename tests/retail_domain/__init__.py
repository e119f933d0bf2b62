"""Tests of retail_domain."""
