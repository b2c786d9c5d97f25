"""SPID: the metadata of each town, a whole sign-in over sockets, and every forgery refused."""

from __future__ import annotations

import os
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from lxml import etree

from campanile_infra.identity.providers import provider_files
from campanile_platform.gateway.models import Attempt
from campanile_platform.gateway.spid import entity as spid
from campanile_tenants.contract.access import Assurance
from campanile_tenants.contract.errors import NotAllowed
from campanile_tenants.town.audit.models import Entry
from campanile_tenants.town.people.models import Identity
from campanile_tenants.town.people.services import citizens
from campanile_tenants.town.people.services.citizens import BadTaxCode, known_citizen
from tests.spid.idp import TAX_CODE, LocalIdp, posted
from tests.towns import client, inside, person, user

ROOT = Path(__file__).parents[1]
CHECKER = ROOT / ".venv-spid" / "bin" / "spid_sp_test"
LECCO, MERATE = "/pub-ag-full/c_e507", "/pub-ag-full/c_f133"


@pytest.fixture(scope="session")
def provider_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the provider's keys lie: they take a second to make."""
    return tmp_path_factory.mktemp("idp-keys")


@pytest.fixture
def idp(db: None, tmp_path: Path, provider_keys: Path, settings: Any) -> Iterator[LocalIdp]:
    """A provider on a socket, known to the gateway by its metadata file."""
    made = LocalIdp(tmp_path, provider_keys)
    settings.SPID_PROVIDERS = str(tmp_path)
    settings.SPID_AGGREGATOR = settings.SPID_AGGREGATOR | {
        "vat_number": "IT01234567890",
        "tax_code": "01234567890",
        "email": "spid@campanile.example",
        "phone": "+390341000000",
    }
    made.sp_certificate = spid.key_files()[1].read_bytes()
    assert provider_files()
    yield made
    made.close()


def go_to_the_provider(browser: Client, idp: LocalIdp) -> str:
    """Town, gateway, provider: returns the provider's page."""
    chosen = browser.get("/accesso/spid/", {"idp": idp.url})
    gateway = client(None).get(chosen.url.replace("http://localhost", ""))
    assert gateway.status_code == 302, gateway.content.decode()
    with urllib.request.urlopen(gateway.url) as answer:
        return str(answer.read().decode())


def come_back(page: str, town: str = LECCO) -> Any:
    _action, response = posted(page)
    return client(None).post(f"{town}/acs", {"SAMLResponse": response})


def test_a_citizen_signs_in_and_is_known_again(idp: LocalIdp, lecco: Any) -> None:
    for _time in (1, 2):
        browser = client(lecco)
        assert "Identità di prova" in browser.get("/accesso/cittadini/").content.decode()
        page = go_to_the_provider(browser, idp)
        assert posted(page)[0] == f"http://localhost{LECCO}/acs"
        back = come_back(page)
        assert back.status_code == 302, back.content.decode()
        arrived = browser.get(back.url[back.url.index("/accesso") :])
        assert arrived.url == "/"
        with inside(lecco):
            assert browser.session["assurance"] == Assurance.SUBSTANTIAL
    with inside(lecco):
        identity = Identity.objects.get()
        assert identity.user.full_name == "Maria Rossi"
        assert TAX_CODE not in str(Identity.objects.values())
        assert citizens.masked(identity).endswith(TAX_CODE[-4:])
    request = idp.seen[0]
    assert request.get("ForceAuthn") == "true"
    assert request.find("{*}RequestedAuthnContext").get("Comparison") == "minimum"  # type: ignore[union-attr]
    assert "SpidL2" in "".join(request.itertext())
    assert client(lecco).get("/ufficio/").status_code == 302


FORGED = [
    "another key", "response not signed", "assertion not signed", "another audience", "another destination", "unasked",
    "another issuer", "expired", "from the future", "from yesterday", "too low a level", "altered", "entity",
    "no tax code", "bad tax code", "comment in the tax code", "wrapped, the evil one first",
    "wrapped, the good one inside the signature", "wrapped, the same id", "wrapped, inside an extension",
]  # fmt: skip


