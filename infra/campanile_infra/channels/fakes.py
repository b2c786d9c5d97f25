"""What fakes of providers share: a real socket, a record of what came, and orders to misbehave.

Only for tests and trials: a fake stands in for a company on the internet, speaks its protocol, checks what we send
against its official schema, and can be told to be slow, to lie, or to fail half-way.
"""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from campanile_infra.embedded.ports import LOOPBACK


@dataclass(frozen=True)
class Request:
    """What came: `data` is the JSON body, `content` the bytes."""

    method: str
    path: str
    headers: Mapping[str, str]
    content: bytes

    @property
    def data(self) -> Any:
        """The body as JSON."""
        return json.loads(self.content)


@dataclass(frozen=True)
class Reply:
    """What the fake answers."""

    status: int
    data: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Order:
    """How to treat the next request: answer `reply` without taking it, or take it and be silent for `hang` seconds,
    or take it and `cut` the connection before the answer.
    """

    reply: Reply | None = None
    hang: float = 0.0
    cut: bool = False


class FakeProvider:
    """A provider on a loopback port. Subclasses say how a request is taken in `take`."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.taken: list[Any] = []
        self.orders: deque[Order] = deque()
        self.always: Order | None = None
        self._lock = threading.Lock()
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                pass

            def do_POST(self) -> None:
                fake._serve(self)

            do_GET = do_PUT = do_DELETE = do_POST  # noqa: N815

        self._server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://{LOOPBACK}:{self._server.server_address[1]}"

    def take(self, request: Request) -> Reply:
        """Checks the request against the provider's schema, notes it in `taken`, and answers."""
        raise NotImplementedError

    def next(self, *orders: Order) -> None:
        """Treats the next requests so."""
        self.orders.extend(orders)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers.get("Content-Length") or 0)
        request = Request(handler.command, handler.path, dict(handler.headers), handler.rfile.read(length))
        with self._lock:
            self.requests.append(request)
            order = self.orders.popleft() if self.orders else self.always or Order()
            reply = order.reply or self.take(request)
        if order.hang:
            time.sleep(order.hang)
        if order.cut:
            handler.close_connection = True
            return
        content = json.dumps(reply.data).encode() if reply.data is not None else b""
        try:
            handler.send_response(reply.status)
            for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                handler.send_header(name, value)
            handler.send_header("Content-Length", str(len(content)))
            handler.end_headers()
            handler.wfile.write(content)
        except OSError:  # who asked has gone: that is what it was told to be slow for
            handler.close_connection = True
