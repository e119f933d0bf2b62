"""Tests of edge_agent/sync."""
