"""`campanile serve` and `campanile demo`: everything under one supervisor."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from typing import Annotated

import typer

from campanile_infra.embedded.children import spawn
from campanile_infra.embedded.ports import LOOPBACK, is_free
from campanile_infra.embedded.state import State
from campanile_infra.embedded.supervisor import Service, Supervisor
from campanile_infra.errors import OperationalProblem
from campanile_infra.tasks.base import LANES
from campanile_infra.terminal import console
from campanile_platform.cli import app
from campanile_platform.machine.environment import (
    check_replacements,
    prepare_database,
    set_up_django,
    start_services,
    state,
)

_WEB = "campanile_platform.machine.web"
_WEB_PROCESSES = 2
_TO_WRITE_ALL_DOWN = 40.0
"""Seconds a database may take to stop: one that is killed has to recover, and leaves its memory behind."""
_THREADS = {"emergency": "4"}
"""So that the sweeper, on the same lane, always has its turn."""
_CELERY = "campanile_platform.config.celery:app"
Port = Annotated[int | None, typer.Option(help="Port of the web server; the last one, or a free one, when left out.")]


@app.command()
def serve(port: Port = None) -> None:
    """Start everything: database, queue, web, workers, scheduler. One Ctrl-C stops all."""
    _serve(port, demo=False)


@app.command()
def demo(port: Port = None) -> None:
    """The same with the Province of Lecco in it: 84 towns, three of them full of life."""
    os.environ.setdefault("CENTRE_NAME", "Provincia di Lecco")
    _serve(port, demo=True)


def _serve(port: int | None, *, demo: bool) -> None:
    began = time.monotonic()
    place = state()
    place.prepare()
    with place.lock() as alone:
        if not alone:
            raise OperationalProblem(
                f"Campanile is already running from this folder, at http://localhost:{place.known_port('web')}/."
            )
        web_port = _web_port(place, port)
        os.environ.setdefault("PUBLIC_PORT_SUFFIX", f":{web_port}")
        supervisor = Supervisor()
        try:
            _bring_up(supervisor, place, web_port, demo=demo, began=began)
            supervisor.run()
            supervisor.say("Stopping.")
        except KeyboardInterrupt:
            supervisor.say("Stopping.")
        finally:
            supervisor.stop()


def _bring_up(supervisor: Supervisor, place: State, port: int, *, demo: bool, began: float) -> None:
    def keep(
        name: str, starter: Callable[[int], subprocess.Popen[bytes]], stop: signal.Signals
    ) -> subprocess.Popen[bytes]:
        return supervisor.launch(Service(name, start=starter, stop_signal=stop, patience=_TO_WRITE_ALL_DOWN))

    shared = "DATABASE_URL" in os.environ
    start_services(place, keep)
    environment = dict(os.environ)
    set_up_django()
    check_replacements(supervisor.say)
    prepare_database(supervisor.say)
    if not shared:  # nobody else can be at work in an embedded database
        _release_dead_leases()
    logins: list[str] = []
    if demo:  # fills the database before anybody looks
        from campanile_platform.demo.build import build

        logins = build(place)
    webs = [supervisor.launch(service) for service in _webs(port, _answering(environment))]
    _wait_for_first_page(supervisor, webs[0], port)
    console.print()
    console.print(f"[bold green]Campanile answers after {time.monotonic() - began:.1f} s[/bold green]")
    console.print(f"  centre   http://localhost:{port}/")
    for line in logins:
        console.print(f"  {line}", soft_wrap=True)
    console.print("  Ctrl-C stops everything.\n")
    if supervisor.is_stopping:
        return
    for service in _workers(place, environment):
        supervisor.launch(service)


@app.command("receive-mail")
def receive_mail() -> None:
    """Take the mails that could not be delivered, from other mail servers, at BOUNCE_LISTEN. Ctrl-C stops it."""
    set_up_django()
    from django.conf import settings

    from campanile_infra.channels.bounces.smtp import Endpoint, Returns
    from campanile_tenants.town.delivery.services import bouncing

    host, _colon, number = settings.BOUNCE_LISTEN.rpartition(":")
    if not (number.isdecimal() and settings.BOUNCE_DOMAIN):
        raise OperationalProblem(
            "Say where to listen and for which domain: BOUNCE_LISTEN=127.0.0.1:2525 BOUNCE_DOMAIN=bounces.example.org"
        )
    returns = Returns(settings.BOUNCE_DOMAIN, bouncing.is_ours, _with_own_connection(bouncing.take))
    endpoint = Endpoint(returns, host or LOOPBACK, int(number), lmtp=settings.BOUNCE_PROTOCOL == "lmtp")
    stops = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, stops)  # before the server's thread begins, which inherits it
    endpoint.start()
    console.print(f"Bounces are taken at {settings.BOUNCE_LISTEN} for {settings.BOUNCE_DOMAIN}.")
    try:
        signal.sigwait(stops)
    finally:
        endpoint.stop()


def _with_own_connection(take: Callable[[bytes, str], object]) -> Callable[[bytes, str], object]:
    """Gives the thread's database connection back when it is broken, so that the next mail gets another one."""
    from django.db import close_old_connections

    def taken(content: bytes, name: str) -> object:
        close_old_connections()
        return take(content, name)

    return taken


