"""The trade's rules. Pure: no I/O, no clock, no randomness, no log."""
