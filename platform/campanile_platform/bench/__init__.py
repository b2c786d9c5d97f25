"""Benchmarks: each runs its rival and itself in turn, in one run, on a database of its own."""
