"""Issues that make themselves, what other modules show, what the centre shares, the form on another site."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from tests.towns import Town, ask, centre, client, inside, person, town, user

from campanile_modules.newsletters import blocks
from campanile_modules.newsletters.errors import BadBlock
from campanile_modules.newsletters.forms_shared import SharedIssueForm, SharedTopicForm
from campanile_modules.newsletters.models import Issue, State, Subscriber, Topic
from campanile_modules.newsletters.services import digests, issues, rendering, sharing, subscribing
from campanile_tenants.kit import excerpts, texts
from campanile_tenants.kit.module import Hit
from campanile_tenants.public.library.models import SharedEntry
from campanile_tenants.public.registry.activation import change_settings, switch_off, switch_on
from campanile_tenants.public.registry.directory import directory

pytestmark = pytest.mark.django_db
ROME = ZoneInfo("Europe/Rome")
TUESDAY = datetime(2026, 12, 1, 7, 30, tzinfo=ROME)


@pytest.fixture
def place(lecco: Town) -> Town:
    for code in ("newsletters", "alerts", "reporting"):
        switch_on(lecco, code, by="test")
    directory.forget()
    with inside(town(lecco.istat_code)):
        person("redazione", "communications")
        person("sindaca", "administrator")
    return town(lecco.istat_code)


def shown(*pages: tuple[str, timedelta]) -> Any:
    def latest(kind: str, number: int) -> list[texts.Shown]:
        return [texts.Shown(title, "…", "https://lecco.example/x", "", TUESDAY - ago) for title, ago in pages][:number]

    return latest


def test_the_week_makes_itself_once_and_waits_for_approval(place: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "latest", lambda kind, number: [])
    with inside(place):
        Topic.objects.filter(code="notizie").update(digest_day=TUESDAY.weekday())
        assert digests.assemble(TUESDAY) == 0, "nothing happened: no mail"
        monkeypatch.setattr(texts, "latest", shown(("Mercato", timedelta(days=2)), ("Vecchia", timedelta(days=9))))
        assert digests.assemble(TUESDAY.replace(hour=6)) == 0
        assert digests.assemble(TUESDAY + timedelta(days=1)) == 0
        assert [digests.assemble(TUESDAY), digests.assemble(TUESDAY + timedelta(hours=3))] == [1, 0]
        issue = Issue.objects.get()
        assert (issue.state, issue.author, issue.subject) == (
            State.SUBMITTED,
            None,
            "Comune di Lecco: la settimana del 1 dicembre",
        )
        assert [block.get("number") for block in issue.blocks if block["type"] == "pages"] == [1, 2]
        drawn = rendering.draw(issue)
        assert "Mercato" in drawn.text
        done = issues.approve(issue, by=user("redazione"), read=issues.fingerprint_of(issue, drawn))
        assert done.state == State.APPROVED, "one person is enough for what no person wrote"
    assert "settimana" in client(place, "redazione").get("/newsletter/ufficio/").content.decode()


def test_blocks_of_other_modules_and_without_them(place: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    with inside(place):
        codes = [code for code, _label in excerpts.sources()]
        assert codes == ["alerts.newest", "reporting.newest", "reporting.figures"] or set(codes) >= {
            "alerts.newest",
            "reporting.figures",
        }
        for code in codes:
            assert isinstance(excerpts.hits(code, 3), list)
        plain_hits = excerpts.hits
        monkeypatch.setattr(
            excerpts, "hits", lambda code, number: [Hit("Piena del lago", "/allerte/a1/", "ieri", "Salite.")]
        )
        issue = issues.begin(Topic.objects.get(code="notizie"), by=user("redazione"))
        written = blocks.read('[{"type": "module", "source": "alerts.newest", "number": 2}]')
        issue = issues.save(
            issue, {"subject": "x", "preview": "", "text": "", "blocks": written}, revision=1, by=user("redazione")
        )
        drawn = rendering.draw(issue)
        assert "Piena del lago (ieri)" in drawn.text
        assert "Salite." in drawn.html
        with pytest.raises(BadBlock, match="toglilo"):
            blocks.read('[{"type": "module", "source": "urp.cases", "number": 2}]')
    office = client(place, "redazione")
    base = office.post("/newsletter/ufficio/nuovo/", {"di": "notizie"}).url
    assert "Ultime allerte" in office.get(base).content.decode()
    assert office.post(base, {"subject": "x", "revision": "1", "fai": "aggiungi-reporting.figures"}).status_code == 302
    with inside(place):
        assert Issue.objects.latest("created_at").blocks == [
            {"type": "module", "source": "reporting.figures", "number": 3}
        ]
        switch_off(place, "reporting", by="test")
        directory.forget()
    with inside(town(place.istat_code)):
        assert "reporting.figures" not in dict(excerpts.sources())
        assert plain_hits("reporting.figures", 3) == []


def entry(kind: str, code: str, data: dict[str, Any], version: int = 1) -> None:
    with centre():
        SharedEntry.objects.update_or_create(kind=kind, code=code, defaults={"data": data, "version": version})


def test_a_newsletter_of_the_centre_and_its_issues(place: Town) -> None:
    form = SharedTopicForm(
        {"name": "Eventi della provincia", "description": "Sagre", "frequency": "monthly", "language": "it"},
        initial={},
    )
    assert form.is_valid(), form.errors
    entry(sharing.TOPICS, "eventi-provincia", form.to_data())
    written = SharedIssueForm(
        {"name": "Dicembre in provincia", "topic": "eventi-provincia", "text": "**Presepi** ovunque."}, initial={}
    )
    assert written.is_valid(), written.errors
    entry(sharing.ISSUES, "dicembre", written.to_data())
    admin = client(place, "sindaca")
    assert "Il centro offre: Eventi della provincia" in admin.get("/newsletter/ufficio/").content.decode()
    with inside(place):
        assert sharing.take_issues() == 0, "the town does not offer it"
    assert admin.post("/newsletter/ufficio/offerte/eventi-provincia/", {"fai": "prendi"}).status_code == 302
    with inside(place):
        Topic.objects.filter(code="eventi-provincia").update(description="Sagre, anche le nostre")
        assert [sharing.take_issues(), sharing.take_issues()] == [1, 0]
        issue = Issue.objects.get(topic__code="eventi-provincia")
        assert (issue.state, issue.subject) == (State.SUBMITTED, "Dicembre in provincia")
        entry(sharing.ISSUES, "dicembre", {**written.to_data(), "name": "Dicembre, corretto"}, version=2)
        assert sharing.take_issues() == 1
        issue.refresh_from_db()
        assert issue.state == State.CANCELLED
        newer = Issue.objects.exclude(pk=issue.pk).get(topic__code="eventi-provincia")
        issues.approve(newer, by=user("sindaca"), read=issues.fingerprint_of(newer, rendering.draw(newer)))
        entry(sharing.ISSUES, "dicembre", {**written.to_data(), "name": "Ancora"}, version=3)
        assert sharing.take_issues() == 0, "it left already: a second mail would be one too many"
        entry(
            sharing.TOPICS, "eventi-provincia", form.to_data() | {"name": "Eventi", "description": "Altro"}, version=2
        )
        (offer,) = [one for one in sharing.offers() if one.entry.code == "eventi-provincia"]
        assert offer.data["name"] == "Eventi"
        assert offer.data["description"] == "Sagre, anche le nostre", "the town's own words stay"
        assert sharing.answer("eventi-provincia", take=True)
        assert [one.entry.code for one in sharing.offers()] == ["provincia"]


def test_the_form_on_another_site(place: Town) -> None:
    change_settings(place, "newsletters", {"embed_on": "https://www.proloco.example http://plain.example x"})
    directory.forget()
    here = client(town(place.istat_code))
    frame = here.get("/newsletter/incorpora/")
    assert "frame-ancestors https://www.proloco.example;" in frame["Content-Security-Policy"] + ";"
    assert "X-Frame-Options" not in frame
    assert 'target="_top"' in frame.content.decode()
    assert here.post("/newsletter/incorpora/", {"email": "anna@"}).status_code == 422
    answer = here.post("/newsletter/incorpora/", {"email": "anna@example.org", "topics": "notizie"})
    assert answer.url == "/newsletter/codice/"
    with inside(place):
        row = Subscriber.objects.get().subscriptions.get()
        assert (row.state, row.page) == ("pending", "/newsletter/incorpora/")
    change_settings(place, "newsletters", {"embed_on": ""})
    directory.forget()
    assert (
        "frame-ancestors 'none'"
        in client(town(place.istat_code)).get("/newsletter/incorpora/")["Content-Security-Policy"]
    )


def test_choosing_over_the_api(place: Town) -> None:
    with inside(place):
        subscribing.write_down("anna@example.org", ["notizie"], agreed="x")
        link = subscribing.link_of(Subscriber.objects.get()).rstrip("/").rpartition("/")[2]
    query = """mutation ($reader: String!, $topics: [String!]!) {
      newslettersChoose(input: {reader: $reader, topics: $topics}) { topics userErrors { code field } } }"""
    found = ask(client(place), query, reader=link, topics=["eventi"])["data"]["newslettersChoose"]
    assert found["topics"] == ["eventi"]
    look = "query ($reader: String!) { newslettersChoice(reader: $reader) }"
    assert ask(client(place), look, reader=link)["data"]["newslettersChoice"] == ["eventi"]
    assert ask(client(place), look, reader="x" + link)["data"]["newslettersChoice"] is None
    wrong = ask(client(place), query, reader="x" + link, topics=[])["data"]["newslettersChoose"]
    assert wrong["userErrors"][0]["code"] == "NEWSLETTERS_WRONG_LINK"


def test_new_readers_of_each_month(place: Town) -> None:
    from campanile_modules.newsletters.services import counting

    with inside(place):
        assert counting.growth() is None
        subscribing.write_down("anna@example.org", ["notizie"], agreed="x")
        chart = counting.growth(timezone.localdate())
    assert chart is not None
    assert (chart.columns[-1].value, len(chart.columns)) == (1, 12)
    assert chart.title == "1 nuova iscrizione questo mese"
