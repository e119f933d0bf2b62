"""Tests of the pages that the box serves, in a real browser."""
