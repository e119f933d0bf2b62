"""Tests of the device link, with a real socket, real ptys and real processes."""
