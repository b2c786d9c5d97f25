"""Switchable services, one folder each."""
