"""Celery with the town in a header; lanes."""
