"""A web site on a loopback port that knows ETags."""

from __future__ import annotations

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

from campanile_infra.embedded.ports import LOOPBACK


class Site:
    """`pages`: path -> content. `answers` holds the statuses that were given."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes] = {}
        self.answers: list[int] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                pass

            def do_GET(self) -> None:
                content = site.pages.get(self.path)
                etag = f'"{hashlib.sha256(content or b"").hexdigest()[:12]}"'
                status = 404 if content is None else 304 if self.headers.get("If-None-Match") == etag else 200
                site.answers.append(status)
                self.send_response(status)
                self.send_header("ETag", etag)
                self.send_header("Content-Length", str(len(content) if content and status == 200 else 0))
                self.end_headers()
                if content and status == 200:
                    self.wfile.write(content)

        self._server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
        self.host = f"{LOOPBACK}:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
