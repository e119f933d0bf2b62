"""Bench tools: try one device by hand."""
