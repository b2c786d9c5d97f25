"""Every type of page has the hooks, labels and order that the model's checker looks for (criteria C.SI and R.SI)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from lxml import html

from campanile_tenants.kit.templatetags.campanile import theme_colour
from campanile_tenants.town.people.models import Office
from campanile_tenants.town.site import tree
from campanile_tenants.town.site.content import Content, Deadline
from campanile_tenants.town.site.models import Identity
from campanile_tenants.town.site.models import Page as SitePage
from campanile_tenants.town.site.services.publishing import new_page, publish
from campanile_tenants.town.site.topics import TOPICS, topic_name
from tests.portal.model import Page, model, words
from tests.towns import client, inside

ROOT = Path(__file__).parents[2]
CARD = "/servizi/anagrafe-e-stato-civile/carta-identita-elettronica/"
REPORT = "/servizi/giustizia-e-sicurezza-pubblica/segnalazione-disservizio/"


def a_page_of_each_kind() -> dict[str, str]:
    """Publishes one page of each kind; their paths."""
    paths = {}
    now = timezone.now()
    for kind in tree.KINDS.values():
        category = tree.categories_of(kind.code)[0][0]
        texts = {section.key: f"Testo di {section.key}.\n\n- uno\n- due" for section in kind.sections}
        dated = {"starts_at": now + timezone.timedelta(days=3), "address": "Piazza"} if kind.has_dates else {}
        content = Content(
            title=f"Prova {kind.code}", summary="A che cosa serve.", category=category, topics=("anagrafe",),
            texts=texts, office=str(Office.objects.values_list("code", flat=True)[0]), **dated,  # type: ignore[arg-type]
        )  # fmt: skip
        page = new_page(kind.code, content)
        publish(page)
        paths[kind.code] = page.get_absolute_url()
    return paths


@pytest.fixture
def site(lecco: Any) -> Client:
    return client(lecco)


def test_the_first_level_menu_is_the_models_in_its_order(site: Client) -> None:
    items = Page(site, "/").one("main-navigation").xpath("./li/a")
    for item, expected in zip(items, model()["menu"].values(), strict=True):
        label, flags = re.fullmatch(r"/(.*)/(i?)", expected["regExp"]).groups()  # type: ignore[union-attr]
        assert re.search(label, words(item), re.IGNORECASE if flags else 0)
        assert item.get("data-element") == expected["data_element"]


@pytest.mark.parametrize("code", ["management", "news", "services", "live"])
def test_the_second_level_titles_are_the_models(site: Client, code: str) -> None:
    expected = model()["menu"][code]
    section = next(section for section in tree.SECTIONS if section.hook == expected["data_element"])
    page = Page(site, f"/{section.slug}/")
    titles = [words(one).lower() for hook in expected["secondary_item_data_element"] for one in page.hooked(hook)]
    assert titles
    assert set(titles) <= set(expected["dictionary"])
    missing = set(expected["dictionary"]) - set(titles)
    assert missing <= {"agricoltura, caccia e pesca"}  # the other name of agriculture and fishing
    for hook in expected["secondary_item_data_element"]:
        for path in page.links(hook):
            assert site.get(path).status_code == 200


def test_a_service_page_has_all_mandatory_parts_in_the_order_of_the_model(site: Client, lecco: Any) -> None:
    with inside(lecco):
        paths = list(SitePage.objects.filter(kind="service").order_by("slug"))
        paths = [page.get_absolute_url() for page in paths]
    assert len(paths) >= 30
    for path in paths:
        page = Page(site, path)
        order = model()["service_sections_in_order"]
        assert [title for title in page.headings() if title in order] == order, path
        index = [words(one) for one in page.one("page-index").xpath(".//ul/li/a")]
        assert [title for title in index if title in order] == order
        for section in model()["service_section_hooks"]["paragraph"]:
            assert len(page.text(section["data_element"])) > 3
        for hook in ("service-title", "service-description", "service-status"):
            assert page.text(hook)
        assert page.hooked("service-topic")
        assert page.one("breadcrumb").xpath("./li/a")[2].get("href").startswith("/servizi/")
        assert page.hooked("service-file")
        assert page.hooked("service-area")
        assert page.hooked("service-calendar-list")
        access = [*page.hooked("service-booking-access"), *page.hooked("service-online-access")]
        assert access
        assert all(one.xpath('ancestor::section[@id="access"]') for one in access)


def test_a_service_shows_its_dates_and_whether_it_is_there(site: Client, lecco: Any) -> None:
    with inside(lecco):
        page = SitePage.objects.get(slug="mensa-scolastica")
        values = page.content.dump() | {"is_active": False, "inactive_reason": "Riapre a settembre."}
        content = Content.load(values)
        dated = Content.load(content.dump() | {"deadlines": [{"day": "2027-01-08", "label": "Apertura iscrizioni"}]})
        assert dated.deadlines == (Deadline(timezone.datetime(2027, 1, 8).date(), "Apertura iscrizioni"),)
        from campanile_tenants.town.site.services.publishing import save_version

        save_version(page, dated, base=1, by=None)
        publish(page)
    shown = Page(site, "/servizi/educazione-e-formazione/mensa-scolastica/")
    assert shown.text("service-status") == "Servizio non attivo"
    assert "Riapre a settembre." in words(shown.tree)
    assert "8 gennaio 2027" in shown.text("service-calendar-list")


def test_the_online_access_of_a_module_is_there_only_while_it_is_on(site: Client, lecco: Any) -> None:
    assert Page(site, REPORT).links("service-online-access") == ["/segnalazioni/nuova/"]
    from campanile_tenants.public.registry.activation import switch_off, switch_on
    from campanile_tenants.public.registry.directory import directory

    switch_off(lecco, "reporting", by="test")
    directory.forget()
    try:
        assert Page(site, REPORT).links("service-online-access") == []
    finally:
        switch_on(lecco, "reporting", by="test")
        directory.forget()


def test_the_metatag_of_a_service_has_every_key(site: Client) -> None:
    about = json.loads(Page(site, CARD).one("metatag").text)
    for path in model()["service_metatag_jsonld"]["required"]:
        prefix, _brace, keys = path.partition(".{")
        for key in keys.rstrip("}").split(",") if keys else [""]:
            value = about
            for part in [*prefix.split("."), *([key] if key else [])]:
                value = value[part]
            assert isinstance(value, str), path
    assert about["areaServed"]["name"] == "Lecco"


def test_every_page_asks_how_clear_it_is_in_the_models_words(site: Client, lecco: Any) -> None:
    with inside(lecco):
        paths = a_page_of_each_kind()
    said = model()["feedback"]
    for path in [
        "/",
        CARD,
        "/amministrazione/",
        "/servizi/ambiente/",
        "/argomenti/",
        "/segnalazioni/",
        *paths.values(),
    ]:
        page = Page(site, path)
        page.one("feedback")
        assert page.text("feedback-title") == said["title"]["text"]
        assert len([one for n in range(1, 6) for one in page.hooked(f"feedback-rate-{n}")]) == 5
        for side in ("positive_rating", "negative_rating"):
            part = page.one(said[side]["dataElement"])
            questions = part.xpath('.//*[@data-element="feedback-rating-question"]')
            assert [words(one) for one in questions] == [said[side]["question"]["text"]]
            answers = part.xpath('.//*[@data-element="feedback-rating-answer"]')
            assert [words(one) for one in answers] == said[side]["answers"]["texts"]
        page.one("feedback-input-text")


def test_the_footer_leads_where_the_law_asks(site: Client, lecco: Any) -> None:
    page = Page(site, "/")
    assert re.search(r"FAQ|domande frequenti", page.text("faq"), re.IGNORECASE)
    for hook in (
        "faq",
        "report-inefficiency",
        "privacy-policy-link",
        "legal-notes",
        "appointment-booking",
        "contacts",
    ):
        for path in page.links(hook):
            assert site.get(path).status_code in (200, 302)
    assert page.links("accessibility-link") == ["/accessibilita/"]  # until the statement is filed: ours, which says so
    with inside(lecco):
        Identity.objects.create(accessibility_url="https://form.agid.gov.it/view/1")
    from campanile_tenants.public.registry.directory import directory

    directory.forget()
    assert Page(site, "/").links("accessibility-link") == ["https://form.agid.gov.it/view/1"]


def test_the_licence_is_told_to_the_letter(site: Client) -> None:
    said, page = model()["legal_notes"], Page(site, "/note-legali/")
    assert page.text(said["section"]["dataElement"]) == said["section"]["title"]
    assert page.text(said["body"]["dataElement"]) == said["body"]["text"]


def test_topics_are_the_models_and_their_pages_are_linked(site: Client) -> None:
    assert sorted(topic_name(slug) for slug in TOPICS) == sorted(model()["topics_model"])
    (path,) = Page(site, "/").links("all-topics")
    page = Page(site, path)
    names = [words(one) for one in page.hooked("topic-element")]
    assert set(names) <= set(model()["topics_model"])
    assert len(names) > 20
    for path in page.links("topic-element"):
        assert site.get(path).status_code == 200


def test_booking_is_linked_from_the_services_and_from_each_of_them(site: Client) -> None:
    for path in ("/servizi/", CARD):
        assert Page(site, path).hooked("appointment-booking")


def test_the_design_system_is_the_one_that_is_asked_for(site: Client, lecco: Any) -> None:
    style = (ROOT / "assets" / "dist" / "campanile" / "portal.css").read_text()
    version = re.search(r'--bootstrap-italia-version: ?"(\d+)\.(\d+)\.\d+"', style)
    assert version is not None
    assert int(version[1]) >= 2
    assert not re.search(r"--bootstrap-italia-version: ?'", style)
    assert re.search(r'body ?\{[^}]*font-family: ?"?Titillium Web', style)
    assert re.search(r"\.richtext-wrapper ?\{[^}]*font-family: ?Lora", style)
    theirs = (ROOT / "assets/node_modules/bootstrap-italia/dist/css/bootstrap-italia.min.css").read_text()
    known = set(re.findall(r"\.([a-zA-Z][\w-]*)", theirs))
    with inside(lecco):
        paths = a_page_of_each_kind()
    everywhere = [
        "/",
        "/servizi/",
        CARD,
        "/novita/",
        "/cerca/?cerca=carta",
        "/segnalazioni/",
        "/segnalazioni/nuova/",
        "/contatti/",
    ]
    for path in [*everywhere, *paths.values()]:
        used = Page(site, path).classes()
        assert len(used & known) / len(used) >= 0.3, path


def test_every_kind_shows_its_parts_in_order_and_says_what_it_is(site: Client, lecco: Any) -> None:
    with inside(lecco):
        paths = a_page_of_each_kind()
    for code, path in paths.items():
        if code == "question":
            assert "Prova question" in site.get("/domande-frequenti/").content.decode()
            continue
        page, kind = Page(site, path), tree.KINDS[code]
        titles = [str(section.title) for section in kind.sections]
        assert [title for title in page.headings() if title in titles] == titles
        about = json.loads(page.one("metatag").text)
        assert about["@type"] == kind.schema_type
        assert words(page.tree.xpath("//h1")[0]) == f"Prova {code}"


def test_a_towns_colours_keep_the_contrast() -> None:
    style = (ROOT / "assets" / "src" / "colours.css").read_text()
    colours = re.findall(r"#[0-9a-f]{3,6}", style)
    assert len(colours) == 3 * len(Identity.Colour.choices)
    first = dict(re.findall(r'data-colour="(\w+)"\] \{ --primary: #(\w+)', style)) | {"blue": colours[0].lstrip("#")}
    first["blue"] = "".join(digit * 2 for digit in first["blue"])
    assert first == {colour: theme_colour(colour) for colour in Identity.Colour.values}  # the browser's frame too
    for colour in colours:
        assert _contrast_with_white(colour) >= 4.5, colour


def _contrast_with_white(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def test_no_page_of_a_site_asks_a_stranger_for_anything(site: Client) -> None:
    for path in ("/", CARD, "/segnalazioni/nuova/"):
        tree_of = html.fromstring(site.get(path).content.decode())
        asked = [
            *tree_of.xpath("//script/@src"), *tree_of.xpath("//link[@rel='stylesheet']/@href"), *tree_of.xpath("//img/@src"),
        ]  # fmt: skip
        assert all(str(one).startswith("/") for one in asked)
