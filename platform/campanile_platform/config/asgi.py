"""The web application for a server of ASGI: ordinary requests as WSGI in threads, streams of events without."""

from __future__ import annotations

import os

from a2wsgi import WSGIMiddleware

from campanile_platform.config.wsgi import application as ordinary

from campanile_infra.streams import Front  # isort: skip - Django is set up by the import above

application = Front(WSGIMiddleware(ordinary, workers=int(os.environ.get("WEB_THREADS", "8"))))  # type: ignore[arg-type]
