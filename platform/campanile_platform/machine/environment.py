"""Brings up what a command needs: settings, database, queue. Embedded unless the environment says otherwise."""

from __future__ import annotations

import os
import signal
import smtplib
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import kombu
from kombu.exceptions import OperationalError

from campanile_infra.embedded.postgres import WEB_LOGIN, EmbeddedPostgres
from campanile_infra.embedded.state import State
from campanile_infra.embedded.valkey import EmbeddedValkey
from campanile_infra.errors import OperationalProblem

Start = Callable[[str, Callable[[int], subprocess.Popen[bytes]], signal.Signals], subprocess.Popen[bytes]]


def state() -> State:
    """The state folder: CAMPANILE_STATE, or `.campanile` where the command runs."""
    return State(Path(os.environ.setdefault("CAMPANILE_STATE", str(Path.cwd() / ".campanile"))))


def start_services(place: State, start: Start) -> None:
    """Starts the embedded parts that nothing replaces, and puts their addresses in the environment.

    `start(name, starter, stop_signal)` keeps the process. Raises OperationalProblem.
    """
    os.environ.setdefault("SECRET_KEY", place.secret("django"))
    os.environ.setdefault("ENCRYPTION_KEYS", place.secret("sealing"))
    if "DATABASE_URL" not in os.environ:
        postgres = EmbeddedPostgres(place)
        postgres.initialise()
        postgres.wait_ready(start("postgres", postgres.start, signal.SIGINT))
        postgres.prepare()
        os.environ["DATABASE_URL"] = postgres.conninfo()
        os.environ["DATABASE_WEB_URL"] = postgres.conninfo(user=WEB_LOGIN)
    if "BROKER_URL" not in os.environ:
        valkey = EmbeddedValkey(place)
        valkey.wait_ready(start("valkey", valkey.start, signal.SIGTERM))
        os.environ["BROKER_URL"] = valkey.url()
    else:
        _check_broker(os.environ["BROKER_URL"])


def use_running(place: State) -> None:
    """Puts the addresses of the services that `campanile serve` started here in the environment."""
    os.environ.setdefault("SECRET_KEY", place.secret("django"))
    os.environ.setdefault("ENCRYPTION_KEYS", place.secret("sealing"))
    os.environ.setdefault("DATABASE_URL", EmbeddedPostgres(place).conninfo())
    os.environ.setdefault("BROKER_URL", EmbeddedValkey(place).url())
    if port := place.known_port("web"):
        os.environ.setdefault("PUBLIC_PORT_SUFFIX", f":{port}")


def set_up_django() -> None:
    """Loads Django. Raises OperationalProblem when a setting in the environment cannot be read."""
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
        from campanile_tenants.public.registry.directory import directory
    except ImproperlyConfigured as error:
        raise OperationalProblem(
            f"A setting in the environment is wrong ({error}). Look at DATABASE_URL, BROKER_URL, EMAIL_URL, S3_*."
        ) from error
    except (KeyError, ValueError) as error:
        raise OperationalProblem(
            f"A setting in the environment cannot be read ({error}). DATABASE_URL, BROKER_URL and EMAIL_URL are "
            "addresses such as postgres://user:password@host:5432/name."
        ) from error
    directory.listens = False


def prepare_database(say: Callable[[str], None]) -> None:
    """Roles, extensions, the public schema, the template and the towns: what is missing, and nothing else."""
    from django.conf import settings
    from django.db import OperationalError

    from campanile_infra.database.bootstrap import bootstrap, ensure_web_login
    from campanile_platform.machine.migrating import migrate_public, migrate_towns

    owner = _conninfo(settings.DATABASES["default"])
    bootstrap(owner)
    if web := os.environ.get("DATABASE_WEB_URL"):
        login = urlsplit(web)
        ensure_web_login(owner, unquote(login.username or ""), unquote(login.password or ""))
    try:
        migrate_public(say)
        migrate_towns(say)
    except OperationalError as error:  # disk full, connection lost: what was begun is rolled back
        raise OperationalProblem(
            f"The database stopped half-way and kept nothing of it ({_reason(error)}). Mend that and start again."
        ) from error


def check_replacements(say: Callable[[str], None]) -> None:
    """Asks the file store and the mail server that replace the embedded parts. Raises OperationalProblem.

    A mail server that is away is only said: messages wait in the outbox.
    """
    from django.conf import settings
    from django.core.mail import get_connection

    if settings.S3_BUCKET:
        _check_bucket(settings.S3_BUCKET)
    if not settings.LOCAL_OUTBOX:
        try:
            with get_connection(fail_silently=False):
                pass
        except (OSError, smtplib.SMTPException) as error:
            say(f"The mail server at EMAIL_URL does not let us in ({_reason(error)}). Messages wait in the outbox.")


def _check_bucket(bucket: str) -> None:
    from botocore.exceptions import BotoCoreError, ClientError
    from django.core.files.storage import default_storage

    try:
        default_storage.connection.meta.client.head_bucket(Bucket=bucket)  # type: ignore[attr-defined]
    except (BotoCoreError, ClientError, ValueError) as error:
        raise OperationalProblem(
            f"The file store does not give us the bucket {bucket} ({_reason(error)}). Correct S3_BUCKET, "
            "S3_ENDPOINT_URL, S3_ACCESS_KEY_ID or S3_SECRET_ACCESS_KEY, or unset S3_BUCKET to use local files."
        ) from error


def _reason(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _conninfo(values: dict[str, Any]) -> str:
    from psycopg.conninfo import make_conninfo

    return make_conninfo(
        host=values["HOST"] or None, port=values["PORT"] or None, user=values["USER"] or None,
        password=values["PASSWORD"] or None, dbname=values["NAME"],
    )  # fmt: skip


def _check_broker(url: str) -> None:
    try:
        with kombu.Connection(url, connect_timeout=3) as connection:
            connection.ensure_connection(max_retries=1, interval_start=1, timeout=4)
    except (OperationalError, OSError, KeyError, ValueError) as error:
        raise OperationalProblem(
            f"The queue does not answer at BROKER_URL ({type(error).__name__}). Correct it, or unset it to use "
            "the embedded Valkey."
        ) from error


@contextmanager
def environment(say: Callable[[str], None] = lambda line: None) -> Iterator[State]:
    """For one command: uses what runs here, or starts the embedded parts and stops them afterwards."""
    place = state()
    place.prepare()
    started: list[tuple[subprocess.Popen[bytes], signal.Signals]] = []

    def keep(
        name: str, starter: Callable[[int], subprocess.Popen[bytes]], stop: signal.Signals
    ) -> subprocess.Popen[bytes]:
        process = starter(subprocess.DEVNULL)
        started.append((process, stop))
        return process

    try:
        with place.lock() as alone:
            if alone:
                start_services(place, keep)
            else:
                use_running(place)
            set_up_django()
            prepare_database(say)
            yield place
    finally:
        for process, stop in reversed(started):
            process.send_signal(stop)
            process.wait()
