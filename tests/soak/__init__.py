"""Hostile input without end: a few hundred inputs in every run of the tests, 20,000 with ``make soak``."""
