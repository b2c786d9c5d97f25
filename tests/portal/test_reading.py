"""Search, feeds, calendars, sitemap, rating, redirects, languages: what readers and programs ask of a site."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import feedparser
import icalendar
import pytest
from django.test import Client
from django.utils import timezone
from lxml import etree

from campanile_modules.reporting import services
from campanile_modules.reporting.tests.making import report
from campanile_tenants.town.people.models import Office
from campanile_tenants.town.site.content import Content
from campanile_tenants.town.site.models import Page, Rating
from campanile_tenants.town.site.rendering import links_in, to_html, to_plain
from campanile_tenants.town.site.services.publishing import new_page, publish
from tests.towns import client, forget_cached, inside, user


def published(kind: str, category: str, title: str, text: str = "Testo.", **more: Any) -> Page:
    page = new_page(
        kind, Content(title=title, summary="Riassunto.", category=category, texts={"description": text}, **more)
    )
    publish(page)
    return page


@pytest.fixture
def site(lecco: Any) -> Client:
    return client(lecco)


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("carta d'identita", "Carta d'identità elettronica (CIE)"),
        ("rifiuti tassa", "TARI, tassa sui rifiuti"),
        ("scuolabus", "Scuolabus"),
        ("bambine nascita", "Dichiarazione di nascita"),
    ],
)
def test_search_finds_words_of_the_language_without_accents(site: Client, words: str, first: str) -> None:
    answer = site.get("/cerca/", {"cerca": words})
    assert answer.context["page"][0].title == first


def test_search_finds_what_modules_hold_and_only_what_is_public(site: Client, lecco: Any) -> None:
    with inside(lecco):
        one, hidden = report(title="Zampillo rotto in piazza"), report(title="Zampillo segreto")
        services.take_charge(one, by=user("tecnico"))
    shown = site.get("/cerca/", {"cerca": "zampillo"}).content.decode()
    assert f"/segnalazioni/{one.code}/" in shown
    assert hidden.code not in shown
    assert "Non abbiamo trovato" not in shown
    assert one.code not in site.get("/cerca/", {"cerca": "zampillo", "tipo": "service"}).content.decode()
    assert f"/segnalazioni/{one.code}/" in site.get("/cerca/", {"cerca": one.code}).content.decode()


def test_a_typo_is_met_with_a_suggestion(site: Client) -> None:
    answer = site.get("/cerca/", {"cerca": "residensa"})
    assert answer.context["page"].paginator.count == 0
    assert "Cambio di residenza" in [page.title for page in answer.context["alike"]]
    rows = json.loads(site.get("/cerca/suggerimenti", {"cerca": "matrimoni"}).content)
    assert rows[0]["title"] == "Pubblicazioni di matrimonio"


@pytest.mark.parametrize("words", ["", "'", '"', "a & b | !", "%", "\x00", "x" * 5000, "<script>"])
def test_no_words_break_the_search(site: Client, words: str) -> None:
    answer = site.get("/cerca/", {"cerca": words})
    assert answer.status_code in (200, 400)
    assert "<script>alert" not in answer.content.decode()


def test_filters_stand_in_the_address(site: Client) -> None:
    answer = site.get("/cerca/?cerca=&tipo=service&argomento=matrimonio")
    assert {page.title for page in answer.context["page"]} == {
        "Pubblicazioni di matrimonio",
        "Separazione e divorzio in Comune",
    }


def test_feeds_are_feeds(site: Client, lecco: Any) -> None:
    with inside(lecco):
        published("news", "avvisi", "Acqua chiusa & riaperta", "Da **lunedì**.")
        begins = timezone.now() + timedelta(days=5)
        published("event", "eventi", "Festa", starts_at=begins, ends_at=begins + timedelta(hours=2), address="Piazza")
    for path, version in (
        ("/feed/novita.atom", "atom10"),
        ("/feed/avvisi.rss", "rss20"),
        ("/feed/eventi.atom", "atom10"),
    ):
        answer = site.get(path)
        parsed = feedparser.parse(answer.content)
        assert (parsed.version, bool(parsed.bozo)) == (version, False), path
        assert len(parsed.entries) == 1
    assert parsed.entries[0].link == f"http://{lecco.host}/vivere-il-comune/eventi/festa/"
    for path in ("/eventi.ics", "/eventi/festa.ics"):
        (event,) = icalendar.Calendar.from_ical(site.get(path).content).events
        assert str(event["SUMMARY"]) == "Festa"
        assert event.start == begins.replace(microsecond=0)
    assert site.get("/feed/servizi.atom").status_code == 404
    assert site.get("/eventi/niente.ics").status_code == 404


def test_programs_find_the_whole_site_and_are_kept_out_of_the_rest(site: Client, lecco: Any) -> None:
    root = etree.fromstring(site.get("/sitemap.xml").content)
    paths = [str(one.text).removeprefix(f"http://{lecco.host}") for one in root.iter("{*}loc")]
    assert len(paths) == len(set(paths)) > 60
    for path in paths[::7]:
        assert site.get(path).status_code == 200, path
    assert "Disallow: /ufficio/" in site.get("/robots.txt").content.decode()


def test_a_rating_is_kept_without_a_person(site: Client, lecco: Any) -> None:
    forget_cached()
    sent = {"page": "/servizi/?cerca=mario+rossi", "stars": 2, "negative": 4, "positive": 1, "text": " Non va "}
    assert site.post("/valuta/", sent).status_code == 302
    with inside(lecco):
        rating = Rating.objects.get()
        assert (rating.path, rating.stars, rating.answer, rating.text) == ("/servizi/", 2, 4, "Non va")
    assert site.post("/valuta/", {**sent, "website": "spam"}).status_code == 302
    assert site.post("/valuta/", {"page": "https://evil.example/", "stars": 9})["Location"] == "/#valutazione"
    answer = site.post("/valuta/", {**sent, "stars": 5}, headers={"HX-Request": "true"})
    assert "Grazie" in answer.content.decode()
    with inside(lecco):
        assert list(Rating.objects.values_list("stars", "answer")) == [(5, 1), (2, 4)]
    forget_cached()


def test_a_page_that_moved_is_found_at_its_old_address(site: Client) -> None:
    answer = site.get("/servizi/turismo/tari/")
    assert (answer.status_code, answer["Location"]) == (301, "/servizi/tributi-finanze-e-contravvenzioni/tari/")
    assert site.get("/amministrazione/uffici/tari/").status_code == 404  # an office is no service
    assert site.get("/servizi/turismo/niente/").status_code == 404
    assert site.get("/servizi/niente/").status_code == 404


def test_an_office_is_found_although_a_service_has_its_name(site: Client, lecco: Any) -> None:
    with inside(lecco):
        Office.objects.create(code="biblioteca", name="Ufficio della biblioteca")
    assert "Ufficio della biblioteca" in site.get("/amministrazione/uffici/biblioteca/").content.decode()


def test_a_page_is_read_in_the_readers_language_where_it_exists(site: Client, lecco: Any) -> None:
    with inside(lecco):
        original = published("news", "notizie", "La fiera")
        other = new_page("news", Content(title="The fair", summary="S.", category="notizie", texts={"description": "Text."}),
                         language="en", translation_of=original)  # fmt: skip
        publish(other)
    english = {"accept-language": "en"}
    assert "The fair" in site.get("/novita/", headers=english).content.decode()
    assert "La fiera" not in site.get("/novita/", headers=english).content.decode()
    assert "La fiera" in site.get("/novita/").content.decode()
    foreign = site.get("/servizi/turismo/imposta-di-soggiorno/", headers=english).content.decode()
    assert "not there in your language" in foreign
    assert '<div lang="it">' in foreign


def test_a_page_is_gone_when_its_time_is_over(site: Client, lecco: Any) -> None:
    with inside(lecco):
        page = published("news", "avvisi", "Scade")
        Page.objects.filter(pk=page.pk).update(expires_at=timezone.now() - timedelta(minutes=1))
    assert site.get("/novita/avvisi/scade/").status_code == 404
    assert "Scade" not in [found.title for found in site.get("/cerca/?cerca=scade").context["page"]]


def test_light_markdown_lets_no_html_through() -> None:
    drawn = to_html("# Uno\n\n<script>alert(1)</script> [x](javascript:alert(1)) [y](https://a.it) **b**\n\n- c")
    assert "<script" not in drawn
    assert "javascript:" not in str(drawn).replace("[x](javascript:alert(1))", "")
    assert '<a href="https://a.it">y</a>' in drawn
    assert "<h3>Uno</h3>" in drawn
    assert to_plain("**a** [b](https://c.it)") == "a b"
    assert links_in("[b](https://c.it) e [d](/servizi/)") == ["https://c.it", "/servizi/"]


@pytest.mark.parametrize(
    ("path", "most"),
    [("/", 8), ("/servizi/", 6), ("/novita/", 5), ("/amministrazione/uffici/", 7), ("/argomenti/", 5), ("/argomenti/anagrafe/", 5),
     ("/servizi/ambiente/raccolta-differenziata/", 8), ("/cerca/?cerca=carta", 6), ("/domande-frequenti/", 5), ("/contatti/", 6)],
)  # fmt: skip
def test_pages_keep_their_queries(site: Client, path: str, most: int, django_assert_max_num_queries: Any) -> None:
    site.get(path)
    with django_assert_max_num_queries(most):
        assert site.get(path).status_code == 200
