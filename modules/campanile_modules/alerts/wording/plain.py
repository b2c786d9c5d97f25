"""What is hard to read in a text, before it goes to people who are afraid, old, or do not know the language well."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from campanile_modules.alerts.wording.filling import MISSING

LONGEST_SENTENCE = 20
"""Words; the advice of the plain-language guides of the public administration is twenty-five at most."""
EASY = 60
"""Gulpease (Lucisano and Piemontese, 1988): 89 + (300 sentences - 10 letters) / words; 60 is easy with a middle-school
certificate.
"""
LONGEST_HEADLINE = 90
_STIFF = {
    "si invita la cittadinanza": "scrivi a chi legge: “non uscire”", "la cittadinanza": "tu",
    "si prega di": "(toglilo)",
    "si raccomanda": "scrivi che cosa fare", "onde evitare": "per evitare", "al fine di": "per",
    "nelle more": "intanto", "suddett": "quest", "sopracitat": "quest", "predett": "quest", "ottemperare": "seguire",
    "effettuare": "fare", "provvedere a": "(toglilo)", "interdett": "chius", "transito veicolare": "auto",
    "abitazione": "casa", "recarsi": "andare", "autovettur": "auto", "in ottemperanza": "secondo", "altresì": "anche",
    "qualora": "se", "precipitazioni nevose": "neve", "precipitazioni": "pioggia",
    "fenomeni temporaleschi": "temporali",
    "esondazione": "l'acqua esce", "evento meteorologico": "maltempo", "criticità": "pericolo",
    "divieto di": "“non ...”", "ai sensi di": "(toglilo)", "presso": "a, in, da",
}  # fmt: skip
_VAGUE = ("a breve", "quanto prima", "nelle prossime ore", "in giornata", "al più presto", "prossimamente", "shortly",
          "as soon as possible")  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SENTENCE = re.compile(r"[.!?\n]+")


@dataclass(frozen=True)
class Remark:
    """Something to make better. `blocks`: it cannot be sent like this."""

    code: str
    text: str
    blocks: bool = False


def gulpease(text: str) -> int:
    """How easy an Italian text is, 0 to 100; 100 for a text of no words."""
    words = _WORD.findall(text)
    if not words:
        return 100
    sentences = max(1, len([part for part in _SENTENCE.split(text) if _WORD.search(part)]))
    letters = sum(len(word.replace("'", "").replace("’", "")) for word in words)
    return max(0, min(100, round(89 + (300 * sentences - 10 * letters) / len(words))))


def remarks(headline: str, description: str, instruction: str, language: str = "it") -> list[Remark]:
    """What to make better, the worst first."""
    whole = f"{headline}.\n{description}\n{instruction}"
    found = [*_missing(headline, description, instruction), *_long(headline, whole), *_words(whole, language)]
    if language == "it" and (ease := gulpease(whole)) < EASY:
        words = _("Hard to read (%(ease)s of 100): shorter sentences, shorter words.") % {"ease": ease}
        found.append(Remark("HARD", words))
    return found


def _missing(headline: str, description: str, instruction: str) -> Iterator[Remark]:
    if MISSING in f"{headline}{description}{instruction}":
        yield Remark("BLANK", _("Something is still to be filled in: look for ____."), blocks=True)
    if not headline.strip():
        yield Remark("NO_HEADLINE", _("Write a headline: it is all that many people read."), blocks=True)
    if not description.strip():
        yield Remark("NO_DESCRIPTION", _("Say what happens, where and until when."), blocks=True)
    if not instruction.strip():
        yield Remark("NO_INSTRUCTION", _("Say what people should do: without it they will call you."))


def _long(headline: str, whole: str) -> Iterator[Remark]:
    if len(headline) > LONGEST_HEADLINE:
        yield Remark("LONG_HEADLINE", _("The headline is long: telephones cut it after 90 characters."))
    for sentence in _SENTENCE.split(whole):
        if len(_WORD.findall(sentence)) > LONGEST_SENTENCE:
            start = " ".join(sentence.split()[:4])
            yield Remark("LONG_SENTENCE", _("A long sentence, make two of it: “%(start)s …”") % {"start": start})


def _words(whole: str, language: str) -> Iterator[Remark]:
    lower = whole.lower()
    if shouted := [word for word in _WORD.findall(whole) if len(word) > 4 and word.isupper()]:
        yield Remark("CAPITALS", _("Capitals are hard to read: %(word)s") % {"word": shouted[0]})
    for stiff, better in _STIFF.items() if language == "it" else ():
        if re.search(rf"\b{re.escape(stiff)}", lower):
            yield Remark("STIFF", _("“%(stiff)s”: better %(better)s") % {"stiff": stiff, "better": better})
    for vague in _VAGUE:
        if vague in lower:
            yield Remark("VAGUE", _("“%(vague)s” tells nobody when: write the hour.") % {"vague": vague})
