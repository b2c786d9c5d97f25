"""Verbs about notices, campaigns and trials."""
