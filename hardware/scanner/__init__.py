"""Scanners: bytes in, text and symbology out. One file a protocol."""
