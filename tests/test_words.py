"""Italian and English are whole: no string of code or template is left without its translation."""

from __future__ import annotations

import re
import string
from datetime import date
from pathlib import Path

import polib
import pytest
from django.utils import dates, translation
from django.utils.formats import date_format

ROOT = Path(__file__).parents[1]
CATALOGUES = [
    file for floor in ("tenants", "modules", "platform", "graphql") for file in (ROOT / floor).rglob("django.po")
]
_MARKED = re.compile(r"%\((\w+)\)")


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: str(file.relative_to(ROOT).parents[3]))
def test_every_string_has_its_italian_words(file: Path) -> None:
    left = [
        entry.msgid for entry in polib.pofile(str(file))
        if not entry.obsolete and (entry.fuzzy or not (entry.msgstr or all(entry.msgstr_plural.values() or [""])))
    ]  # fmt: skip
    assert left == [], "run `make messages`, then translate"


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: str(file.relative_to(ROOT).parents[3]))
def test_a_translation_names_no_value_that_the_string_has_not(file: Path) -> None:
    for entry in polib.pofile(str(file)):
        known = set(_MARKED.findall(entry.msgid + entry.msgid_plural))
        for words in (entry.msgstr, *entry.msgstr_plural.values()):
            assert set(_MARKED.findall(words)) <= known, entry.msgid


DJANGO = re.compile(
    r"{%\s*blocktranslate.*?endblocktranslate\s*%}|{%\s*comment.*?endcomment\s*%}"
    r"|{%\s*block (?:body_class|og_type|container).*?endblock\s*%}|{%.*?%}|{{.*?}}", re.DOTALL,
)  # fmt: skip
HTML = re.compile(r"<script.*?</script>|<kbd>.*?</kbd>|<[^>]+>|&\w+;", re.DOTALL)
AS_THEY_ARE = {"500.html", "legal_notes.html"}
"""When nothing works any more, both languages stand in the file; the licence is in the words of the national model."""
SAME_EVERYWHERE = {
    "API", "PEC", "2FA", "English", "Italiano", "JSON", "CSV", "ISTAT", "SPID", "CIE", "curl", "openapi.json", "extensions.code", "HTTP", "GraphiQL",
    "reportingReportChanged", "jobChanged", "createUpload", "createExport", "bulkJobs", "registerDocuments",
    "extensions.sandbox", "Content-Type:", "application/json'", "-d", "-H", "'Content-Type", "'", "Campanile", "Atom", "RSS", "ms", "n.", "n",
}  # fmt: skip
"""Names and code, the same in every language."""


@pytest.mark.parametrize(
    "file", sorted(file for floor in ("tenants", "modules", "platform", "graphql") for file in (ROOT / floor).rglob("templates/**/*.html")),
    ids=lambda file: str(file.relative_to(ROOT)),
)  # fmt: skip
def test_a_template_has_no_word_that_cannot_be_translated(file: Path) -> None:
    if file.name in AS_THEY_ARE:
        return
    text = HTML.sub(" ", DJANGO.sub(" ", file.read_text(encoding="utf-8")))
    words = [word for word in text.split() if any(letter in string.ascii_letters for letter in word)]
    assert [word for word in words if word.strip("().,:") not in SAME_EVERYWHERE] == []


def test_our_words_leave_the_names_of_months_and_days_alone() -> None:
    """One catalogue wins over another: a label “May” would turn the fifth month into “Può”."""
    ours = {entry.msgid for file in CATALOGUES for entry in polib.pofile(str(file)) if not entry.obsolete}
    with translation.override("en"):
        taken = {str(name) for names in (dates.MONTHS, dates.MONTHS_3) for name in names.values()}
    assert not ours & taken
    with translation.override("it"):
        assert date_format(date(2027, 5, 24), "j F Y").lower() == "24 maggio 2027"


_ALIAS = re.compile(r"import n?gettext(?:_lazy)? as (?!_$)(\w+)$", re.MULTILINE)


def test_words_are_marked_by_names_that_the_collector_knows() -> None:
    """`_` and the functions' own names: a string behind another name is never collected, and stays in English."""
    found = {
        str(file.relative_to(ROOT)): _ALIAS.findall(file.read_text(encoding="utf-8"))
        for floor in ("tenants", "modules", "platform", "graphql") for file in (ROOT / floor).rglob("*.py")
    }  # fmt: skip
    assert {file: names for file, names in found.items() if names} == {}
