"""Tests of the hub's HTTP interface."""
