"""Which town answers at a host: looked up once, kept in the process, dropped when any process changes it.

PostgreSQL triggers on the registry's tables NOTIFY the channel `campanile_registry`; a thread of each process
listens. While nobody listens (the database was restarted, a pooler in transaction mode) an entry is believed
for five seconds only.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import OrderedDict
from typing import Any

import psycopg

from campanile_infra.database.live import listening_connection
from campanile_infra.database.names import PUBLIC_SCHEMA
from campanile_infra.database.scope import in_schema
from campanile_tenants.public.registry.models import Town

CHANNEL = "campanile_registry"
_log = logging.getLogger(__name__)
_MOST_ENTRIES = 20_000
_UNHEARD_SECONDS = 5.0


class TownDirectory:
    """Look-ups by host and by schema. An unknown host is remembered as well, so that it costs one query."""

    listens = True
    """Set to False in commands that live too short to hear anything."""

    def __init__(self) -> None:
        self._entries: OrderedDict[tuple[str, str], tuple[float, Town | None]] = OrderedDict()
        self._guard = threading.Lock()
        self._generation = 0
        self._listening = threading.Event()
        self._listener_of: int | None = None

    def by_host(self, host: str) -> Town | None:
        """The town at a host name (lower case, no port), or None. 3 queries the first time, then none."""
        return self._get(("host", host), domains__domain=host)

    def by_schema(self, schema_name: str) -> Town | None:
        """The town with this schema, or None. 3 queries the first time, then none."""
        return self._get(("schema", schema_name), schema_name=schema_name)

    def forget(self) -> None:
        """Drops everything that is remembered."""
        with self._guard:
            self._generation += 1
            self._entries.clear()

    def _get(self, key: tuple[str, str], **filters: str) -> Town | None:
        self._listen_once()
        entry = self._entries.get(key)
        if entry is not None and (self._listening.is_set() or time.monotonic() - entry[0] < _UNHEARD_SECONDS):
            return entry[1]
        generation = self._generation
        town = load_town(**filters)
        with self._guard:
            if generation == self._generation:
                self._entries[key] = (time.monotonic(), town)
                while len(self._entries) > _MOST_ENTRIES:
                    self._entries.popitem(last=False)
        return town

    def _listen_once(self) -> None:
        if not self.listens or self._listener_of == os.getpid():
            return
        with self._guard:
            if self._listener_of == os.getpid():
                return
            self._listener_of = os.getpid()
            self._listening.clear()
        threading.Thread(target=self._listen, name="registry-listener", daemon=True).start()

    def _listen(self) -> None:
        pause = 0.5
        while True:
            try:
                with listening_connection() as connection:
                    connection.execute(f"LISTEN {CHANNEL}")
                    self.forget()
                    self._listening.set()
                    pause = 0.5
                    for _ in connection.notifies():
                        self.forget()
            except psycopg.Error as error:
                _log.warning("Not listening for changes of the registry: %s", type(error).__name__)
            self._listening.clear()
            self.forget()
            time.sleep(pause)
            pause = min(pause * 2, 10.0)


def load_town(**filters: Any) -> Town | None:
    """Reads a town and its open activations, without the boundary. 3 queries, in the public schema."""
    with in_schema(PUBLIC_SCHEMA):
        town = Town.objects.defer("boundary").filter(**filters).first()
        if town is None:
            return None
        activations = town.activations.filter(ended_at__isnull=True).values_list("module", "settings")
        town.settings_of = {str(module): dict(settings) for module, settings in activations}
        town.modules = frozenset(town.settings_of)
        primary = town.domains.filter(is_primary=True).values_list("domain", flat=True).first()
        town.host = primary or ""
    return town


directory = TownDirectory()
