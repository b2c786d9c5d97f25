"""The real thing: commands, workers and a whole Campanile, killed and started again."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from campanile_modules.noticeboard import tasks
from campanile_modules.noticeboard.models import Notice
from django.db import connection

from campanile_infra.database.scope import in_schema
from campanile_infra.embedded.postgres import SUPERUSER, EmbeddedPostgres
from campanile_infra.embedded.state import State
from campanile_tenants.public.registry.activation import switch_off, switch_on
from campanile_tenants.public.registry.directory import directory
from tests.processes import CLI, ROOT, campanile, clean_environment, descendants, serving, worker
from tests.towns import WITH_REPORTING, town

S3 = {"S3_ACCESS_KEY_ID": "a", "S3_SECRET_ACCESS_KEY": "b", "AWS_MAX_ATTEMPTS": "1"}
LECCO_CSV = ROOT / "platform/campanile_platform/demo/data/lecco.csv"


@pytest.fixture
def state() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="campanile-run-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "state"


@pytest.fixture(scope="module")
def migrated() -> Iterator[Path]:
    """A folder in which `campanile migrate` has run, to copy from: making one takes a quarter of a minute."""
    with tempfile.TemporaryDirectory(prefix="campanile-made-") as folder:
        Path(folder).chmod(0o755)
        made = Path(folder) / "state"
        done = campanile(made, "migrate", seconds=240)
        assert done.returncode == 0, done.stderr
        yield made


@pytest.fixture
def prepared(state: Path, migrated: Path) -> Path:
    """A folder of this test's own in which `campanile migrate` has run."""
    if State(migrated).served == migrated:
        subprocess.run(["cp", "-a", str(migrated), str(state)], check=True)
    else:  # the database lies elsewhere, under a name made of the folder's
        assert campanile(state, "migrate", seconds=240).returncode == 0
    return state


