"""Tests of benchmarks: that they still run and compare like with like. What they measure is not."""
