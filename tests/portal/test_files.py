"""Pictures and attachments of the sites: what is taken, what is refused, what stays in the form."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from campanile_tenants.town.site.models import Attachment, Page, Picture
from tests.portal.writing import form_of, png
from tests.towns import client, inside


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


def test_files_that_were_taken_stay_in_the_form_when_something_else_is_wrong(
    writer: Client, lecco: Any, card: Page
) -> None:
    with inside(lecco):
        sent = form_of(card, title="", picture_alt="Il lago")
    files = {
        "new_picture": SimpleUploadedFile("lago.png", png()),
        "new_file": SimpleUploadedFile("m.pdf", b"%PDF-1.7"),
    }
    answer = writer.post(f"/ufficio/sito/{card.pk}/", sent | files)
    assert answer.status_code == 422
    with inside(lecco):
        picture, attachment = Picture.objects.get(), Attachment.objects.get()
    form = answer.context["form"]
    assert form["picture"].value() == str(picture.pk)
    assert picture.smallest_webp in answer.content.decode()
    again = sent | {"title": "Carta", "picture": str(picture.pk), "attachments": [str(attachment.pk)]}
    assert writer.post(f"/ufficio/sito/{card.pk}/", again).status_code == 302
    with inside(lecco):
        said = card.versions.first().content  # type: ignore[union-attr]
        assert (said.picture, said.attachments) == (str(picture.pk), (str(attachment.pk),))
    shown = writer.get(f"/ufficio/sito/{card.pk}/versioni/").content.decode()
    assert "<ins>Il lago</ins>" in shown  # by its words, not by its number


def test_a_file_of_mine_survives_the_merge(writer: Client, lecco: Any, card: Page) -> None:
    with inside(lecco):
        mine, theirs = form_of(card), form_of(card, summary="Frase della collega.")
    client(lecco, "sindaco").post(f"/ufficio/sito/{card.pk}/", theirs)
    answer = writer.post(f"/ufficio/sito/{card.pk}/", mine | {"new_file": SimpleUploadedFile("m.pdf", b"%PDF-1.7")})
    assert answer.status_code == 409
    with inside(lecco):
        file = str(Attachment.objects.get().pk)
        merged = form_of(card, attachments=[file])
    assert file in answer.content.decode()
    assert writer.post(f"/ufficio/sito/{card.pk}/", merged).status_code == 302
    with inside(lecco):
        said = card.versions.first().content  # type: ignore[union-attr]
        assert (said.summary, said.attachments) == ("Frase della collega.", (file,))


@pytest.mark.parametrize("picture", ["nessuna", "01890a5d-ac96-774b-bcce-b302099a8057"])
def test_a_picture_that_is_not_there_is_refused(writer: Client, lecco: Any, card: Page, picture: str) -> None:
    with inside(lecco):
        sent = form_of(card, picture=picture)
    assert writer.post(f"/ufficio/sito/{card.pk}/", sent).status_code == 422
