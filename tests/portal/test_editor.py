"""Writing the site: drafts, versions, two people at once, files that are refused, the hour of publication."""

from __future__ import annotations

import io
import zipfile
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
from campanile_tenants.town.site.models import Attachment, Page, Picture
from campanile_tenants.town.site.services import adopting, publishing
from tests.towns import client, inside, person

CARD = "carta-identita-elettronica"


@pytest.fixture
def writer(lecco: Any) -> Client:
    with inside(lecco):
        person("redazione", "communications")
    return client(lecco, "redazione")


@pytest.fixture
def card(lecco: Any) -> Page:
    with inside(lecco):
        return Page.objects.get(slug=CARD)


def form_of(page: Page | None, **changes: Any) -> dict[str, Any]:
    """What a browser would send: every field of the page, then the changes."""
    values: dict[str, Any] = {"base": 0, "is_active": "on", "verb": "save"}
    if page is not None:
        content = page.versions.first().content  # type: ignore[union-attr]
        values |= {"base": page.versions.first().number, "title": content.title, "summary": content.summary}  # type: ignore[union-attr]
        values |= {"category": content.category, "topics": list(content.topics), "office": content.office}
        values |= {f"text_{key}": text for key, text in content.texts.items()}
        values |= {"online": content.online}
    return values | changes


def png(width: int = 900, height: int = 600) -> bytes:
    target = io.BytesIO()
    Image.effect_noise((width, height), 20).convert("RGB").save(target, "PNG")
    return target.getvalue()


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


def test_a_picture_is_drawn_again_in_the_right_sizes_and_needs_words(writer: Client, lecco: Any, card: Page) -> None:
    upload = SimpleUploadedFile("lago.png", png(), "image/png")
    with inside(lecco):
        sent = form_of(card)
    answer = writer.post(f"/ufficio/sito/{card.pk}/", sent | {"new_picture": upload})
    assert answer.status_code == 422
    assert "di&#x27; a parole che cosa mostra" in answer.content.decode()
    upload = SimpleUploadedFile("lago.png", png(), "image/png")
    kept = sent | {"new_picture": upload, "picture_alt": "Il lago", "verb": "publish"}
    assert writer.post(f"/ufficio/sito/{card.pk}/", kept).status_code == 302
    with inside(lecco):
        picture = Picture.objects.get()
        assert picture.widths == [400, 800]
        card.refresh_from_db()
        assert card.picture_id == picture.pk
    for form in ("avif", "webp"):
        file = client(lecco).get(f"/immagini/{picture.pk}/800.{form}")
        assert file["Content-Type"] == f"image/{form}"
        with Image.open(io.BytesIO(b"".join(file.streaming_content))) as drawn:  # type: ignore[attr-defined]
            assert drawn.size == (800, 533)
    assert client(lecco).get(f"/immagini/{picture.pk}/900.webp").status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("enorme.png", b"", "pixel"),
        ("foto.png", b"<svg onload='alert(1)'/>", "immagine"),
        ("disegno.svg", b"<svg><script>alert(1)</script></svg>", "immagine"),
    ],
)
def test_a_picture_that_is_none_is_refused_and_the_text_is_kept(
    writer: Client, lecco: Any, card: Page, name: str, content: bytes, said: str
) -> None:
    if name == "enorme.png":  # 100 megapixels, a few kB
        target = io.BytesIO()
        Image.new("1", (10_000, 10_000)).save(target, "PNG")
        content = target.getvalue()
    with inside(lecco):
        sent = form_of(card, text_cost="Il mio testo lungo.", picture_alt="x")
    answer = writer.post(f"/ufficio/sito/{card.pk}/", sent | {"new_picture": SimpleUploadedFile(name, content)})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert said in page.lower()
    assert "Il mio testo lungo." in page
    with inside(lecco):
        assert not Picture.objects.exists()
        assert card.versions.count() == 1


def test_an_attachment_is_what_its_name_says(writer: Client, lecco: Any, card: Page) -> None:
    macros = io.BytesIO()
    with zipfile.ZipFile(macros, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
        archive.writestr("word/vbaProject.bin", "x")
    for name, content in (
        ("pagina.html", b"<script>"), ("finto.pdf", b"MZ..."), ("vuoto.csv", b""), ("latino.csv", b"perch\xe9"),
        ("macro.docx", macros.getvalue()),
    ):  # fmt: skip
        with inside(lecco):
            sent = form_of(card)
        answer = writer.post(f"/ufficio/sito/{card.pk}/", sent | {"new_file": SimpleUploadedFile(name, content)})
        assert answer.status_code == 422, name
    file = SimpleUploadedFile("modulo.pdf", b"%PDF-1.7 ...")
    writer.post(f"/ufficio/sito/{card.pk}/", sent | {"new_file": file, "new_file_title": "Modulo", "verb": "publish"})
    with inside(lecco):
        row = Attachment.objects.get()
    shown = client(lecco).get(card.get_absolute_url()).content.decode()
    assert f'href="{row.get_absolute_url()}" data-element="service-file"' in shown
    got = client(lecco).get(row.get_absolute_url())
    assert got["Content-Disposition"].startswith("attachment")
    assert got["X-Content-Type-Options"] == "nosniff"


def test_several_pages_at_once_and_back_again(writer: Client, lecco: Any) -> None:
    with inside(lecco):
        chosen = list(Page.objects.filter(kind="service").values_list("pk", flat=True)[:3])
    shown = writer.post(
        "/ufficio/sito/insieme/", {"verb": "take_away", "pages": chosen, "kept": "tipo=service"}, follow=True
    )
    assert shown.redirect_chain[0][0] == "/ufficio/sito/?tipo=service"
    assert 'name="undo" value="publish"' in shown.content.decode()
    with inside(lecco):
        assert not Page.objects.published().filter(pk__in=chosen).exists()
    writer.post("/ufficio/sito/insieme/", {"verb": "undo", "undo": "publish", "pages": chosen})
    with inside(lecco):
        assert Page.objects.published().filter(pk__in=chosen).count() == 3


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
