"""Erasing on purpose: the only way past the triggers that keep append-only tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def erasing() -> Iterator[None]:
    """A transaction in which rows of append-only tables may be deleted together with what they tell about."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('campanile.erasing', 'on', true)")
        yield
        cursor.execute("SELECT set_config('campanile.erasing', 'off', true)")
