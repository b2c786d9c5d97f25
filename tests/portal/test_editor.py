"""Writing the site: drafts, versions, two people at once, files that are refused, the hour of publication."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.db.utils import Error
from django.test import Client
from django.utils import timezone
from PIL import Image

from campanile_tenants.public.library.models import SharedService
from campanile_tenants.town.site import tree
from campanile_tenants.town.site.content import Content, merge
from campanile_tenants.town.site.models import Page
from campanile_tenants.town.site.services import adopting, publishing
from tests.portal.writing import CARD, form_of
from tests.towns import client, inside


def test_a_news_item_is_written_looked_at_and_published(writer: Client, lecco: Any) -> None:
    sent = form_of(None, title="Chiusa via Roma", summary="Per tre giorni.", category="avvisi",
                   text_description="Da **lunedì**.\n\n- auto\n- bici", verb="preview", topics=["trasporto-pubblico"])  # fmt: skip
    answer = writer.post("/ufficio/sito/nuova/news/", sent)
    assert answer.status_code == 302
    shown = writer.get(answer["Location"]).content.decode()
    assert "<strong>lunedì</strong>" in shown
    assert "Anteprima della versione 1" in shown
    stranger = client(lecco)
    assert stranger.get("/novita/avvisi/chiusa-via-roma/").status_code == 404
    with inside(lecco):
        page = Page.objects.get(slug="chiusa-via-roma")
        again = form_of(page, verb="publish")
    writer.post(f"/ufficio/sito/{page.pk}/", again)
    assert stranger.get("/novita/avvisi/chiusa-via-roma/").status_code == 200
    assert "Chiusa via Roma" in stranger.get("/").content.decode()


def test_what_is_missing_is_said_beside_its_name_and_nothing_is_lost(writer: Client, lecco: Any, card: Page) -> None:
    with inside(lecco):
        sent = form_of(card, text_needed="", verb="publish")
    answer = writer.post(f"/ufficio/sito/{card.pk}/", sent, follow=True)
    assert "«Cosa serve» è vuoto" in answer.content.decode()
    with inside(lecco):
        card.refresh_from_db()
        assert card.published_version == 1  # the old text stays on the site
        assert card.versions.count() == 2  # the new one is a draft


def test_two_people_write_one_page_and_neither_loses_a_word(writer: Client, lecco: Any, card: Page) -> None:
    with inside(lecco):
        mine = form_of(card, text_how="1. Fai come dico io.", text_cost="Costa poco.")
        theirs = form_of(card, text_how="1. Fai come dice lei.", summary="Frase della collega.")
    mayor = client(lecco, "sindaco")
    mayor.post(f"/ufficio/sito/{card.pk}/", theirs)
    answer = writer.post(f"/ufficio/sito/{card.pk}/", mine)
    assert answer.status_code == 409
    said = answer.content.decode()
    assert "ha salvato questa pagina mentre scrivevi" in said
    assert "Come fare" in said.split("c'è il tuo:")[1][:200]  # the only part that both changed
    form = answer.context["form"]
    assert form["text_how"].value() == "1. Fai come dico io."
    assert form["text_cost"].value() == "Costa poco."
    assert form["summary"].value() == "Frase della collega."
    with inside(lecco):
        assert card.versions.count() == 2  # nothing was saved yet
        merged = form_of(card, **{name: form[name].value() for name in ("text_how", "text_cost", "summary")}, base=2)
    assert writer.post(f"/ufficio/sito/{card.pk}/", merged).status_code == 302
    with inside(lecco):
        last = card.versions.first()
        assert last is not None
        assert (last.number, last.content.summary) == (3, "Frase della collega.")


def test_merging_takes_what_only_one_changed() -> None:
    base = Content(title="A", summary="B", texts={"who": "1", "how": "2", "cost": "3"})
    theirs = Content(title="A!", summary="B", texts={"who": "1", "how": "2 loro"})
    mine = Content(title="A", summary="B?", texts={"who": "1", "how": "2 mie", "cost": "3"})
    both = merge(base, theirs, mine)
    assert both.content == Content(title="A!", summary="B?", texts={"who": "1", "how": "2 mie"})
    assert both.conflicts == ("text_how",)


def test_versions_are_compared_and_come_back_and_are_never_rewritten(writer: Client, lecco: Any, card: Page) -> None:
    with inside(lecco):
        sent = form_of(card, text_cost="Trenta euro.")
    writer.post(f"/ufficio/sito/{card.pk}/", sent)
    shown = writer.get(f"/ufficio/sito/{card.pk}/versioni/").content.decode()
    assert "<ins>Trenta euro.</ins>" in shown
    assert "<del>16,79 euro" in shown
    writer.post(f"/ufficio/sito/{card.pk}/versioni/1/riprendi/")
    with inside(lecco):
        first, last = card.versions.last(), card.versions.first()
        assert first is not None
        assert last is not None
        assert (last.number, last.data) == (3, first.data)
        with pytest.raises(Error), transaction.atomic():
            card.versions.filter(number=1).update(data={})


def test_a_page_waits_for_its_hour(writer: Client, lecco: Any, card: Page) -> None:
    when = timezone.localtime() + timedelta(days=2)
    with inside(lecco):
        sent = form_of(card, title="Carta nuova", verb="schedule", when=when.strftime("%Y-%m-%dT%H:%M"))
    writer.post(f"/ufficio/sito/{card.pk}/", sent)
    with inside(lecco):
        assert publishing.publish_due() == 0
        Page.objects.filter(pk=card.pk).update(publish_at=timezone.now() - timedelta(minutes=1))
        assert publishing.publish_due() == 1
        card.refresh_from_db()
        assert (card.title, card.published_version, card.publish_at) == ("Carta nuova", 2, None)
        with pytest.raises(Error), transaction.atomic():
            Page.objects.filter(pk=card.pk).update(publish_at=timezone.now())


def test_who_may_write_but_not_publish_is_told_so_by_the_page(lecco: Any, card: Page) -> None:
    officer = client(lecco, "tecnico")
    assert 'value="publish"' not in officer.get(f"/ufficio/sito/{card.pk}/").content.decode()
    with inside(lecco):
        sent = form_of(card, title="Altro titolo", verb="publish")
    officer.post(f"/ufficio/sito/{card.pk}/", sent)
    with inside(lecco):
        card.refresh_from_db()
        assert card.published_version == 1
        assert card.versions.count() == 2


def test_several_pages_at_once_and_back_again(writer: Client, lecco: Any) -> None:
    """Undo puts back what strangers saw, not what would look alike: versions, drafts, the day a page bears."""
    with inside(lecco):
        public, drafted, never = Page.objects.filter(kind="service").order_by("pk")[:3]
        draft = form_of(drafted, title="Solo una bozza")
        publishing.take_away(never)
        since = Page.objects.get(pk=drafted.pk).published_at
    writer.post(f"/ufficio/sito/{drafted.pk}/", draft)
    chosen = [public.pk, drafted.pk, never.pk]

    def seen() -> list[tuple[int, Any, str]]:
        with inside(lecco):
            return list(
                Page.objects.filter(pk__in=chosen)
                .order_by("pk")
                .values_list("published_version", "published_at", "title")
            )

    before = seen()
    sent = {"verb": "publish", "pages": chosen, "kept": "tipo=service&cerca=a%26b"}
    shown = writer.post("/ufficio/sito/insieme/", sent, follow=True)
    assert shown.redirect_chain[0][0] == "/ufficio/sito/?tipo=service&cerca=a%26b"
    assert "L'ultima azione ha cambiato 3 pagine" in shown.content.decode().replace("&#x27;", "'")
    assert "Solo una bozza" in [title for _version, _since, title in seen()]
    writer.post("/ufficio/sito/insieme/annulla/")
    assert seen() == before
    assert before[1][1] == since
    writer.post("/ufficio/sito/insieme/", {"verb": "take_away", "pages": chosen})
    with inside(lecco):
        assert not Page.objects.published().filter(pk__in=chosen).exists()
    writer.post("/ufficio/sito/insieme/annulla/")
    assert seen() == before
    writer.post("/ufficio/sito/insieme/annulla/")  # there is nothing left to undo
    assert seen() == before


def test_a_newer_text_of_the_catalogue_is_offered_and_never_forced(writer: Client, lecco: Any, card: Page) -> None:
    with inside(lecco):
        sent = form_of(card, text_cost="Da noi costa 22 euro.", verb="publish")
    writer.post(f"/ufficio/sito/{card.pk}/", sent)
    shared = SharedService.objects.get(code=CARD)
    texts = {**shared.data["texts"], "times": "Arriva in 4 giorni.", "cost": "17 euro."}
    SharedService.objects.filter(code=CARD).update(
        version=2, data={**shared.data, "texts": texts}, what_changed="Tempi"
    )
    shown = writer.get("/ufficio/sito/aggiornamenti/").content.decode()
    assert "<ins>Arriva in 4 giorni.</ins>" in shown
    assert "17 euro" not in shown  # where the town wrote its own, that stays
    stranger = client(lecco)
    assert "Arriva in 4 giorni." not in stranger.get(card.get_absolute_url()).content.decode()
    writer.post(f"/ufficio/sito/aggiornamenti/{card.pk}/prendi/")
    shown = stranger.get(card.get_absolute_url()).content.decode()
    assert "Arriva in 4 giorni." in shown
    assert "Da noi costa 22 euro." in shown
    with inside(lecco):
        assert adopting.count_offers() == 0


def test_a_town_reads_the_catalogue_and_cannot_change_it(lecco: Any) -> None:
    with inside(lecco), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM public.library_sharedservice")
        assert cursor.fetchone()[0] >= 30
        with pytest.raises(Error), transaction.atomic():
            cursor.execute("UPDATE public.library_sharedservice SET version = 9")


def test_the_face_of_the_site_changes_at_once(lecco: Any) -> None:
    mayor = client(lecco, "sindaco")
    coat = io.BytesIO()
    Image.new("RGBA", (300, 360), (200, 0, 0, 128)).save(coat, "PNG")
    sent = {"tagline": "Un bel posto", "colour": "wine", "social_lines": "Facebook https://example.org/lecco",
            "new_coat": SimpleUploadedFile("stemma.png", coat.getvalue(), "image/png")}  # fmt: skip
    assert mayor.post("/ufficio/sito/aspetto/", sent).status_code == 302
    from campanile_tenants.public.registry.directory import directory

    directory.forget()  # the test's transaction is never committed, so nobody is told
    shown = client(lecco).get("/").content.decode()
    assert 'data-colour="wine"' in shown
    assert "Un bel posto" in shown
    path = shown.split('class="coat" src="')[1].split('"')[0]
    assert client(lecco).get(path)["Content-Type"] == "image/webp"
    wrong = mayor.post("/ufficio/sito/aspetto/", {"colour": "blue", "accessibility_url": "https://example.org/"})
    assert wrong.status_code == 422


@pytest.mark.parametrize("kind", list(tree.KINDS))
def test_every_kind_has_a_form_and_lists_keep_their_queries(
    writer: Client, lecco: Any, kind: str, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(12):
        assert writer.get(f"/ufficio/sito/nuova/{kind}/").status_code == 200
    with django_assert_max_num_queries(14):
        assert writer.get(f"/ufficio/sito/?tipo={kind}&stato=published&cerca=a").status_code == 200


def test_a_page_is_translated_and_has_an_end(writer: Client, lecco: Any, card: Page) -> None:
    shown = writer.get(f"/ufficio/sito/{card.pk}/").content.decode()
    path = f"/ufficio/sito/nuova/service/?di={card.pk}&lingua=en"
    assert path.replace("&", "&amp;") in shown
    assert "Traduci in Deutsch" not in shown  # the town speaks no German
    with inside(lecco):
        sent = form_of(card, base=0, title="Electronic identity card", verb="publish")
    assert writer.post(path, sent).status_code == 302
    english = client(lecco).get(card.get_absolute_url(), headers={"accept-language": "en"})
    assert english.status_code == 200
    with inside(lecco):
        page = Page.objects.get(translation_of=card)
    assert (page.language, page.slug) == ("en", "electronic-identity-card")
    assert writer.get(path).status_code == 404  # once a language
    assert writer.get(path.replace("lingua=en", "lingua=fr")).status_code == 404
    writer.post(f"/ufficio/sito/{page.pk}/fai/fine/", {"until": "2020-01-01T10:00"})
    assert client(lecco).get(page.get_absolute_url(), headers={"accept-language": "en"}).status_code == 404
    writer.post(f"/ufficio/sito/{page.pk}/fai/fine/", {"until": ""})
    assert client(lecco).get(page.get_absolute_url(), headers={"accept-language": "en"}).status_code == 200


def test_a_service_that_a_module_does_online_can_be_changed_and_published(writer: Client, lecco: Any) -> None:
    with inside(lecco):
        page = Page.objects.get(slug="segnalazione-disservizio")
        sent = form_of(page, title="Segnala qui", verb="publish")
    writer.post(f"/ufficio/sito/{page.pk}/", sent)
    with inside(lecco):
        page.refresh_from_db()
        assert (page.title, page.published_version) == ("Segnala qui", 2)


def test_a_page_that_moves_to_a_taken_address_gets_one_of_its_own(writer: Client, lecco: Any, card: Page) -> None:
    with inside(lecco):
        other = Page.objects.get(slug="tari")
        Page.objects.filter(pk=other.pk).update(slug=CARD)
        other.refresh_from_db()
        sent = form_of(other, category="anagrafe-e-stato-civile", verb="publish")
    assert writer.post(f"/ufficio/sito/{other.pk}/", sent).status_code == 302
    with inside(lecco):
        other.refresh_from_db()
        assert (other.category, other.slug) == ("anagrafe-e-stato-civile", f"{CARD}-2")


def test_what_a_colleague_set_meanwhile_is_not_overwritten(lecco: Any, card: Page) -> None:
    with inside(lecco):
        stale = Page.objects.get(pk=card.pk)
        publishing.feature(Page.objects.get(pk=card.pk), on=True)
        publishing.publish(stale)
        card.refresh_from_db()
        assert card.is_featured
