"""Supervisor of the drivers; sink and spool are passed in."""
