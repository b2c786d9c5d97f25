"""Ready words filled in: for a hazard and colour, for the end of an alert, for a drill."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from campanile_modules.alerts.states import Hazard
from campanile_modules.alerts.wording.catalogue import (
    ALL_CLEAR,
    COLOURS,
    DRILL,
    EXPLAIN_DRILL,
    FALSE_ALARM,
    READY,
    Blank,
    Words,
)
from campanile_modules.alerts.wording.saying import span_words

LANGUAGES = ("it", "en")
MISSING = "____"
"""What stands in a text where somebody has to fill something in; nothing with it in can be sent."""
Texts = dict[str, dict[str, str]]


def fill(
    hazard: str, colour: int, *, town: str, onset: datetime, expires_at: datetime, now: datetime,
    blanks: Mapping[str, str] | None = None,
) -> Texts:  # fmt: skip
    """The texts in every language. A required blank that is empty leaves `____`; another one leaves nothing."""
    ready = READY[Hazard(hazard)]
    found: Texts = {}
    for language in LANGUAGES:
        when, until = span_words(onset, expires_at, now, language)
        values = {
            "town": town, "colour": COLOURS[language][colour], "when": when, "When": when[:1].upper() + when[1:],
            "until": until,
            **{blank.name: _blank(blank, dict(blanks or {}), language) for blank in ready.blanks},
        }  # fmt: skip
        found[language] = _texts(ready.words(language), values)
    return found


def ending(texts: Mapping[str, Mapping[str, str]], *, false_alarm: bool) -> Texts:
    """The words that end an alert: that it was a mistake, or that it is over. In the languages it was told in."""
    source = FALSE_ALARM if false_alarm else ALL_CLEAR
    return {
        language: _texts(source.get(language, source["it"]), {"headline": said.get("headline", "")})
        for language, said in texts.items()
    }


def marked(text: str, language: str) -> str:
    """A headline of a drill."""
    return f"{DRILL.get(language, DRILL['it'])}. {text}"


def explained(text: str, language: str) -> str:
    """A text of a drill: says so at its begin and its end."""
    words = EXPLAIN_DRILL.get(language, EXPLAIN_DRILL["it"])
    return f"{words}\n\n{text}\n\n{words}"


def _blank(blank: Blank, values: dict[str, str], language: str) -> str:
    value = " ".join(values.get(blank.name, "").split())
    if blank.name == "level" and value:
        return f": now {value} metres" if language == "en" else f": ora {value} metri"
    return value or (MISSING if blank.required else "")


def _texts(words: Words, values: Mapping[str, Any]) -> dict[str, str]:
    return {
        "headline": _capital(_tidy(words.headline.format_map(values))),
        "description": _capital(_tidy(words.description.format_map(values))),
        "instruction": "\n".join(
            line for line in map(_tidy, words.instruction.format_map(values).split("\n")) if line
        ),
    }


def _tidy(text: str) -> str:
    return re.sub(r",([.,])", r"\1", re.sub(r"\s+([.,:])", r"\1", " ".join(text.split())))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
