"""A pytest plugin: a real PostgreSQL and a real Valkey, started once a process, before settings are read.

With `-n 2` (pytest-xdist) each of the two processes has servers of its own; files stay together, and so do all browser
tests, which share one running Campanile and come first because they take longest.
"""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
_FOLDER = Path(tempfile.mkdtemp(prefix="campanile-test-"))
_FOLDER.chmod(0o755)
os.environ["CAMPANILE_STATE"] = str(_FOLDER)
os.environ["CAMPANILE_MODULES_PATH"] = str(ROOT / "tests" / "modules")
os.environ["DJANGO_SETTINGS_MODULE"] = "campanile_platform.config.settings.test"
for replaced in ("EMAIL_URL", "S3_BUCKET", "CENTRE_NAME"):
    os.environ.pop(replaced, None)

from campanile_infra.embedded.postgres import EmbeddedPostgres  # noqa: E402
from campanile_infra.embedded.state import State  # noqa: E402
from campanile_infra.embedded.valkey import EmbeddedValkey  # noqa: E402

_state = State(_FOLDER)
_state.prepare()
POSTGRES = EmbeddedPostgres(_state, durable=False)
VALKEY = EmbeddedValkey(_state)
LONGEST = ("browser", "test_processes.py", "test_fields.py", "test_bulk.py", "test_workers.py", "test_crossing.py")
"""Folders and files in this order."""
_processes: list[tuple[Any, signal.Signals]] = []


def _start_servers() -> None:
    POSTGRES.initialise()
    process = POSTGRES.start()
    _processes.append((process, signal.SIGINT))
    POSTGRES.wait_ready(process)
    POSTGRES.prepare()
    queue = VALKEY.start()
    _processes.append((queue, signal.SIGTERM))
    VALKEY.wait_ready(queue)
    os.environ["DATABASE_URL"] = POSTGRES.conninfo()
    os.environ["BROKER_URL"] = VALKEY.url()


_start_servers()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first, so that no process is left alone with it at the end."""
    items.sort(key=lambda item: next((n for n, name in enumerate(LONGEST) if name in item.path.parts), len(LONGEST)))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Says which tests stay together in one process."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            path = nodeid.partition("::")[0]
            return "browser" if "/browser/" in path else path

    return ByFile(config, log)


def pytest_unconfigure() -> None:
    """Stops the servers and removes what they left."""
    for process, number in reversed(_processes):
        process.send_signal(number)
        process.wait()
    shutil.rmtree(_FOLDER, ignore_errors=True)
