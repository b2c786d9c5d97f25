"""Pieces of the map: through our own server, of the town only, kept for a week."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest

from tests.towns import Town, client

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40
HERE, ELSEWHERE = "/mappa/12/2154/1460", "/mappa/12/2180/1600"


class Tiles(BaseHTTPRequestHandler):
    """A server of tiles that can be told to lie."""

    asked: ClassVar[list[str]] = []
    answer: ClassVar[tuple[int, str, bytes]] = (200, "image/png", PNG)

    def do_GET(self) -> None:
        self.asked.append(self.path)
        status, kind, content = self.answer
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_args: Any) -> None:
        """Says nothing."""


@pytest.fixture
def tiles(settings: Any) -> Iterator[type[Tiles]]:
    Tiles.asked.clear()
    Tiles.answer = (200, "image/png", PNG)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Tiles)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.MAP_TILES_URL = f"http://127.0.0.1:{server.server_port}/{{z}}/{{x}}/{{y}}.png"
    settings.MAP_TILES_CREDIT = "© Chi disegna"
    settings.FETCH_ALSO = [f"127.0.0.1:{server.server_port}"]
    yield Tiles
    server.shutdown()
    server.server_close()


def test_without_a_provider_there_are_none(lecco: Town) -> None:
    assert client(lecco).get(HERE).status_code == 404
    assert "data-tiles" not in client(lecco).get("/").content.decode()


def test_a_piece_of_the_town_is_asked_for_once(lecco: Town, tiles: type[Tiles]) -> None:
    browser = client(lecco)
    assert 'data-tiles="/mappa/{z}/{x}/{y}" data-tiles-credit="© Chi disegna"' in browser.get("/").content.decode()
    for _time in range(2):
        answer = browser.get(HERE)
        assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, PNG, "image/png")
        assert answer["Cache-Control"] == "public, max-age=604800"
    assert tiles.asked == ["/12/2154/1460.png"]


@pytest.mark.parametrize(
    "path", [ELSEWHERE, "/mappa/3/4/2", "/mappa/25/2154/1460", "/mappa/12/999999/1460", "/mappa/12/2154/9999999"]
)
def test_nobody_gets_a_map_of_the_world_here(lecco: Town, tiles: type[Tiles], path: str) -> None:
    assert client(lecco).get(path).status_code == 404
    assert tiles.asked == []


@pytest.mark.parametrize("answer", [
    (500, "image/png", PNG), (200, "text/html", b"<script>"), (200, "image/png", b"x" * 500_000),
])  # fmt: skip
def test_an_answer_that_is_no_picture_is_not_passed_on(lecco: Town, tiles: type[Tiles], answer: Any) -> None:
    tiles.answer = answer
    assert client(lecco).get(HERE).status_code == 404