@pytest.mark.parametrize("fault", FORGED)
def test_a_forged_response_is_refused_with_the_same_few_words(idp: LocalIdp, lecco: Any, fault: str) -> None:
    idp.fault = fault
    answer = come_back(go_to_the_provider(client(lecco), idp))
    assert answer.status_code == 403
    assert "Non è stato possibile verificare" in answer.content.decode()
    with inside(lecco):
        assert not Identity.objects.exists()
        assert Entry.objects.filter(action="spid.refused").exists()


def test_somebody_who_says_no_at_the_provider_reads_that_she_can_start_again(idp: LocalIdp, lecco: Any) -> None:
    idp.fault = "cancelled"
    answer = come_back(go_to_the_provider(client(lecco), idp))
    assert answer.status_code == 403
    assert "Puoi ricominciare" in answer.content.decode()


def test_a_response_counts_once_for_its_town_and_within_ten_minutes(idp: LocalIdp, lecco: Any, merate: Any) -> None:
    page = go_to_the_provider(client(lecco), idp)
    assert come_back(page, MERATE).status_code == 403
    assert come_back(page).status_code == 302
    assert come_back(page).status_code == 403, "a replay"
    late = go_to_the_provider(client(lecco), idp)
    Attempt.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert come_back(late).status_code == 403


def test_a_good_response_is_worth_nothing_in_another_browser(idp: LocalIdp, lecco: Any) -> None:
    victim, thief = client(lecco), client(lecco)
    back = come_back(go_to_the_provider(victim, idp))
    path = back.url[back.url.index("/accesso") :]
    assert thief.get(path).status_code == 403
    assert victim.get(path).status_code == 403, "and it is spent"


@pytest.mark.parametrize("fault", ["", "not signed", "another key", "altered", "late", "for another town"])
def test_the_provider_ends_a_session_with_a_signed_request_only(idp: LocalIdp, lecco: Any, fault: str) -> None:
    browser = client(lecco)
    back = come_back(go_to_the_provider(browser, idp))
    browser.get(back.url[back.url.index("/accesso") :])
    signed_in = browser.get("/accesso/sessioni/").status_code
    request = idp.logout_request(f"http://localhost{LECCO}", idp.name_id, fault=fault)
    path = f"{MERATE if fault == 'for another town' else LECCO}/slo"
    answer = client(None).post(path, {"SAMLRequest": request})
    assert signed_in == 200
    assert answer.status_code == (403 if fault else 302)
    assert browser.get("/accesso/sessioni/").status_code == (200 if fault else 302)
    if not fault:
        assert answer.url.startswith(f"{idp.url}/slo?SAMLResponse=")
        assert "Signature=" in answer.url


@pytest.mark.parametrize("text", ["", "x", "PHg+", "A" * 300_000, "PD94bWwgdmVyc2lvbj0iMS4wIj8+PGEvPg=="])
def test_noise_is_refused(idp: LocalIdp, lecco: Any, text: str) -> None:
    assert client(None).post(f"{LECCO}/acs", {"SAMLResponse": text}).status_code == 403
    assert client(None).get(f"{LECCO}/acs").status_code == 405


def test_an_unknown_provider_or_a_made_up_binding_goes_nowhere(idp: LocalIdp, lecco: Any) -> None:
    gateway = client(None)
    good = "a" * 64
    assert gateway.get(f"{LECCO}/entra", {"idp": "https://evil.example", "legame": good}).status_code == 404
    assert gateway.get(f"{LECCO}/entra", {"idp": idp.url, "legame": "x"}).status_code == 403
    assert gateway.get(f"{LECCO}/entra", {"idp": idp.url, "legame": good, "livello": "9"}).status_code == 403
    assert gateway.get("/pub-ag-full/c_x999").status_code == 404


def test_a_request_that_was_touched_on_the_way_is_not_served_by_the_provider(idp: LocalIdp, lecco: Any) -> None:
    chosen = client(lecco).get("/accesso/spid/", {"idp": idp.url})
    away = client(None).get(chosen.url.replace("http://localhost", "")).url
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(away.replace("SAMLRequest=", "SAMLRequest=x"))


