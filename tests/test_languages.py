"""German and Slovene, where they are official: what citizens read is whole, and nobody else is shown them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polib
import pytest
from django.utils import translation

from campanile_modules.reporting import services
from campanile_modules.reporting.tests.making import report
from campanile_tenants.public.registry.directory import directory
from campanile_tenants.town.delivery.models import Message
from campanile_tenants.town.site.models import Identity
from tests.towns import Town, client, inside, town, user

ROOT = Path(__file__).parents[1]
_TENANTS, _MODULES = "tenants/campanile_tenants", "modules/campanile_modules"
CITIZENS = (
    f"{_TENANTS}/kit/templates/**/*.html", f"{_TENANTS}/town/site/templates/site/*.html",
    f"{_TENANTS}/town/site/templates/site/parts/*.html", f"{_TENANTS}/town/people/templates/people/citizen*.html",
    f"{_TENANTS}/town/people/templates/people/kept.html",
    *(f"{_TENANTS}/town/contacts/templates/contacts/{name}.html" for name in (
        "_steps", "answer", "code", "done", "preferences", "stop", "subscribe", "way")),
    *(f"{_MODULES}/alerts/templates/alerts/{name}.html" for name in (
        "_colour", "_days", "_drill_band", "_words", "detail", "list", "widget_banner", "widget_home")),
    *(f"{_MODULES}/reporting/templates/reporting/{name}.html" for name in (
        "_progress", "_similar", "_state", "_word", "detail", "find", "kiosk", "kiosk_base", "list", "new_details",
        "new_privacy", "new_summary", "open_data", "receipt", "statistics", "widget_home", "widget_mine")),
    *(f"{_MODULES}/newsletters/templates/newsletters/{name}.html" for name in (
        "_topics", "archive", "code", "confirm", "done", "embed", "issue", "preferences", "subscribe")),
    *(f"{_MODULES}/newsletters/{name}.py" for name in (
        "services/subscribing", "services/rendering", "pages/portal", "pages/embedded")),
    f"{_MODULES}/newsletters/templates/newsletters/mail.mjml",
    *(f"{_TENANTS}/town/{name}.py" for name in (
        "site/tree", "site/topics", "site/pages/rating", "site/pages/app", "contacts/forms")),
    *(f"{_MODULES}/reporting/{name}.py" for name in (
        "states", "errors", "forms", "services/following", "services/telling", "pages/portal", "pages/writing")),
)  # fmt: skip
"""What citizens read. Pages of the office fall back to Italian."""
OFFICES_OWN = {"saved_views.html", "house_menu.html"}
_TRANSLATE = re.compile(r"""{%\s*translate\s+(?:"([^"]+)"|'([^']+)')|\b_\("([^"]+)"\)""")
_BLOCK = re.compile(r"{%\s*blocktranslate[^%]*%}(.*?){%\s*endblocktranslate\s*%}", re.DOTALL)
_VALUE = re.compile(r"{{\s*(\w+)\s*}}")
_MARKED = re.compile(r"%\((\w+)\)")
_MARKS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext"}


def strings(file: Path) -> Iterator[str]:
    """The strings of a template or a module, as gettext knows them."""
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".py":
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _MARKS:
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Constant):
                    yield str(first.value)
        return
    yield from (next(filter(None, found.groups())) for found in _TRANSLATE.finditer(text))
    for found in _BLOCK.finditer(text):
        yield _VALUE.sub(r"%(\1)s", found[1].partition("{% plural %}")[0])


def catalogue(language: str) -> dict[str, polib.POEntry]:
    files = [file for floor in (_TENANTS, _MODULES) for file in (ROOT / floor).rglob(f"{language}/**/django.po")]
    return {entry.msgid: entry for file in files for entry in polib.pofile(str(file))}


@pytest.mark.parametrize("language", ["de", "sl"])
def test_what_citizens_read_is_whole(language: str) -> None:
    known = catalogue(language)
    files = {file for pattern in CITIZENS for file in ROOT.glob(pattern) if file.name not in OFFICES_OWN}
    assert len(files) > 60
    asked = {text for file in files for text in strings(file)}
    missing = sorted(text for text in asked if text not in known)
    assert missing == [], f"translate these into {language}"
    for entry in known.values():
        for words in (entry.msgstr, *entry.msgstr_plural.values()):
            assert set(_MARKED.findall(words)) <= set(_MARKED.findall(entry.msgid + entry.msgid_plural)), entry.msgid
        assert entry.msgstr or all(entry.msgstr_plural.values()), entry.msgid


def german(place: Town) -> Town:
    with inside(place):
        Identity.objects.update_or_create(defaults={"languages": ["de"]})
    directory.forget()
    return town(place.istat_code)


def page(place: Any, path: str, **headers: str) -> str:
    return client(place).get(path, headers=headers).content.decode()


@pytest.mark.django_db
def test_german_is_spoken_where_it_is_official_and_nowhere_else(lecco: Town, merate: Town) -> None:
    asks = {"Accept-Language": "de-AT,en;q=0.5"}
    assert '<html lang="en"' in page(lecco, "/", **asks), "the next best of what the town speaks"
    assert '<html lang="it"' in page(lecco, "/", **{"Accept-Language": "sl"})
    assert "Deutsch" not in page(lecco, "/")
    bolzano = german(merate)
    shown = page(bolzano, "/segnalazioni/nuova/", **asks)
    assert '<html lang="de"' in shown
    assert "Ein Problem melden" in shown
    assert "Ich habe gelesen, wie meine Daten verwendet werden" in shown
    assert 'value="it" lang="it">Italiano' in shown
    assert "Deutsch" in page(bolzano, "/", **{"Accept-Language": "it"})
    browser = client(bolzano)
    browser.post("/lingua/", {"language": "de", "next": "/"})
    assert '<html lang="de"' in browser.get("/servizi/").content.decode()


@pytest.mark.django_db
def test_who_wrote_in_german_is_answered_in_german(merate: Town) -> None:
    bolzano = german(merate)
    with inside(bolzano):
        with translation.override("de"):
            one = report(email="anna@example.org", language="de")
        services.take_charge(one, by=user("tecnico"))
        subjects = list(Message.objects.order_by("created_at").values_list("subject", flat=True))
    assert subjects == [
        f"Ihre Meldung {one.code} ist eingegangen",
        f"Ihre Meldung {one.code} ist beim Amt in Bearbeitung",
    ]
