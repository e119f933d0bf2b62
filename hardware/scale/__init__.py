"""Scales: bytes in, milligrams out. One file a protocol."""
