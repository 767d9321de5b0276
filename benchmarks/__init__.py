"""Benchmarks: each prints its command, versions, sizes and all figures."""
