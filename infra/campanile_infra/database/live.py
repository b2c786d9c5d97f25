"""What just happened, told to whoever listens: PostgreSQL's NOTIFY, so it is heard when it is true and not before.

A notification names the town, the event and the key of what it is about, and holds nothing else: who hears it reads
the row again, with her own rights.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import psycopg
from django.db import connection, connections

from campanile_infra.database import scope

CHANNEL = "campanile_live"
_log = logging.getLogger(__name__)
Heard = Callable[[str, str, str], None]


def tell(event: str, key: str) -> None:
    """Tells listeners of the current town when the transaction commits. 1 query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, f"{scope.current().schema} {event} {key}"])


def listening_connection() -> psycopg.Connection:
    """A connection of its own for LISTEN, outside the pool and in no town."""
    parameters = connections["default"].get_connection_params()
    for not_for_listening in ("cursor_factory", "context", "prepare_threshold"):
        parameters.pop(not_for_listening, None)
    return psycopg.connect(**parameters, autocommit=True)


class Listener:
    """A thread that hears all: `heard(schema, event, key)`, and `lost()` when it may have missed some."""

    def __init__(self, heard: Heard, lost: Callable[[], None]) -> None:
        self._heard, self._lost = heard, lost
        self._stopping = threading.Event()
        self._ready = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, seconds: float = 10.0) -> bool:
        """Begins to listen; returns whether it hears."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="live-listener", daemon=True)
            self._thread.start()
        return self._ready.wait(seconds)

    def stop(self) -> None:
        """Ends the thread within a second."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(5)

    def _run(self) -> None:
        pause = 0.5
        while not self._stopping.is_set():
            try:
                with listening_connection() as listening:
                    listening.execute(f"LISTEN {CHANNEL}")
                    self._ready.set()
                    pause = 0.5
                    while not self._stopping.is_set():
                        for told in listening.notifies(timeout=1.0):
                            schema, event, key = told.payload.split(" ", 2)
                            self._heard(schema, event, key)
            except psycopg.Error as error:
                _log.warning("Not listening for what happens: %s", type(error).__name__)
                self._ready.clear()
                self._lost()
                self._stopping.wait(pause)
                pause = min(pause * 2, 10.0)