def _release_dead_leases() -> None:
    from campanile_platform.onboarding.services import release_dead_leases

    release_dead_leases()


def _web_port(place: State, asked: int | None) -> int:
    if asked is not None:
        if not is_free(asked):
            raise OperationalProblem(
                f"Port {asked} is taken. Choose another one, or leave --port out to get a free one."
            )
        place.set_port("web", asked)
        return asked
    return place.choose_port("web")


def _answering(environment: dict[str, str]) -> dict[str, str]:
    """For processes that answer and send: a login that cannot become the owner. Only `operations` makes towns."""
    web = environment.get("DATABASE_WEB_URL")
    return environment | {"DATABASE_URL": web} if web else environment


def _webs(port: int, environment: dict[str, str]) -> list[Service]:
    """Two web processes that accept from one socket, which lives as long as we do."""
    listening = socket.create_server((LOOPBACK, port), backlog=512)
    number = listening.detach()

    def start(output: int) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", _WEB, str(number)]
        return spawn(command, environment=environment, output=output, pass_fds=(number,))

    return [Service(f"web-{which}", start=start) for which in range(1, _WEB_PROCESSES + 1)]


def _workers(place: State, environment: dict[str, str]) -> list[Service]:
    celery = [sys.executable, "-m", "celery", "--quiet", "-A", _CELERY]
    environment = environment | {"PYTHONWARNINGS": "ignore:You're running the worker"}
    quiet = ["--loglevel", "WARNING"]
    services = [
        Service(
            f"lane-{lane}"[:13],
            [
                *celery, "worker", *quiet, "-Q", lane, "-n", f"{lane}@campanile", "-P", "threads",
                "-c", _THREADS.get(lane, "2"), "--without-gossip", "--without-mingle", "--without-heartbeat",
            ],
            environment if lane == "operations" else _answering(environment),
        )
        for lane in LANES
    ]  # fmt: skip
    schedule = place.root / "celerybeat-schedule"
    command = [*celery, "beat", *quiet, "-s", str(schedule), "--pidfile="]
    services.append(Service("beat", command, _answering(environment)))
    if environment.get("BOUNCE_LISTEN"):
        command = [sys.executable, "-c", "from campanile_platform.cli import main; main()", "receive-mail"]
        services.append(Service("receive-mail", command, _answering(environment)))
    return services


def _wait_for_first_page(supervisor: Supervisor, web: subprocess.Popen[bytes], port: int, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    address = f"http://{LOOPBACK}:{port}/accesso/"
    while time.monotonic() < deadline:
        supervisor.drain()
        if web.poll() is not None:
            raise OperationalProblem("The web server stopped while starting; its last lines are above.")
        if supervisor.is_stopping:
            raise KeyboardInterrupt
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                answer.read()
                return
        except OSError:
            time.sleep(0.05)
    raise OperationalProblem(f"The web server did not answer within {seconds:.0f} seconds.")
