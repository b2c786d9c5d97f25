"""Exports and imports: resumable, with progress, one's own, and refused when they should be."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.utils import timezone

from campanile_graphql.bulk import exports, running
from campanile_infra.database.scope import as_owner, in_schema
from campanile_modules.reporting.models import Category, Report
from campanile_tenants.kit.api import public_id
from campanile_tenants.kit.erasure import erasing
from campanile_tenants.public.registry.models import UsageEvent
from campanile_tenants.town.api import jobs
from campanile_tenants.town.api.models import Job, JobProblem
from campanile_tenants.town.api.tasks import run_jobs
from campanile_tenants.town.audit.models import Entry
from tests.api.test_uploads import announce, put
from tests.processes import worker
from tests.towns import ask, client, inside, town, user

EXPORT = """mutation($input: CreateExportInput!) { createExport(input: $input) {
    job { id state what } userErrors { field code message } } }"""
IMPORT = """mutation($input: ImportInput!) { reportingImportReports(input: $input) {
    job { id state isDryRun } userErrors { field code message } } }"""
LOOK = """query($id: ID!) { node(id: $id) { ... on BulkJob { state done total refused url error errorCode
    problems(first: 50) { nodes { row field code message } } } } }"""
ROWS = '{ reportingReports(filterBy: {category: ["roads"]}) { nodes { code title category { code } } } }'


# -- exports --------------------------------------------------------------------------------------


def some_reports(place: Any, count: int) -> None:
    with inside(place):
        roads, lights = Category.objects.get(code="roads"), Category.objects.get(code="lighting")
        Report.objects.bulk_create(
            Report(category=roads if n % 2 else lights, title=f"=Buca {n}", address=f"Via {n}",
                   created_at=timezone.now() - timedelta(minutes=n))
            for n in range(count)
        )  # fmt: skip


def export(browser: Client, query: str = ROWS, row_format: str = "NDJSON") -> Any:
    return ask(browser, EXPORT, input={"query": query, "format": row_format})["data"]["createExport"]


def test_an_export_holds_every_row_once_and_goes_on_record(lecco: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "_PAGES_A_PART", 2)
    some_reports(lecco, 1_001)
    browser = client(lecco, "tecnico")
    job = export(browser)["job"]
    assert job["state"] == "WAITING"
    with inside(lecco):
        run_jobs()
    told = ask(browser, LOOK, id=job["id"])["data"]["node"]
    assert (told["state"], told["done"], told["total"]) == ("DONE", 500, 500)
    answer = browser.get("/" + told["url"].split("/", 3)[3])
    rows = [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]
    assert len({row["code"] for row in rows}) == 500
    assert rows[0]["title"].startswith("=Buca"), "an officer sees titles"
    assert answer["Content-Type"] == "application/x-ndjson"
    with inside(lecco):
        done = set(Entry.objects.values_list("action", flat=True))
        assert {"api.export_asked", "api.export_over", "api.export_fetched"} <= done
    for other in (client(lecco, "sindaco"), client(lecco, "cittadina")):
        assert other.get("/" + told["url"].split("/", 3)[3]).status_code == 404
        assert ask(other, LOOK, id=job["id"])["data"]["node"] is None
    assert client(lecco).get("/" + told["url"].split("/", 3)[3]).status_code == 401


def test_csv_has_a_heading_and_no_cell_is_a_formula(lecco: Any) -> None:
    some_reports(lecco, 3)
    browser = client(lecco, "tecnico")
    query = "{ r: reportingReports { nodes { code what: title category { code } closedAt } } }"
    job = export(browser, query, "CSV")["job"]
    with inside(lecco):
        run_jobs()
        number = Job.objects.get().pk
    text = b"".join(browser.get(f"/graphql/lavori/{number}/file").streaming_content).decode()
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["code", "what", "category.code", "closedAt"]
    assert rows[1][1:] == ["'=Buca 0", "lighting", ""]
    assert len(rows) == 4
    assert job["what"] == "reportingReports"


@pytest.mark.parametrize(("query", "row_format"), [
    ("{", "NDJSON"), ("{ municipality { name } }", "NDJSON"), ("{ reportingReports { totalCount } }", "NDJSON"),
    ("{ reportingReports(first: 3) { nodes { code } } }", "NDJSON"),
    ("{ reportingReports { nodes { code } } reportingCategories { nodes { code } } }", "NDJSON"),
    ("query($n: Int) { reportingReports { nodes { code } } }", "NDJSON"),
    ("{ reportingReports { nodes { events(first: 2) { nodes { kind } } } } }", "CSV"),
    ("{ reportingReports { nodes { events(first: 100) { nodes { kind } } photos(first: 100) { nodes { url } } } } }", "NDJSON"),
    ("mutation { cancelJob(input: {id: \"x\"}) { job { id } } }", "NDJSON"),
    ("subscription { reportingReportChanged { code } }", "NDJSON"),
])  # fmt: skip
def test_what_cannot_be_exported_says_what_to_write_instead(lecco: Any, query: str, row_format: str) -> None:
    told = export(client(lecco, "tecnico"), query, row_format)
    assert told["job"] is None
    assert told["userErrors"][0]["code"] == "NOT_EXPORTABLE"
    assert told["userErrors"][0]["field"] == ["query"]


def test_fragments_filters_and_lists_inside_are_exported_too(lecco: Any) -> None:
    some_reports(lecco, 5)
    browser = client(lecco, "tecnico")
    query = "{ reportingReports(orderBy: {field: CODE, direction: ASC}) { nodes { ...F events(first: 2) { nodes { kind } } } } } fragment F on ReportingReport { code }"
    assert export(browser, query)["job"], export(browser, query)
    with inside(lecco):
        run_jobs()
        number = Job.objects.get().pk
    lines = b"".join(browser.get(f"/graphql/lavori/{number}/file").streaming_content).splitlines()
    rows = [json.loads(line) for line in lines]
    assert [row["code"] for row in rows] == sorted(row["code"] for row in rows)
    assert rows[0]["events"] == {"nodes": []}


def test_a_job_runs_with_the_rights_of_now_and_can_be_cancelled(lecco: Any) -> None:
    some_reports(lecco, 3)
    browser = client(lecco, "tecnico")
    first, second = export(browser)["job"], export(browser)["job"]
    cancel = "mutation($id: ID!) { cancelJob(input: {id: $id}) { job { state } userErrors { code } } }"
    assert ask(browser, cancel, id=first["id"])["data"]["cancelJob"]["job"]["state"] == "CANCELLED"
    assert (
        ask(client(lecco, "sindaco"), cancel, id=second["id"])["data"]["cancelJob"]["userErrors"][0]["code"]
        == "NOT_FOUND"
    )
    with inside(lecco):
        Job.objects.filter(state="waiting").update(document="{ bulkJobs { nodes { id } } }")
        user("tecnico").assignments.all().delete()
        run_jobs()
        failed = Job.objects.get(state="failed")
    assert failed.error_code in ("FORBIDDEN", "NOT_EXPORTABLE")


def test_nobody_has_more_than_three_jobs_on_their_way(lecco: Any) -> None:
    browser = client(lecco, "tecnico")
    told = [export(browser) for _time in range(4)]
    assert [bool(one["job"]) for one in told] == [True, True, True, False]
    assert told[3]["userErrors"][0]["code"] == "TOO_MANY_JOBS"


def test_jobs_and_their_files_go_after_two_days(lecco: Any) -> None:
    some_reports(lecco, 3)
    export(client(lecco, "tecnico"))
    with inside(lecco):
        run_jobs()
        job = Job.objects.get()
        assert default_storage.exists(job.part(0))
        Job.objects.update(expires_at=timezone.now())
        assert jobs.wants_care()
        run_jobs()
        assert not Job.objects.exists()
        assert not default_storage.exists(job.part(0))


# -- imports --------------------------------------------------------------------------------------

HEAD = "category,title,description,address,latitude,longitude\n"


def send_rows(browser: Client, text: str, media_type: str = "text/csv") -> str:
    content = text.encode()
    upload = announce(browser, content, "API_ROWS", media_type)["upload"]
    assert put(browser, upload["url"], content).status_code == 204
    return str(upload["id"])


def run_import(place: Any, text: str, media_type: str = "text/csv", **given: Any) -> Any:
    browser = client(place, "sindaco")
    told = ask(browser, IMPORT, input={"file": send_rows(browser, text, media_type)} | given)
    job = told["data"]["reportingImportReports"]["job"]
    with inside(place):
        run_jobs()
    return ask(browser, LOOK, id=job["id"])["data"]["node"]


def test_good_rows_are_taken_and_the_bad_ones_named(lecco: Any) -> None:
    good = "".join(f"roads,Buca {n},,Via {n},,\n" for n in range(150))
    told = run_import(lecco, HEAD + good + "none,Senza tipo,,Via X,,\nroads,,,Via Y,,\nroads,Senza luogo,,,,\n")
    assert (told["state"], told["done"], told["total"], told["refused"]) == ("DONE", 153, 153, 3)
    assert [(p["row"], p["field"], p["code"]) for p in told["problems"]["nodes"]] == [
        (151, "category", "INVALID_CHOICE"), (152, "title", "REQUIRED"), (153, "address", "INVALID"),
    ]  # fmt: skip
    with inside(lecco):
        assert Report.objects.count() == 150


def test_a_dry_run_keeps_nothing_and_says_the_same(lecco: Any) -> None:
    told = run_import(lecco, HEAD + "roads,Buca,,Via A,,\nnone,X,,Via B,,\n", dryRun=True)
    assert (told["done"], told["refused"]) == (2, 1)
    with inside(lecco):
        assert not Report.objects.exists()


def test_ndjson_and_semicolons_are_read_too(lecco: Any) -> None:
    rows = '{"category": "roads", "title": "A", "address": "Via A"}\n\n{"category": "roads", "title": "B", "latitude": 45.8559, "longitude": 9.3977}\n'
    assert run_import(lecco, rows, "application/x-ndjson")["refused"] == 0
    assert run_import(lecco, "\ufeffcategory;title;address\nroads;Buca, grande;Via A\n")["refused"] == 0
    with inside(lecco):
        assert Report.objects.count() == 3


@pytest.mark.parametrize(("text", "media_type"), [
    ("titolo,tipo\nx,y\n", "text/csv"), ("", "text/csv"), (HEAD + 'roads,"never closed', "text/csv"),
    ("[1, 2]\n", "application/x-ndjson"), ("{broken\n", "application/x-ndjson"),
])  # fmt: skip
def test_a_file_that_cannot_be_read_fails_with_words(lecco: Any, text: str, media_type: str) -> None:
    told = run_import(lecco, text or " ", media_type)
    assert (told["state"], told["errorCode"]) == ("FAILED", "UPLOAD_REFUSED")
    assert told["error"]


def test_an_import_is_for_who_may_and_a_file_is_used_once(lecco: Any) -> None:
    officer, mayor = client(lecco, "tecnico"), client(lecco, "sindaco")
    number = send_rows(mayor, HEAD)
    assert ask(officer, IMPORT, input={"file": number})["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert ask(mayor, IMPORT, input={"file": number})["data"]["reportingImportReports"]["job"]
    again = ask(mayor, IMPORT, input={"file": number})["data"]["reportingImportReports"]
    assert again["userErrors"][0]["code"] == "UPLOAD_UNKNOWN"


def test_a_mistake_of_ours_ends_the_job_and_not_the_worker(lecco: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(running.exports, "run", broken)
    job = export(client(lecco, "tecnico"))["job"]
    with inside(lecco):
        run_jobs()
    told = ask(client(lecco, "tecnico"), LOOK, id=job["id"])["data"]["node"]
    assert (told["state"], told["errorCode"]) == ("FAILED", "JOB_BROKEN")


# -- killed ---------------------------------------------------------------------------------------


@pytest.fixture
def big(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """A file of 3,000 rows in Lecco, committed; everything that comes of it is undone."""
    with django_db_blocker.unblock():
        place = town("097042")
        with inside(place):
            job = Job.objects.create(
                kind="import", what="ReportingImportReports", owner=user("sindaco"), format="csv",
                expires_at=timezone.now() + timedelta(days=1),
            )  # fmt: skip
            rows = "".join(f"roads,Killed {n},,Via {n},,\n" for n in range(1_500))
            from django.core.files.base import ContentFile

            default_storage.save(job.part(0), ContentFile((HEAD + rows).encode()))
        yield job
        with inside(place):
            with erasing():
                keys = [
                    str(pk) for pk in Report.objects.filter(title__startswith="Killed ").values_list("pk", flat=True)
                ]
                Report.objects.filter(title__startswith="Killed ").delete()
            jobs.forget_files(job)
            job.delete()
        with as_owner():
            UsageEvent.objects.filter(idempotency_key__in=keys).delete()
        connection.close()


def test_an_import_killed_three_times_takes_every_row_once(big: Job) -> None:
    def done() -> int:
        with in_schema("c_097042"):
            big.refresh_from_db()
        return big.done

    for kill in (True, True, True, False):
        with worker("bulk", dict(os.environ)) as process:
            before = done()
            with in_schema("c_097042"):
                Job.objects.filter(pk=big.pk, state="running").update(lease_until=timezone.now())  # a minute later
                run_jobs.wake()
            deadline = time.monotonic() + (30 if kill else 240)
            while time.monotonic() < deadline:
                moved_on = done() > before
                if big.is_over or (kill and moved_on):
                    break
                time.sleep(0.02)
            if kill and not big.is_over:
                os.kill(process.pid, signal.SIGKILL)
    with in_schema("c_097042"):
        assert big.state == "done"
        titles = list(Report.objects.filter(title__startswith="Killed ").values_list("title", flat=True))
        assert not JobProblem.objects.filter(job=big).exists()
    assert len(titles) == len(set(titles)) == 1_500


def test_an_export_killed_between_file_and_row_writes_no_line_twice(
    lecco: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "_PAGES_A_PART", 1)
    some_reports(lecco, 900)
    job = export(client(lecco, "tecnico"))["job"]
    moved, calls = jobs.moved, []

    class Killed(BaseException):
        """What kill -9 would be."""

    def dies(row: Job, **values: Any) -> bool:
        calls.append(values)
        if len(calls) == 3 and "parts" in values:
            raise Killed
        return moved(row, **values)

    monkeypatch.setattr(exports.jobs, "moved", dies)
    with inside(lecco):
        with pytest.raises(Killed):
            run_jobs()
        Job.objects.update(lease_until=timezone.now())
        run_jobs()
        done = Job.objects.get()
    lines = b"".join(client(lecco, "tecnico").get(f"/graphql/lavori/{done.pk}/file").streaming_content).splitlines()
    assert len(lines) == len(set(lines)) == 450
    assert public_id("BulkJob", done.pk) != job["id"], "ids name their town"


def test_the_jobs_of_one_town_are_unknown_in_another(lecco: Any, merate: Any) -> None:
    job = export(client(lecco, "tecnico"))["job"]
    assert ask(client(merate, "tecnico"), LOOK, id=job["id"])["data"]["node"] is None
    with inside(merate):
        assert not Job.objects.exists()
    with inside(lecco):
        assert Report.objects.count() == 0
