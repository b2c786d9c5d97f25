"""Lighthouse, as on a cheap phone, on a town's home, a service page and the report form.

The rival is the same home with the whole design system in one style sheet and one script, as the official static
templates load it (the templates themselves are in no package registry).
"""

from __future__ import annotations

import gzip
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from typing import Any

from campanile_infra.errors import OperationalProblem
from campanile_platform.bench.report import Must, Result

ROOT = Path(__file__).parents[3]
LIGHTHOUSE = ROOT / "assets" / "node_modules" / "lighthouse" / "cli" / "index.js"
SYSTEM = ROOT / "assets" / "node_modules" / "bootstrap-italia" / "dist"
CATEGORIES = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
PAGES = {
    "home": "/",
    "service": "/servizi/anagrafe-e-stato-civile/carta-identita-elettronica/",
    "report": "/segnalazioni/nuova/",
    "report, what and where": "/segnalazioni/nuova/dati/",
}
BEHIND = {"report, what and where": "/segnalazioni/nuova/"}
"""Pages that one reaches by sending the form of another."""
ROUNDS, TRIES = 3, 3


def measure() -> Result:
    """Needs Node.js and Chromium; takes some six minutes, most of them Lighthouse's own."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    node = shutil.which("node")
    if chromium is None or node is None or not LIGHTHOUSE.exists():
        raise OperationalProblem("Lighthouse needs Node.js, Chromium and `make assets`. Install what is missing.")
    figures: dict[str, float] = {}
    limits: list[Must] = []
    with _demo() as port, _whole_system(port) as rival:
        base = f"http://lecco.localhost:{port}"
        _rival, paint_of_rival = _scores(node, chromium, rival)
        for name, path in PAGES.items():
            cookie = _cookie(base + BEHIND[name]) if name in BEHIND else ""
            runs = [_scores(node, chromium, base + path, cookie) for _ in range(ROUNDS)]
            for category, least in CATEGORIES.items():
                middle = median(scores[category] for scores, _paint in runs)
                limits.append(Must.at_least(f"{name}: {category}", middle, least))
            figures[f"{name}: largest paint (ms)"] = median(paint for _scores_, paint in runs)
        figures["home with the whole design system: largest paint (ms)"] = paint_of_rival
        figures["home with the whole design system: performance"] = _rival["performance"]
    return Result("portal", paint_of_rival / figures["home: largest paint (ms)"], figures, limits)


def _cookie(url: str) -> str:
    """The session of somebody who read how her data are used, and went on."""
    jar = CookieJar()
    browser = urllib.request.build_opener(_Loopback, urllib.request.HTTPCookieProcessor(jar))
    page = browser.open(url).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None
    sent = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1], "accept": "on"}).encode()
    answer = browser.open(urllib.request.Request(url, sent, {"Referer": url}))  # noqa: S310 - our own server
    assert answer.url != url, "the first step was not taken"
    return "; ".join(f"{one.name}={one.value}" for one in jar)


class _Loopback(urllib.request.HTTPHandler):
    """`lecco.localhost` is this machine, as browsers know (RFC 6761, 6.3)."""

    def http_open(self, request: urllib.request.Request) -> Any:
        def connection(host: str, **more: Any) -> http.client.HTTPConnection:
            return http.client.HTTPConnection("127.0.0.1", int(host.rpartition(":")[2]), **more)

        return self.do_open(connection, request)


def _scores(node: str, chromium: str, url: str, cookie: str = "") -> tuple[dict[str, float], float]:
    """The scores (0 to 100) of a page and its largest contentful paint in milliseconds, on a slow phone."""
    flags = "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage"
    command = [
        node, str(LIGHTHOUSE), url, "--quiet", "--output=json", "--output-path=stdout", f"--chrome-flags={flags}",
        f"--only-categories={','.join(CATEGORIES)}",
        *([f"--extra-headers={json.dumps({'Cookie': cookie})}"] if cookie else []),
    ]  # fmt: skip
    env = {**os.environ, "CHROME_PATH": chromium}
    for _attempt in range(TRIES):  # on a busy machine the browser's trace sometimes begins too late
        done = subprocess.run(command, capture_output=True, text=True, env=env, check=False, timeout=240)
        if done.returncode == 0:
            break
    else:
        raise OperationalProblem(f"Lighthouse failed on {url}: {done.stderr.strip()[-300:]}")
    report = json.loads(done.stdout)
    if folder := os.environ.get("LIGHTHOUSE_REPORTS"):
        name = re.sub(r"\W+", "-", url).strip("-")
        Path(folder, f"{name}.json").write_text(done.stdout, encoding="utf-8")
    scores = {name: round(100 * float(report["categories"][name]["score"] or 0), 1) for name in CATEGORIES}
    return scores, float(report["audits"]["largest-contentful-paint"]["numericValue"])


@contextmanager
def _demo() -> Iterator[int]:
    """`campanile demo` in the benchmark's folder; its port."""
    process = subprocess.Popen(
        [sys.executable, "-c", "from campanile_platform.cli import main; main()", "demo"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=dict(os.environ),
    )  # fmt: skip
    assert process.stdout is not None
    try:
        port = 0
        for line in process.stdout:
            if found := re.search(r"lecco\.localhost:(\d+)", line):
                port = int(found[1])
            if "Ctrl-C" in line:
                break
        if not port:
            raise OperationalProblem("campanile demo stopped before it answered.")
        threading.Thread(target=process.stdout.read, daemon=True).start()
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


@contextmanager
def _whole_system(port: int) -> Iterator[str]:
    """Serves the home with the whole design system instead of our style sheet and script; its address."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/", headers={"Host": f"lecco.localhost:{port}"})
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own server
        page = answer.read().decode()
    page = re.sub(r'<link rel="preload"[^>]*>', "", page)
    page = re.sub(r'href="/static/campanile/portal[^"]*\.css"', 'href="/system/css/bootstrap-italia.min.css"', page)
    page = re.sub(r'type="module" src="/static/campanile/campanile[^"]*\.js"',
                  'src="/system/js/bootstrap-italia.bundle.min.js"', page)  # fmt: skip
    page = page.replace('<picture><source type="image/avif"', '<picture><source type="image/none"')
    ours = {"/": ("text/html; charset=utf-8", gzip.compress(page.encode()))}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, body = ours.get(self.path) or _of_the_system(self.path) or _from(port, self.path)
            self.send_response(200)
            self.send_header("Content-Type", kind)
            if body[:2] == b"\x1f\x8b":
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://rival.localhost:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def _of_the_system(path: str) -> tuple[str, bytes] | None:
    if not path.startswith("/system/"):
        return None
    file = (SYSTEM / path.removeprefix("/system/")).resolve()
    if not file.is_relative_to(SYSTEM) or not file.is_file():
        return "text/plain", b""
    kinds = {".css": "text/css", ".js": "text/javascript", ".woff2": "font/woff2", ".svg": "image/svg+xml"}
    content = file.read_bytes()
    kind = kinds.get(file.suffix, "application/octet-stream")
    return kind, gzip.compress(content) if file.suffix in (".css", ".js", ".svg") else content


def _from(port: int, path: str) -> tuple[str, bytes]:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": f"lecco.localhost:{port}"})
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own server
            return answer.headers.get("Content-Type", ""), answer.read()
    except OSError:
        return "text/plain", b""
