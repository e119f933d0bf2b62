"""Tests of the printers: pages, languages, output, simulators."""
