"""Spare schemas, verification, onboarding: what is made is whole, or not made at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection, transaction

from campanile_infra.database.scope import as_owner, in_schema
from campanile_platform.onboarding import official_list, services
from campanile_platform.onboarding.csv_file import read_csv
from campanile_platform.onboarding.errors import AlreadyRequested, BadCsv, BadHost
from campanile_platform.onboarding.models import Job, Step
from campanile_platform.onboarding.tasks import run_waiting
from campanile_platform.onboarding.terminal import onboard_file
from campanile_tenants.contract.errors import CampanileError, UnknownModule
from campanile_tenants.public.registry.directory import directory
from campanile_tenants.public.registry.lifecycle import HostTaken, TownExists, create_town
from campanile_tenants.public.registry.models import Municipality, SpareSchema
from campanile_tenants.public.registry.provisioning import pool, towns
from campanile_tenants.public.registry.provisioning.verify import verify, verify_template
from campanile_tenants.town.delivery.models import Message
from tests.towns import client

pytestmark = pytest.mark.django_db


def onboard(code: str, **values: object) -> Job:
    job = services.run(services.request_town(code, by="test", **values))  # type: ignore[arg-type]
    job.refresh_from_db()
    return job


def test_the_template_is_what_the_models_say() -> None:
    assert verify_template() == []


def test_a_copy_is_whole_down_to_triggers_functions_and_sequences() -> None:
    assert verify("c_097042") == []


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        ("DROP TABLE reporting_photo CASCADE", "table reporting_photo"),
        ("ALTER TABLE people_user DROP COLUMN language", "column people_user.language"),
        ("DROP INDEX report_newest", "index reporting_report.report_newest"),
        ("ALTER TABLE reporting_report DROP CONSTRAINT report_point_is_whole", "report_point_is_whole"),
        ("DROP TRIGGER append_only ON reporting_reportevent", "trigger reporting_reportevent.append_only"),
        ("ALTER TABLE people_user ALTER COLUMN id DROP IDENTITY", "sequence people_user_id_seq"),
        ("CREATE TABLE stranger (id int)", "table stranger"),
        ("REVOKE SELECT ON people_user FROM c_097042", "may not read people_user"),
    ],
)
def test_verification_names_each_kind_of_damage(damage: str, named: str) -> None:
    with transaction.atomic():
        with as_owner(), in_schema("c_097042"), connection.cursor() as cursor:
            cursor.execute(damage)
        assert any(named in problem for problem in verify("c_097042"))
        transaction.set_rollback(True)


def test_a_spare_is_taken_by_renaming_and_refilled() -> None:
    pool.refill(2)
    assert pool.waiting() == 2
    create_town("097001", "abbadia-lariana.localhost", **_official("097001"))
    assert pool.waiting() == 1
    assert verify("c_097001") == []
    assert pool.refill(2) == 1


def test_spares_of_older_code_are_taken_away_with_their_roles() -> None:
    name = pool.make_spare()
    with as_owner():
        SpareSchema.objects.filter(schema_name=name).update(version="older")
    assert pool.discard_outdated() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_roles WHERE rolname = %s", [name])
        assert cursor.fetchone()[0] == 0
        cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname = %s", [name])
        assert cursor.fetchone()[0] == 0


def test_without_a_spare_a_town_is_made_all_the_same() -> None:
    with as_owner():
        from campanile_tenants.public.registry.models import SpareSchema

        SpareSchema.objects.all().delete()
    create_town("097001", "abbadia-lariana.localhost", **_official("097001"))
    assert verify("c_097001") == []


def test_a_town_that_fails_half_way_leaves_nothing() -> None:
    before = pool.waiting()
    with pytest.raises(HostTaken, match="Lecco"), transaction.atomic():
        create_town("097001", "lecco.localhost", **_official("097001"))
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT to_regnamespace('c_097001')")
        assert cursor.fetchone()[0] is None
    assert pool.waiting() == before
    with pytest.raises(TownExists, match=r"lecco\.localhost"), transaction.atomic():
        create_town("097042", "altro.localhost", **_official("097042"))


def test_onboarding_fills_in_what_the_official_list_knows_and_invites_the_administrator() -> None:
    job = onboard("097001", modules=["reporting"], administrator_email="Sindaca@Example.org", contact_phone="0341 1")
    assert (job.state, job.host) == ("done", "abbadia-lariana.localhost")
    assert [step.state for step in job.steps.all()] == ["done"] * 7
    town = Municipality.objects.get(istat_code="097001")
    assert (town.name, town.belfiore_code, town.province_code, town.population) == (
        "Abbadia Lariana",
        "A005",
        "LC",
        3249,
    )
    assert town.boundary["type"] in ("Polygon", "MultiPolygon")
    assert town.adhesions.count() == 1
    with in_schema("c_097001"):
        invitation = Message.objects.get(purpose="people.invitation")
    assert invitation.recipient == "sindaca@example.org"
    assert "abbadia-lariana.localhost" in invitation.body
    found = directory.by_host("abbadia-lariana.localhost")
    assert found is not None
    assert client(found).get("/").status_code == 200


def test_running_a_job_again_changes_nothing() -> None:
    job = onboard("097001", modules=["reporting"], administrator_email="a@example.org")
    Job.objects.update(state=Job.State.WAITING)
    Step.objects.update(state=Step.State.WAITING)
    services.run(job)
    job.refresh_from_db()
    assert job.state == "done"
    with in_schema("c_097001"):
        assert Message.objects.filter(purpose="people.invitation").count() == 1
    assert Municipality.objects.filter(istat_code="097001").count() == 1


def test_a_town_does_not_serve_before_its_last_check(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(job: Job) -> None:
        raise CampanileError

    monkeypatch.setitem(services.STEPS, "verify", broken)
    job = onboard("097001")
    assert job.state == "failed"
    assert client(None).get("/", headers={"host": "abbadia-lariana.localhost"}).status_code == 404
    monkeypatch.undo()
    services.retry(job)
    services.run(job)
    job.refresh_from_db()
    assert job.state == "done"


def test_a_bug_in_one_town_is_told_and_does_not_stop_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    def bug(job: Job) -> None:
        if job.istat_code == "097001":
            raise RuntimeError("a bug")

    monkeypatch.setitem(services.STEPS, "verify", bug)
    for code in ("097001", "097002"):
        services.request_town(code, by="test")
    assert run_waiting() == 2
    states = dict(Job.objects.filter(istat_code__in=("097001", "097002")).values_list("istat_code", "state"))
    assert states == {"097001": "failed", "097002": "done"}
    assert "a bug" not in Job.objects.get(istat_code="097001").error


@pytest.mark.parametrize(
    ("code", "message"),
    [("097999", "097999"), ("lecco", "lecco"), ("097066", "La Valletta Brianza"), ("097080", "016215")],
)
def test_a_code_that_is_no_municipality_says_what_to_use(code: str, message: str) -> None:
    with pytest.raises(CampanileError, match=message):
        services.request_town(code, by="test")
    assert not Job.objects.filter(istat_code=code).exists()


def test_a_second_request_a_taken_host_and_an_unknown_module_are_refused_before_anything_is_made() -> None:
    with pytest.raises(AlreadyRequested):
        services.request_town("097042", by="test")
    with pytest.raises(HostTaken):
        services.request_town("097001", by="test", host="lecco.localhost")
    with pytest.raises(BadHost):
        services.request_town("097001", by="test", host="Due Parole")
    with pytest.raises(UnknownModule, match="reporting"):
        services.request_town("097001", by="test", modules=["parking"])
    assert not Job.objects.filter(istat_code="097001").exists()


def test_namesakes_get_their_province_in_the_suggested_host() -> None:
    castro = [official for official in official_list.official_list().values() if official.name == "Castro"]
    hosts = {official_list.suggested_host(official, "localhost") for official in castro}
    assert hosts == {"castro-bg.localhost", "castro-le.localhost"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "vuoto|empty"),
        (b"codice\n097001\n", "codice"),
        (b"comune\nLecco\n", "istat"),
        ("istat,comune\n097001,Abbadìa\n".encode("latin-1"), "UTF-8"),
        (b"istat\n097001,too,many\n", "2"),
    ],
)
def test_a_csv_that_cannot_be_read_says_what_to_correct(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "towns.csv"
    file.write_bytes(content)
    with pytest.raises(BadCsv, match=message):
        read_csv(file)


def test_a_csv_is_read_with_either_separator_and_with_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "towns.csv"
    file.write_bytes("\ufeffISTAT;moduli;email\n017001;reporting noticeboard;a@b.it\n".encode())
    (row,) = read_csv(file)
    assert (row.istat_code, row.modules, row.values) == (
        "017001", ["reporting", "noticeboard"], {"contact_email": "a@b.it"}
    )  # fmt: skip


def test_a_province_with_wrong_lines_takes_in_the_rest_and_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "towns.csv"
    file.write_text("istat,moduli\n097001,reporting\n097999,\n097001,\n097066,\n097042,\n097002,parking\n")
    assert onboard_file(file, by="test", show=False) == 1
    said = capsys.readouterr()
    assert "1 towns taken in, 1 skipped, 4 refused" in said.out
    assert "line 6" in said.out  # Lecco is here already
    for line, reason in (("3", "097999"), ("4", "line 2"), ("5", "La Valletta Brianza"), ("7", "parking")):
        assert any(f"line {line}:" in text and reason in text for text in said.err.splitlines()), said.err
    assert Municipality.objects.get(istat_code="097001").serves


def test_one_broken_town_does_not_stop_the_migration_of_the_others() -> None:
    with as_owner():
        Municipality.objects.update(schema_version="older")
        with transaction.atomic(), in_schema("c_097042"), connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE app = 'reporting' AND name >= '0003'")
    results = dict(towns.migrate_towns(towns.outdated()))
    assert results["c_097042"] is not None  # its column is there already
    assert results["c_097046"] is None
    assert results["c_097048"] is None
    assert towns.outdated() == ["c_097042"]


def _official(code: str) -> dict[str, object]:
    values = official_list.find(code)._asdict()
    values.pop("istat_code")
    return values
