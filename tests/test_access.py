"""Who gets in: roles with limits, second factors, invitations, wrong passwords, headers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from campanile_infra import sealing
from campanile_modules.reporting import services as reporting
from campanile_modules.reporting.models import Category, Report
from campanile_tenants.town.audit.models import Entry
from campanile_tenants.town.delivery.models import Message
from campanile_tenants.town.people import passwords
from campanile_tenants.town.people.models import (
    Assignment,
    Office,
    Role,
)
from campanile_tenants.town.people.services import invitations, staff
from tests.towns import PASSWORD, SECRET, ask, client, inside, person, user


def six_digits() -> str:
    return format_hotp_value(hotp_value(SECRET, next(iter(yield_hotp_counters_from_time()))))


def sign_in(browser: Client, email: str, password: str = PASSWORD) -> Any:
    return browser.post("/accesso/", {"login": f"{email}@example.org", "password": password})


# -- roles -----------------------------------------------------------------------------------------


@pytest.fixture
def two_offices(lecco: Any) -> dict[str, Any]:
    """Roads belong to one office, light to another; one report in each."""
    with inside(lecco):
        roads, light = (Office.objects.create(code=code, name=code) for code in ("strade", "luce"))
        found = {}
        for office, category in zip((roads, light), Category.objects.order_by("pk")[:2], strict=True):
            category.office = office
            category.save()
            found[office.code] = reporting.submit(category=category, title=f"Guasto {office.code}", address="Via Roma")
        person("stradino", "officer", office=roads)
        person("categoria", "officer", categories=[f"reporting:{found['luce'].category.code}"])
    return found


def test_an_officer_of_one_office_sees_and_moves_only_its_reports(lecco: Any, two_offices: dict[str, Report]) -> None:
    desk = client(lecco, "stradino")
    page = desk.get("/segnalazioni/ufficio/").content.decode()
    assert "Guasto strade" in page
    assert "Guasto luce" not in page
    assert desk.get(f"/segnalazioni/ufficio/{two_offices['strade'].code}/").status_code == 200
    assert desk.get(f"/segnalazioni/ufficio/{two_offices['luce'].code}/").status_code == 404
    assert desk.post(f"/segnalazioni/ufficio/{two_offices['luce'].code}/prendi/").status_code == 404
    query = "{ reportingReports(first: 10) { nodes { code title } } }"
    titles = {node["title"] for node in ask(desk, query)["data"]["reportingReports"]["nodes"]}
    assert titles == {"Guasto strade", None}
    assert "Guasto luce" not in desk.get("/ufficio/").content.decode()


def test_a_role_limited_to_a_category_reaches_that_category_only(lecco: Any, two_offices: dict[str, Report]) -> None:
    page = client(lecco, "categoria").get("/segnalazioni/ufficio/").content.decode()
    assert "Guasto luce" in page
    assert "Guasto strade" not in page


def test_a_role_taken_back_or_run_out_counts_at_the_next_click(lecco: Any) -> None:
    with inside(lecco):
        person("breve", "officer")
    browser = client(lecco, "breve")
    assert browser.get("/segnalazioni/ufficio/").status_code == 200
    with inside(lecco):
        Assignment.objects.filter(user=user("breve")).update(
            valid_from=timezone.now() - timedelta(days=2), valid_until=timezone.now() - timedelta(days=1)
        )
    assert browser.get("/segnalazioni/ufficio/").status_code == 403


def test_a_town_changes_a_standard_role_and_makes_its_own(lecco: Any) -> None:
    with inside(lecco):
        reader = Role.objects.get(code="reader")
        staff.save_role(reader, name="", permissions={"reporting.close_report"})
        assert Role.objects.get(code="reader").permissions == {"reporting.close_report"}
        own = staff.save_role(None, name="Vigile", permissions={"reporting.view_report", "unknown.permission"})
        assert own.permissions == {"reporting.view_report"}
        with pytest.raises(staff.RoleExists):
            staff.save_role(None, name="vigile", permissions=set())
        administrator = staff.save_role(Role.objects.get(code="administrator"), name="", permissions=set())
        assert "people.manage_staff" in administrator.permissions
        with pytest.raises(IntegrityError), transaction.atomic():
            Role.objects.filter(code="administrator").update(removed=["people.manage_staff"])
        with pytest.raises(staff.RoleInUse):
            staff.delete_role(reader)


def test_nobody_changes_her_own_access_and_the_last_administrator_stays(lecco: Any) -> None:
    with inside(lecco):
        mayor = user("sindaco")
        with pytest.raises(staff.NotYourself):
            staff.assign(mayor, Role.objects.get(code="desk"), by=mayor)
        second = person("vice", "administrator")
        staff.deactivate(mayor, by=second)
        with pytest.raises(staff.LastAdministrator):
            staff.take(Assignment.objects.get(user=second), by=user("tecnico"))


def test_the_matrix_says_who_can_do_what(lecco: Any) -> None:
    page = client(lecco, "sindaco").get("/ufficio/ruoli/").content.decode()
    for words in ("Chiudere le segnalazioni", "protezione civile", "Sindaco", "Invitare colleghi"):
        assert words in page


def test_offices_keep_their_hours_and_refuse_what_cannot_be_read(lecco: Any) -> None:
    mayor = client(lecco, "sindaco")
    wrong = mayor.post("/ufficio/uffici/nuovo/", {"name": "Anagrafe", "day_1": "9-25", "day_2": "12-9"})
    assert wrong.status_code == 422
    assert wrong.content.decode().count("field-error") == 2
    mayor.post("/ufficio/uffici/nuovo/", {"name": "Anagrafe", "day_1": "9-12.30, 14:00–17", "is_active": "on"})
    with inside(lecco):
        office = Office.objects.get(code="anagrafe")
        assert [str(hours) for hours in office.hours.all()] == ["lunedì 09:00-12:30", "lunedì 14:00-17:00"]


# -- invitations -----------------------------------------------------------------------------------


def test_an_invitation_brings_role_and_office_and_works_once(lecco: Any) -> None:
    with inside(lecco):
        office = Office.objects.create(code="strade", name="Strade")
    client(lecco, "sindaco").post(
        "/ufficio/persone/invita/", {"email": "nuova@example.org", "role": "officer", "office": office.pk}
    )
    with inside(lecco):
        message = Message.objects.get(recipient="nuova@example.org")
    link = next(line for line in message.body.splitlines() if "/invito/" in line)
    path = link[link.index("/accesso") :]
    values = {"full_name": "Nuova Collega", "password": "quattro parole messe insieme"}
    assert client(lecco).post(path, values).status_code == 302
    assert client(lecco).post(path, values).status_code == 410
    with inside(lecco):
        assignment = Assignment.objects.select_related("role", "office").get(user__email="nuova@example.org")
    assert (assignment.role.code, assignment.office) == ("officer", office)


def test_an_expired_invitation_is_refused_with_the_words_of_an_unknown_one(lecco: Any) -> None:
    with inside(lecco):
        invitation, token = invitations.invite("tardi@example.org", "reader", by="x")
        past = timezone.now() - timedelta(days=9)
        type(invitation).objects.update(created_at=past, expires_at=past + timedelta(days=7))
    late, unknown = (client(lecco).get(f"/accesso/invito/{text}/") for text in (token, "x" * 43))
    assert late.status_code == unknown.status_code == 410
    words = [answer.content.decode().split("card-box")[1] for answer in (late, unknown)]
    assert words[0] == words[1]


def test_somebody_who_comes_back_gets_only_her_new_role(lecco: Any) -> None:
    with inside(lecco):
        mayor, old = user("sindaco"), person("torna", "administrator")
        staff.deactivate(old, by=mayor)
        _invitation, token = invitations.invite("torna@example.org", "reader", by="x")
        back = invitations.accept(token, full_name="Torna", password="x" * 20)
        assert back.pk == old.pk
        assert [assignment.role.code for assignment in back.assignments.all()] == ["reader"]


# -- passwords and second factors ------------------------------------------------------------------


@pytest.mark.parametrize(
    "word", ["passwordpassword", "Password12345!", "1qaz2wsx3edc", "!!liverpool2024", "P@ssw0rd2026!!"]
)
def test_a_leaked_password_is_refused_also_with_decorations(word: str) -> None:
    with pytest.raises(ValidationError, match="rubate"):
        passwords.BreachedPasswordValidator().validate(word)


def test_a_password_of_words_is_accepted_and_a_downloaded_list_is_searched(tmp_path: Any, settings: Any) -> None:
    passwords.BreachedPasswordValidator().validate("quattro parole messe insieme")
    import hashlib

    words = [f"parola numero {n}" for n in range(500)]
    hashes = sorted(hashlib.sha1(word.encode()).hexdigest().upper() for word in words)
    listed = tmp_path / "pwned.txt"
    listed.write_text("".join(f"{text}:{n}\n" for n, text in enumerate(hashes)))
    settings.BREACHED_PASSWORDS = str(listed)
    assert all(passwords.is_breached(word) for word in words)
    assert not any(passwords.is_breached(f"altra {n}") for n in range(500))


def test_a_password_alone_does_not_let_an_administrator_in(lecco: Any) -> None:
    browser = client(lecco)
    assert sign_in(browser, "sindaco").url == "/accesso/codice/"
    assert browser.get("/ufficio/").status_code == 302
    refused = browser.post("/accesso/codice/", {"code": "000000"})
    assert refused.status_code == 200
    digits = six_digits()
    assert browser.post("/accesso/codice/", {"code": digits}).url == "/ufficio/"
    assert browser.get("/ufficio/").status_code == 200
    again = client(lecco)
    sign_in(again, "sindaco")
    assert again.post("/accesso/codice/", {"code": digits}).status_code == 200, "a code counts once"


def test_who_must_have_a_second_factor_and_has_none_sees_only_where_to_add_one(lecco: Any) -> None:
    with inside(lecco):
        user("sindaco").authenticator_set.all().delete()
    browser = client(lecco, "sindaco")
    assert browser.get("/ufficio/").url == "/accesso/sicurezza/"
    assert browser.get("/accesso/sicurezza/").status_code == 200
    query = "{ reportingReports(first: 1) { nodes { code } } }"
    assert "errors" not in ask(browser, query)  # what anybody may ask
    officer = client(lecco, "tecnico")
    assert officer.get("/ufficio/").status_code == 200


def test_secrets_of_second_factors_are_sealed_for_their_town(lecco: Any, merate: Any) -> None:
    with inside(lecco):
        sealed = user("sindaco").authenticator_set.get().data["secret"]
        assert SECRET not in sealed
        assert sealing.unseal(sealed) == SECRET
        mark = sealing.fingerprint("x")
    with inside(merate):
        assert sealing.fingerprint("x") != mark
        with pytest.raises(sealing.NotSealedHere):
            sealing.unseal(sealed)


def test_a_key_is_changed_by_putting_a_new_one_in_front(lecco: Any, settings: Any) -> None:
    with inside(lecco):
        sealed, mark = sealing.seal("x"), sealing.fingerprint("x")
        settings.ENCRYPTION_KEYS = ["new", *settings.ENCRYPTION_KEYS]
        assert sealing.unseal(sealed) == "x"
        assert sealing.fingerprint("x") == mark


def test_strangers_who_guess_do_not_lock_out_the_person_on_her_own_device(lecco: Any) -> None:
    own, stranger = client(lecco), Client(headers={"host": lecco.host}, REMOTE_ADDR="203.0.113.9")
    assert sign_in(own, "tecnico").status_code == 302
    own.post("/accesso/esci/")
    for n in range(5):
        sign_in(stranger, "tecnico", f"sbagliata {n}")
    other = Client(headers={"host": lecco.host}, REMOTE_ADDR="203.0.113.10")
    assert sign_in(other, "tecnico").status_code == 200, "strangers wait, even with the right password"
    assert sign_in(own, "tecnico").status_code == 302, "her own device is not locked"
    with inside(lecco):
        refused = Entry.objects.filter(action="auth.failed")
        assert refused.count() == 5
        assert "tecnico" not in str(list(refused.values()))


def test_signing_out_everywhere_ends_the_other_sessions(lecco: Any) -> None:
    here, there = client(lecco), client(lecco)
    sign_in(here, "tecnico")
    sign_in(there, "tecnico")
    assert here.get("/accesso/sessioni/").content.decode().count("127.0.0.1") == 2
    here.post("/accesso/sessioni/")
    assert here.get("/ufficio/").status_code == 200
    assert there.get("/ufficio/").status_code == 302


def test_a_signed_in_session_lasts_a_working_day_and_a_strangers_two_weeks(lecco: Any) -> None:
    browser = client(lecco)
    browser.post("/segnalazioni/nuova/", {"accept": "on"})
    assert browser.cookies["campanile_session"]["max-age"] == 14 * 86400
    sign_in(browser, "tecnico")
    assert browser.cookies["campanile_session"]["max-age"] <= 12 * 3600


# -- headers ---------------------------------------------------------------------------------------


def test_what_is_not_for_everybody_is_never_cached_and_a_refusal_goes_on_record(lecco: Any) -> None:
    assert client(lecco, "tecnico").get("/ufficio/")["Cache-Control"] == "private, no-store"
    assert client(lecco, "lettore").get("/ufficio/persone/").status_code == 403
    with inside(lecco):
        entry = Entry.objects.filter(action="auth.denied").latest("id")
        assert (entry.object_id, entry.actor_id) == ("office:people", str(user("lettore").pk))


@pytest.mark.parametrize("path", ["/", "/accesso/", "/segnalazioni/", "/nessuna-pagina/"])
def test_every_answer_carries_the_headers_that_protect_it(lecco: Any, path: str) -> None:
    answer = client(lecco).get(path)
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "geolocation=(self)" in answer["Permissions-Policy"]
    assert "<style" not in answer.content.decode()
    assert " style=" not in answer.content.decode()


def test_security_txt_says_where_to_report(lecco: Any) -> None:
    for browser in (client(lecco), client(None)):
        text = browser.get("/.well-known/security.txt").content.decode()
        assert "Contact: mailto:" in text
        assert "Expires: " in text
