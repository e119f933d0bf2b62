"""Devices. Knows bytes, not goods."""