@pytest.mark.parametrize(("code", "good"), [
    (TAX_CODE, True), (f"TINIT-{TAX_CODE.lower()}", True), ("RSSMRA80A01E5LTQ", True), (TAX_CODE[:-1] + "B", False),
    ("", False), ("12345678901", False),
])  # fmt: skip
def test_tax_codes_are_verified(lecco: Any, code: str, good: bool) -> None:
    values = {"given_name": "M", "family_name": "R", "provider": "spid", "assurance": Assurance.LOW}
    with inside(lecco):
        if good:
            assert known_citizen(tax_code=code, **values)  # type: ignore[arg-type]
        else:
            with pytest.raises(BadTaxCode):
                known_citizen(tax_code=code, **values)  # type: ignore[arg-type]


def test_a_whole_tax_code_is_shown_only_for_a_reason_that_goes_on_record(lecco: Any) -> None:
    with inside(lecco):
        known_citizen(tax_code=TAX_CODE, given_name="M", family_name="R", provider="spid", assurance=Assurance.HIGH)
        identity, officer = Identity.objects.get(), user("tecnico")
        with pytest.raises(citizens.InvalidInput):
            citizens.reveal(identity, by=officer, reason=" ")
        with pytest.raises(NotAllowed):
            citizens.reveal(identity, by=person("altro", "communications"), reason="Serve per la pratica 12")
        assert citizens.reveal(identity, by=officer, reason="Serve per la pratica 12") == TAX_CODE
        entry = Entry.objects.get(action="people.tax_code_revealed")
        assert TAX_CODE not in str(entry.details)


def test_the_desk_looks_up_one_citizen_and_sees_the_tax_code_for_a_reason_only(lecco: Any) -> None:
    with inside(lecco):
        known = known_citizen(
            tax_code=TAX_CODE, given_name="Maria", family_name="Rossi", provider="spid", assurance=Assurance.HIGH
        )
    desk = client(lecco, "tecnico")
    shown = desk.post("/ufficio/cittadini/", {"who": TAX_CODE.lower()}).content.decode()
    assert "Maria Rossi" in shown
    assert TAX_CODE not in shown
    path = f"/ufficio/cittadini/{known.pk}/codice-fiscale/"
    assert desk.post(path, {"reason": "boh"}).status_code == 422
    assert TAX_CODE in desk.post(path, {"reason": "Serve per la pratica 12"}).content.decode()
    assert "Nessuno con questo" in desk.post("/ufficio/cittadini/", {"who": "x@example.org"}).content.decode()
    with inside(lecco):
        done = set(Entry.objects.values_list("action", flat=True))
        assert {"people.citizen_looked_up", "people.tax_code_revealed"} <= done


# -- metadata --------------------------------------------------------------------------------------


def test_the_metadata_says_who_aggregates_whom(idp: LocalIdp, lecco: Any, settings: Any) -> None:
    answer = client(None).get(LECCO)
    root = etree.fromstring(answer.content)
    assert root.get("entityID") == f"http://localhost{LECCO}"
    kinds = [node.get("{https://spid.gov.it/saml-extensions}entityType") for node in root.findall("{*}ContactPerson")]
    assert kinds == ["spid:aggregator", "spid:aggregated"]
    assert root.findtext(".//{*}IPACode") == "c_e507"
    other = etree.fromstring(client(None).get(MERATE).content)
    assert other.get("entityID") != root.get("entityID")


def test_the_official_checker_finds_no_fault_in_a_towns_metadata(
    idp: LocalIdp, lecco: Any, settings: Any, tmp_path: Path
) -> None:
    if not CHECKER.exists():
        if os.environ.get("CI") == "true":
            pytest.fail("CI needs spid-sp-test: make spid")
        pytest.skip("no spid-sp-test here: run `make spid` to install it")
    settings.SPID_GATEWAY = "https://spid.campanile.example"
    settings.PUBLIC_SCHEME = "https"
    lecco.tax_code = "00623530136"
    file = tmp_path / "lecco-metadata.xml"
    file.write_bytes(client(None).get(LECCO).content)
    run = subprocess.run(
        [str(CHECKER), "--metadata-url", f"file://{file}", "--profile", "spid-sp-ag-public-full", "-o",
         str(tmp_path / "report.json"), "-rf", "json", "--debug", "ERROR"],
        capture_output=True, text=True, cwd=tmp_path, timeout=120, check=False,
    )  # fmt: skip
    assert run.returncode == 0, f"{run.stdout[-4000:]}\n{run.stderr[-4000:]}"
    assert "FAILED" not in run.stdout
