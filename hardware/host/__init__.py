"""Supervisor of the drivers, transports, captures; sink and spool are passed in."""