def fetch(port: int, host: str, path: str = "/", body: dict[str, Any] | None = None) -> tuple[int, str]:
    data = json.dumps(body).encode() if body else None
    headers = {"Host": f"{host}:{port}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data, headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.fixture
def noticeboards(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """`noticeboard` on in two towns, really committed; undone afterwards."""
    with django_db_blocker.unblock():
        for code in WITH_REPORTING:
            switch_on(town(code), "noticeboard", by="test")
        directory.forget()
        yield
        for code in WITH_REPORTING:
            switch_off(town(code), "noticeboard", by="test")
            with in_schema(f"c_{code}"):
                Notice.objects.all().delete()
        connection.close()


def test_tasks_run_in_the_town_that_woke_them_through_a_real_worker(noticeboards: None) -> None:
    rounds = 150
    with worker("bulk", dict(os.environ)):
        for n in range(rounds):
            for code in (*WITH_REPORTING, "097046"):
                with in_schema(f"c_{code}"):
                    tasks.look_around.wake(kwargs={"fail": n % 3 == 0})
        deadline = time.monotonic() + 90
        done: Counter[str] = Counter()
        while time.monotonic() < deadline and sum(done.values()) < 2 * (rounds - rounds // 3):
            time.sleep(0.3)
            done = Counter()
            for code in WITH_REPORTING:
                with in_schema(f"c_{code}"):
                    wrong = Notice.objects.exclude(text=f"c_{code} c_{code}")
                    assert list(wrong) == []
                    done[code] = Notice.objects.count()
    assert done == dict.fromkeys(WITH_REPORTING, rounds - rounds // 3)
    with in_schema("c_097046"):  # the module is off there: its task did not run
        assert Notice.objects.count() == 0


def test_60000_switches_in_the_threads_of_a_worker_never_read_the_wrong_town(noticeboards: None) -> None:
    tasks_sent, switches = 60, 1000
    with worker("bulk", dict(os.environ)):
        for seed in range(tasks_sent):
            with in_schema(f"c_{WITH_REPORTING[seed % 2]}"):
                tasks.wander.wake(kwargs={"seed": seed, "switches": switches})
        done: list[str] = []
        deadline = time.monotonic() + 400
        while time.monotonic() < deadline and len(done) < tasks_sent:
            time.sleep(1)
            done = []
            for code in WITH_REPORTING:
                with in_schema(f"c_{code}"):
                    done += Notice.objects.values_list("text", flat=True)
    assert Counter(done) == {f"wandered {switches}, wrong 0": tasks_sent}


def test_a_task_without_a_town_is_refused(noticeboards: None) -> None:
    from campanile_infra.database.names import InvalidSchemaName

    with pytest.raises(InvalidSchemaName):
        tasks.tidy.apply_async()


def test_kill_9_in_the_middle_of_84_towns_then_again_finishes_them_all(prepared: Path) -> None:
    state, environment = prepared, clean_environment(prepared)
    for live in (3, 20, 45):
        process = subprocess.Popen([*CLI, "onboard", "--csv", str(LECCO_CSV)], env=environment, cwd=ROOT,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
        _eventually(lambda live=live: _states(state)["live"] >= live, 180)  # type: ignore[misc]
        process.kill()
        process.wait()
        _eventually(lambda: not State(state).is_served())
    between = campanile(state, "towns").stdout
    assert 45 <= between.count("│ live") < 84, between
    with serving(state) as running:  # a town that is not finished does not answer
        port = running.port()
        states = _states(state, "name")
        for host, ready in states.items():
            assert fetch(port, host)[0] == (200 if ready else 404), host
        _eventually(lambda: _states(state)["live"] == 84, 240)  # its workers finish the rest by themselves
    done = campanile(state, "onboard", "--csv", str(LECCO_CSV), seconds=200)
    assert done.returncode == 0, done.stderr
    assert "0 towns taken in, 84 skipped, 0 refused" in done.stdout
    assert "84 towns are whole" in campanile(state, "verify").stdout
    assert campanile(state, "towns").stdout.count("│ live") == 84


def _states(state: Path, by: str = "state") -> dict[str, int]:
    """How many towns are in each state, or which hosts serve; read by a connection of our own."""
    postgres = EmbeddedPostgres(State(state))
    question = {
        "state": "SELECT state, count(*) FROM registry_municipality GROUP BY 1",
        "name": "SELECT d.domain, (m.state = 'live')::int FROM registry_municipality m "
        "JOIN registry_domain d ON d.tenant_id = m.id",
    }[by]
    try:
        with psycopg.connect(postgres.conninfo(user=SUPERUSER), connect_timeout=2) as connected:
            return (
                {"live": 0} | dict(connected.execute(question).fetchall())
                if by == "state"
                else dict(connected.execute(question).fetchall())
            )
    except psycopg.OperationalError:
        return {"live": 0}


def test_serve_answers_restarts_what_crashes_and_stops_whole(state: Path) -> None:
    with serving(state) as running:
        port = running.port()
        assert port < 32768
        assert fetch(port, "nowhere.localhost")[0] == 404
        onboarded = campanile(state, "onboard", "097042", "--modules", "reporting")
        assert onboarded.returncode == 0, onboarded.stderr
        assert fetch(port, "lecco.localhost", "/segnalazioni/")[0] == 200  # heard of it without a restart
        assert campanile(state, "module", "off", "097042", "reporting").returncode == 0
        _eventually(lambda: fetch(port, "lecco.localhost", "/segnalazioni/")[0] == 404)
        with psycopg.connect(EmbeddedPostgres(State(state)).conninfo("postgres", SUPERUSER)) as look:
            found = look.execute("SELECT usename FROM pg_stat_activity WHERE datname = 'campanile'").fetchall()
        assert ("campanile_web",) in found  # what answers cannot become the owner
        second = campanile(state, "serve")
        assert second.returncode == 1
        assert "already running" in second.stderr
        children = descendants(running.process.pid)
        web, _other = [pid for pid, command in children if "machine.web" in command]
        os.kill(web, signal.SIGKILL)
        running.wait_for(r"web-1 stopped .*starting it again")
        _eventually(lambda: fetch(port, "lecco.localhost")[0] == 200)
        children = descendants(running.process.pid)
        for part in ("postgres", "valkey", "beat", "emergency", "transactional", "bulk", "operations"):
            assert any(part in command for _pid, command in children), part
        for _impatient in range(50):  # signals that interrupt one another
            running.process.send_signal(signal.SIGTERM)
        assert running.stop() == 0
        assert [pid for pid, _ in children if Path(f"/proc/{pid}").exists()] == []


def _eventually(holds: Any, seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            if holds():
                return
        except OSError:
            pass
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_killed_supervisor_leaves_no_orphans_and_starts_again(prepared: Path) -> None:
    with serving(prepared) as running:
        running.port()
        running.wait_for("Ctrl-C stops everything")
        children = descendants(running.process.pid)
        running.process.kill()
        running.process.wait()
        _eventually(lambda: not [pid for pid, _ in children if Path(f"/proc/{pid}").exists()])
    with serving(prepared) as running:
        assert fetch(running.port(), "localhost", "/accesso/")[0] == 200


def test_a_database_waits_until_the_last_process_of_a_killed_one_is_gone(prepared: Path) -> None:
    postgres = EmbeddedPostgres(State(prepared))
    first = postgres.start()
    postgres.wait_ready(first)
    with closing(psycopg.connect(postgres.conninfo("postgres", SUPERUSER), autocommit=True)) as connected:
        left_over = connected.execute("SELECT pg_backend_pid()").fetchone()
        assert left_over is not None
        os.kill(left_over[0], signal.SIGSTOP)  # a busy machine: it does not see that its server is gone
        first.kill()
        first.wait()
        later = threading.Timer(1.5, os.kill, (left_over[0], signal.SIGKILL))
        later.start()
        began = time.monotonic()
        second = postgres.start()
        try:
            postgres.wait_ready(second)
            assert time.monotonic() - began > 1
        finally:
            second.send_signal(signal.SIGINT)
            second.wait(30)


@pytest.mark.parametrize(
    ("arguments", "changes", "message"),
    [
        (["onboard", "123"], {}, "123"),
        (["onboard"], {}, "--csv"),
        (["onboard", "--csv", "/nowhere.csv"], {}, "/nowhere.csv"),
        (["module", "on", "097042", "reporting"], {}, "campanile onboard 097042"),
        (["bench", "nothing"], {}, "onboarding"),
        (["serve"], {"DATABASE_URL": "postgres://nobody:x@127.0.0.1:9/none"}, "DATABASE_URL"),
        (["serve"], {"DATABASE_URL": "postgres://x:y@127.0.0.1:abc/none"}, "DATABASE_URL"),
        (["serve"], {"BROKER_URL": "redis://127.0.0.1:9/0"}, "BROKER_URL"),
        (["serve"], {"EMAIL_URL": "carrier-pigeon://x"}, "EMAIL_URL"),
        (
            ["serve"],
            {"S3_BUCKET": "none", "S3_ENDPOINT_URL": "http://127.0.0.1:9", "S3_REGION": "x", **S3},
            "S3_BUCKET",
        ),
        (["serve"], {"CAMPANILE_STATE": "/proc/nothing"}, "CAMPANILE_STATE"),
    ],
)
def test_what_is_wrong_is_one_clear_line(
    prepared: Path, arguments: list[str], changes: dict[str, str], message: str
) -> None:
    done = subprocess.run([*CLI, *arguments], env=clean_environment(prepared) | changes, capture_output=True, text=True,
                          timeout=120, check=False, cwd=ROOT)  # fmt: skip
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert done.returncode != 0
    assert len(lines) == 1, done.stderr
    assert message in lines[0]
    assert "Traceback" not in done.stdout


def test_a_taken_port_is_said(state: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = campanile(state, "serve", "--port", str(port))
    assert done.returncode == 1
    assert f"Port {port} is taken" in done.stderr


def test_a_missing_extension_and_a_weak_login_are_said() -> None:
    import psycopg

    from campanile_infra.database import bootstrap
    from campanile_infra.embedded.postgres import SUPERUSER
    from campanile_infra.errors import OperationalProblem
    from tests.servers import POSTGRES

    with psycopg.connect(POSTGRES.conninfo("postgres", SUPERUSER), autocommit=True) as superuser:
        superuser.execute("CREATE ROLE weak LOGIN PASSWORD 'weak'")
        superuser.execute("CREATE DATABASE weak")
    conninfo = f"postgresql://weak:weak@127.0.0.1:{POSTGRES.port}/weak"
    with pytest.raises(OperationalProblem, match="CREATEROLE"):
        bootstrap.bootstrap(conninfo)
    original = bootstrap.EXTENSIONS
    bootstrap.EXTENSIONS = (*original, "postgis")
    try:
        with pytest.raises(OperationalProblem, match="postgis"):
            bootstrap.bootstrap(conninfo)
    finally:
        bootstrap.EXTENSIONS = original


def test_services_of_one_machine_never_choose_each_others_ports(state: Path) -> None:
    place = State(state)
    place.prepare()
    ports = [place.choose_port(name) for name in ("web", "postgres", "valkey")]
    assert len(set(ports)) == 3
    assert [place.choose_port(name) for name in ("web", "postgres", "valkey")] == ports
    place.set_port("web", ports[1])  # as if chosen by hand
    assert place.choose_port("postgres") != ports[1]


def test_clean_says_what_it_removes(prepared: Path) -> None:
    done = campanile(prepared, "clean", "--yes")
    assert done.returncode == 0
    assert str(prepared) in done.stdout.replace("\n", "")
    assert not prepared.exists()


def test_reports_of_a_former_program_are_taken_in_once(prepared: Path) -> None:
    state = prepared
    file = ROOT / "platform" / "campanile_platform" / "demo" / "data" / "reports.csv"
    assert campanile(state, "onboard", "097042", "--modules", "reporting", seconds=240).returncode == 0
    looked = campanile(state, "reports", "import", "097042", str(file), "--look")
    assert "→ resolved" in looked.stdout
    assert "4651 reports taken in, 0 left out" in campanile(state, "reports", "import", "097042", str(file)).stdout
    assert "0 reports taken in, 4651 left out" in campanile(state, "reports", "import", "097042", str(file)).stdout
    assert campanile(state, "reports", "import", "097042", str(state / "none.csv")).returncode == 1
