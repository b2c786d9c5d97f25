"""CIE: a whole sign-in within a federation over sockets, and every forgery refused."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from django.core.checks import run_checks
from django.test import Client
from django.utils import timezone

from campanile_infra.identity import jose
from campanile_platform.gateway.cie import trust
from campanile_platform.gateway.models import Attempt
from campanile_tenants.contract.access import Assurance
from campanile_tenants.town.audit.models import Entry
from campanile_tenants.town.people.models import Identity
from tests.cie.federation import TAX_CODE, LocalFederation, jwt_claims
from tests.towns import client, inside

LECCO, MERATE = "/cie/c_e507", "/cie/c_f133"


@pytest.fixture(scope="session")
def federation_keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[jose.Keys, jose.Keys, jose.Keys]:
    """Of the anchor and the honest provider, of the liar, and what the provider signs statements with."""
    folder = tmp_path_factory.mktemp("federation-keys")
    return jose.keys_in(folder / "ours"), jose.keys_in(folder / "others"), jose.keys_in(folder / "op")


@pytest.fixture
def federation(db: None, tmp_path: Path, federation_keys: Any, settings: Any) -> Iterator[LocalFederation]:
    """A federation on a socket that took Lecco and Merate in by their own statements."""
    made = LocalFederation(tmp_path, federation_keys)
    settings.CIE_PROVIDER, settings.CIE_TRUST_ANCHOR = made.provider, made.anchor
    settings.CIE_TRUST_ANCHOR_JWKS = str(made.pinned)
    cache.clear()
    yield made
    made.close()


@pytest.fixture
def towns(federation: LocalFederation, lecco: Any, merate: Any) -> LocalFederation:
    """The federation after a provider would have read what the gateway publishes about both towns."""
    gateway = client(None)
    aggregator = gateway.get("/.well-known/openid-federation").content.decode()
    for path in (LECCO, MERATE):
        own = gateway.get(f"{path}/.well-known/openid-federation")
        assert own["Content-Type"] == "application/entity-statement+jwt"
        word = gateway.get("/cie/federazione/fetch", {"sub": f"http://localhost{path}"}).content.decode()
        federation.trust(own.content.decode(), word, aggregator)
    return federation


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any) -> None:
        """The address that we would be sent to is what we want to know."""


def at_the_provider(browser: Client) -> str:
    """Town, gateway, provider: returns the address that the provider sends the browser back to."""
    away = browser.get("/accesso/cie/")
    gateway = client(None).get(away.url.replace("http://localhost", ""))
    assert gateway.status_code == 302, gateway.content.decode()
    with pytest.raises(urllib.error.HTTPError) as answer:
        urllib.request.build_opener(_Stay).open(gateway.url)
    assert answer.value.code == 302, answer.value.read()
    return str(answer.value.headers["Location"])


def come_back(address: str, town: str = LECCO) -> Any:
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    return client(None).get(f"{town}/rientro", query)


def test_a_citizen_signs_in_with_her_card_and_is_known_again(towns: LocalFederation, lecco: Any) -> None:
    for _time in (1, 2):
        browser = client(lecco)
        assert "Entra con CIE" in browser.get("/accesso/cittadini/").content.decode()
        address = at_the_provider(browser)
        assert address.startswith(f"http://localhost{LECCO}/rientro?")
        back = come_back(address)
        assert back.status_code == 302, back.content.decode()
        assert browser.get(back.url[back.url.index("/accesso") :]).url == "/"
        with inside(lecco):
            assert browser.session["assurance"] == Assurance.SUBSTANTIAL
    with inside(lecco):
        identity = Identity.objects.get()
        assert (identity.user.full_name, identity.provider) == ("Maria Rossi", "cie")
        assert TAX_CODE not in str(Identity.objects.values())
    assert towns.asked.count("/anchor/fetch") == 1, "the chain is kept"


def test_a_page_that_needs_high_assurance_asks_for_level_three(towns: LocalFederation, lecco: Any) -> None:
    browser = client(lecco)
    browser.get("/accesso/cittadini/", {"livello": "3"})
    assert come_back(at_the_provider(browser)).status_code == 403, "the card vouches for level two only"
    towns.level = 3
    browser.get("/accesso/cittadini/", {"livello": "3"})
    back = come_back(at_the_provider(browser))
    browser.get(back.url[back.url.index("/accesso") :])
    with inside(lecco):
        assert browser.session["assurance"] == Assurance.HIGH


FORGED = [
    "another key", "another key under the same name", "no signature", "public key as a secret", "key inside the token",
    "altered", "another issuer", "another audience", "another nonce", "expired", "from the future", "no end",
    "an old one", "too low a level", "no level", "another access token", "another iss", "userinfo: another person",
    "userinfo: no tax code", "userinfo: bad tax code", "userinfo: a number for a name", "userinfo: not sealed",
    "userinfo: sealed for another", "userinfo: another key", "userinfo: no signature", "userinfo: altered",
    "userinfo: public key as a secret", "/op/token breaks", "/op/token is noise", "/op/token redirects",
    "/op/userinfo breaks", "/op/userinfo is noise",
]  # fmt: skip


@pytest.mark.parametrize("fault", FORGED)
def test_a_forged_answer_is_refused_with_the_same_few_words(towns: LocalFederation, lecco: Any, fault: str) -> None:
    towns.fault = fault
    answer = come_back(at_the_provider(client(lecco)))
    assert answer.status_code == 403
    assert "Non è stato possibile verificare" in answer.content.decode()
    with inside(lecco):
        assert not Identity.objects.exists()
        assert Entry.objects.filter(action="cie.refused").exists()


BROKEN = [
    "another anchor", "another word", "keys nobody vouched for", "about somebody else", "an old word", "not a statement",
    "another federation", "against the policy", "/anchor/fetch breaks", "/anchor/fetch is noise",
    "/op/.well-known/openid-federation is endless", "/op/.well-known/openid-federation redirects",
]  # fmt: skip


@pytest.mark.parametrize("fault", BROKEN)
def test_nobody_is_sent_to_a_provider_that_the_anchor_does_not_vouch_for(
    towns: LocalFederation, lecco: Any, fault: str
) -> None:
    towns.fault = fault
    away = client(lecco).get("/accesso/cie/")
    answer = client(None).get(away.url.replace("http://localhost", ""))
    assert answer.status_code == 503
    assert "Riprova tra qualche minuto" in answer.content.decode()
    assert not Attempt.objects.exists()


def test_a_provider_that_is_too_long_at_the_last_step_says_try_again(towns: LocalFederation, lecco: Any) -> None:
    address = at_the_provider(client(lecco))
    towns.fault = "/op/token is endless"
    assert come_back(address).status_code == 503


def test_somebody_who_says_no_reads_that_she_can_start_again(towns: LocalFederation, lecco: Any) -> None:
    towns.fault = "cancelled"
    answer = come_back(at_the_provider(client(lecco)))
    assert answer.status_code == 403
    assert "Puoi ricominciare" in answer.content.decode()


def test_an_answer_counts_once_for_its_town_and_within_ten_minutes(towns: LocalFederation, lecco: Any) -> None:
    address = at_the_provider(client(lecco))
    assert come_back(address, MERATE).status_code == 403
    assert come_back(address).status_code == 302
    assert come_back(address).status_code == 403, "a replay"
    late = at_the_provider(client(lecco))
    Attempt.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert come_back(late).status_code == 403


def test_a_good_answer_is_worth_nothing_in_another_browser(towns: LocalFederation, lecco: Any) -> None:
    victim, thief = client(lecco), client(lecco)
    back = come_back(at_the_provider(victim))
    path = back.url[back.url.index("/accesso") :]
    assert thief.get(path).status_code == 403
    assert victim.get(path).status_code == 403, "and it is spent"


@pytest.mark.parametrize("answer", [{}, {"code": "x"}, {"state": "x", "code": "y", "iss": "z"}, {"error": "\0"}])
def test_noise_is_refused(towns: LocalFederation, lecco: Any, answer: dict[str, str]) -> None:
    refused = 400 if "\0" in str(answer.get("error")) else 403  # a null byte is refused before any page
    assert client(None).get(f"{LECCO}/rientro", answer).status_code == refused
    assert client(None).post(f"{LECCO}/rientro", answer).status_code == 405


def test_what_the_provider_sends_is_believed_after_its_keys_rolled(
    towns: LocalFederation, lecco: Any, federation_keys: Any
) -> None:
    address = at_the_provider(client(lecco))
    honest, others, _provider = federation_keys
    towns.ours = jose.Keys(honest.federation, others.signature, honest.encryption)
    assert come_back(address).status_code == 302
    assert towns.asked.count("/anchor/fetch") == 2


def test_the_centre_says_which_towns_it_answers_for(towns: LocalFederation, lecco: Any, settings: Any) -> None:
    gateway, me = client(None), f"http://localhost{LECCO}"
    assert me in gateway.get("/cie/federazione/list").json()
    assert gateway.get("/cie/federazione/list", {"entity_type": "openid_provider"}).json() == []
    mark = jwt_claims(gateway.get(f"{LECCO}/.well-known/openid-federation").content.decode())["trust_marks"][0]
    asked = {"sub": me, "id": mark["id"]}
    assert gateway.get("/cie/federazione/stato", asked).json() == {"active": True}
    assert gateway.post("/cie/federazione/stato", asked).json() == {"active": True}
    assert gateway.get("/cie/federazione/stato", asked | {"id": "x"}).json() == {"active": False}
    for nobody in ("", "http://localhost/cie/c_x999", "http://evil.example/cie/c_e507"):
        answer = gateway.get("/cie/federazione/fetch", {"sub": nobody})
        assert (answer.status_code, answer.json()["error"]) == (404, "not_found")
    settings.CIE_PROVIDER = ""
    for path in ("/.well-known/openid-federation", "/cie/federazione/list", f"{LECCO}/.well-known/openid-federation"):
        assert gateway.get(path).status_code == 404
    assert gateway.get(f"{LECCO}/entra", {"legame": "a" * 64}).status_code == 404


def test_a_made_up_binding_or_level_goes_nowhere(towns: LocalFederation, lecco: Any) -> None:
    gateway = client(None)
    assert gateway.get(f"{LECCO}/entra", {"legame": "x"}).status_code == 403
    for level in ("0", "9", "x"):
        assert gateway.get(f"{LECCO}/entra", {"legame": "a" * 64, "livello": level}).status_code == 403


def test_cie_without_a_pinned_anchor_does_not_start(federation: LocalFederation, settings: Any) -> None:
    settings.CIE_TRUST_ANCHOR_JWKS = ""
    assert "campanile.E012" in {found.id for found in run_checks()}


@pytest.mark.parametrize(("policy", "result"), [
    ({"value": 2}, 2), ({"default": 7}, [1, 2]), ({"add": [3]}, [1, 2, 3]), ({"subset_of": [2, 4]}, [2]),
    ({"superset_of": [1]}, [1, 2]), ({"superset_of": [9]}, None), ({"one_of": [8]}, None),
    ({"subset_of": [9], "essential": True}, None), ({"regexp": ".*"}, None),
])  # fmt: skip
def test_policies_of_the_federation(policy: dict[str, Any], result: Any) -> None:
    if result is None:
        with pytest.raises(jose.NotBelievable):
            trust.under({"x": policy}, {"x": [1, 2]})
    else:
        assert trust.under({"x": policy}, {"x": [1, 2]})["x"] == result


def test_an_essential_value_must_be_there_and_a_default_fills_in() -> None:
    assert trust.under({"x": {"default": 7}}, {}) == {"x": 7}
    with pytest.raises(jose.NotBelievable):
        trust.under({"x": {"essential": True}}, {})


def test_keys_are_made_once_and_readable_by_nobody_else(tmp_path: Path) -> None:
    first, second = jose.keys_in(tmp_path), jose.keys_in(tmp_path)
    assert first.signature.kid == second.signature.kid
    assert len({first.federation.kid, first.signature.kid, first.encryption.kid}) == 3
    assert all(file.stat().st_mode & 0o077 == 0 for file in tmp_path.iterdir())
    assert "d" not in json.dumps(jose.public_jwks(first.signature)["keys"][0].keys() & {"d", "p", "q"} or "")
