"""What comes from the former site, and where links lead: a real server answers, well, badly and not at all."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.test import override_settings

from campanile_infra.web import fetching
from campanile_infra.web.fetching import NotFetched, fetch, is_there
from campanile_tenants.town.site.content import Content
from campanile_tenants.town.site.models import BrokenLink, Feed, Page
from campanile_tenants.town.site.services.feeds import read, to_text
from campanile_tenants.town.site.services.links import check_links
from campanile_tenants.town.site.services.publishing import new_page, publish
from tests.towns import client, inside, person

RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>Vecchio sito</title>
<item><title>Strada chiusa</title><link>http://vecchio.example/1</link><description>&lt;p&gt;Via &lt;b&gt;Roma&lt;/b&gt;&lt;/p&gt;
&lt;ul&gt;&lt;li&gt;uno&lt;/li&gt;&lt;li&gt;&lt;a href="https://a.it"&gt;due&lt;/a&gt;&lt;/li&gt;&lt;/ul&gt;&lt;script&gt;x&lt;/script&gt;</description></item>
<item><title></title><link>http://vecchio.example/2</link></item>
<item><title>Senza indirizzo</title></item>
<item><title>Mercato</title><link>/3</link><description>Torna il mercato</description></item>
</channel></rss>"""
JSON_FEED = {"version": "https://jsonfeed.org/version/1.1", "title": "x",
             "items": [{"id": "1", "url": "https://vecchio.example/9", "title": "Da JSON", "content_text": "Testo"}, {"id": "2"}]}  # fmt: skip


class Server(ThreadingHTTPServer):
    """The former site: says what it is told to say at each path."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.says: dict[str, tuple[int, str, bytes]] = {
            "/rss": (200, "application/rss+xml", RSS.encode()),
            "/json": (200, "application/feed+json", json.dumps(JSON_FEED).encode()),
            "/cut": (200, "application/rss+xml", RSS[: RSS.index("<item><title>Mercato")].encode()),
            "/html": (200, "text/html", b"<html><p>Ciao</p></html>"),
            "/huge": (200, "text/plain", b"x" * 6_000_000),
            "/moved": (302, "/rss", b""),
            "/round": (302, "/round", b""),
            "/drip": (200, "text/plain", b"x" * 100),
            "/home": (302, "http://127.0.0.1:1/", b""),
        }

    @property
    def name(self) -> str:
        return f"127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, kind, body = self.server.says.get(self.path, (404, "text/plain", b""))  # type: ignore[attr-defined]
        self.send_response(status)
        self.send_header("Location" if status == 302 else "Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.path == "/drip":
            with contextlib.suppress(OSError):
                for _ in range(100):
                    self.wfile.write(b"x")
                    self.wfile.flush()
                    time.sleep(0.1)
            return
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def former() -> Iterator[Server]:
    server = Server()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with override_settings(FETCH_ALSO=[server.name]):
        yield server
    server.shutdown()
    server.server_close()


def test_a_feed_becomes_drafts_each_once_and_what_was_not_read_is_named(lecco: Any, former: Server) -> None:
    with inside(lecco):
        feed = Feed.objects.create(url=f"http://{former.name}/rss", category="avvisi")
        read(feed)
        assert (feed.taken, feed.known, feed.error) == (2, 0, "")
        assert feed.report == ["http://vecchio.example/2: non ha titolo", "Senza indirizzo: non ha indirizzo"]
        page = Page.objects.get(source_url="http://vecchio.example/1")
        assert page.published_at is None
        assert page.versions.get().content.texts["description"] == "Via **Roma**\n\n- uno\n- [due](https://a.it)"
        assert Page.objects.filter(source_url=f"http://{former.name}/3").exists()
        read(feed)
        assert (feed.taken, feed.known) == (0, 2)


def test_a_json_feed_is_read_too(lecco: Any, former: Server) -> None:
    with inside(lecco):
        feed = Feed.objects.create(url=f"http://{former.name}/json", category="tari")
        feed.category = "ambiente"
        read(feed)
        assert (feed.taken, len(feed.report)) == (1, 1)
        page = Page.objects.get(source_url="https://vecchio.example/9")
        assert (page.kind, page.category) == ("service", "ambiente")


@pytest.mark.parametrize(
    ("path", "said"),
    [("/html", "non è un RSS"), ("/gone", "errore 404"), ("/huge", "più grande di 5 MB"), ("/round", "in tondo"),
     ("/home", "rete privata")],
)  # fmt: skip
def test_a_broken_feed_says_why(lecco: Any, former: Server, path: str, said: str) -> None:
    with inside(lecco):
        feed = Feed.objects.create(url=f"http://{former.name}{path}", category="avvisi")
        read(feed)
        assert said in feed.error
        assert not Page.objects.exclude(source_url="").exists()


def test_of_a_damaged_feed_what_was_read_is_kept_and_the_rest_is_named(lecco: Any, former: Server) -> None:
    with inside(lecco):
        person("redazione", "communications")
    editor = client(lecco, "redazione")
    sent = {"url": f"http://{former.name}/cut", "category": "avvisi"}
    shown = editor.post("/ufficio/sito/fonti/", sent, follow=True).content.decode()
    assert "1 bozze nuove" in shown
    assert "rovinato da qui in poi" in shown


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://169.254.169.254/meta",
                                 "http://10.0.0.8/", "file:///etc/passwd", "http://[::1", "http://example.org:x/", "http://example.org:99999/", "http://u:p@example.org/", "http:///x"])  # fmt: skip
def test_our_own_network_is_never_asked(url: str) -> None:
    with pytest.raises(NotFetched) as refused:
        fetch(url)
    assert refused.value.reason in ("private", "address")
    with pytest.raises(NotFetched):
        is_there(url)


def test_links_that_lead_nowhere_are_found_each_night_and_go_when_mended(lecco: Any, former: Server) -> None:
    good, bad = f"http://{former.name}/moved", f"http://{former.name}/gone"
    text = f"[a]({good}) [b]({bad}) [c](/servizi/ambiente/raccolta-differenziata/) [d](/servizi/ambiente/niente/) [e](/nulla) [f](http://example.org:99999/)"
    with inside(lecco):
        Page.objects.filter(kind="service").exclude(slug="raccolta-differenziata").delete()
        page = new_page("news", Content(title="N", summary="S", category="avvisi", texts={"description": text}))
        publish(page)
        assert check_links() == 4
        found = dict(BrokenLink.objects.values_list("url", "reason"))
        assert found == {
            "http://example.org:99999/": "address",
            bad: "404",
            "/servizi/ambiente/niente/": "404",
            "/nulla": "404",
        }
        former.says["/gone"] = (200, "text/html", b"")
        assert check_links() == 3
        assert not BrokenLink.objects.filter(url=bad).exists()


def test_a_server_that_drips_is_left(former: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "_MOST_SECONDS", 1)
    started = time.monotonic()
    with pytest.raises(NotFetched) as left:
        fetch(f"http://{former.name}/drip")
    assert left.value.reason == "no_answer"
    assert time.monotonic() - started < 5


def test_html_of_another_site_becomes_plain_words() -> None:
    assert to_text("Uno <b>due</b><br>tre<h2>Q</h2><ol><li>a</li></ol><img src=x onerror=y>fine") == (
        "Uno **due**\ntre\n\n### Q\n\n1. a\n\nfine"
    )
    assert to_text("<script>x</script>") == ""
