"""Plumbing: database backend, channels, storage, task transport, observability, embedded services."""
