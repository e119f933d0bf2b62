"""Upgrades from every schema that a program in the field has written."""
