"""Words: moments as people say them, ready texts, what is hard to read, what a call says."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from campanile_modules.alerts.states import Hazard
from campanile_modules.alerts.wording import aloud, plain
from campanile_modules.alerts.wording.catalogue import READY
from campanile_modules.alerts.wording.filling import LANGUAGES, MISSING, ending, fill
from campanile_modules.alerts.wording.saying import span_words, until_words, when_words

ROME = ZoneInfo("Europe/Rome")
NOW = datetime(2026, 3, 2, 16, 0, tzinfo=ROME)


@pytest.mark.parametrize(
    ("hours", "said"),
    [(0, "da adesso"), (2, "da oggi alle 18"), (14, "da domani, martedì 3 marzo, alle 6"),
     (33, "da mercoledì 4 marzo all'1"), (8, "dalle 0 di domani, martedì 3 marzo")],
)  # fmt: skip
def test_from_when(hours: int, said: str) -> None:
    assert when_words(NOW + timedelta(hours=hours), NOW, "it") == said


def test_midnight_belongs_to_the_day_that_ends() -> None:
    midnight = datetime(2026, 3, 3, tzinfo=ROME)
    assert until_words(midnight, NOW, "it") == "fino a oggi a mezzanotte"
    assert until_words(midnight + timedelta(hours=12), NOW, "it") == "fino a domani, martedì 3 marzo, alle 12"
    assert until_words(midnight + timedelta(hours=12), NOW, "en") == "until tomorrow, Tuesday 3 March, at 12:00"
    whole = span_words(midnight, midnight + timedelta(days=1), NOW, "it")
    assert whole == ("per tutto il giorno di domani, martedì 3 marzo", "")


def test_the_night_in_which_the_clock_changes() -> None:
    before = datetime(2026, 3, 28, 20, 0, tzinfo=ROME)
    assert until_words(datetime(2026, 3, 29, 3, 30, tzinfo=ROME), before, "it").endswith("alle 3:30")
    day = datetime(2026, 3, 29, tzinfo=ROME)
    assert span_words(day, datetime(2026, 3, 30, tzinfo=ROME), before, "it")[1] == "", "a day of 23 hours is a day"


@pytest.mark.parametrize("hazard", [one for one in Hazard if one != Hazard.OTHER])
@pytest.mark.parametrize("colour", range(4))
def test_every_ready_text_is_whole_and_plain(hazard: Hazard, colour: int) -> None:
    blanks = {blank.name: blank.example for blank in READY[hazard].blanks}
    texts = fill(hazard, colour, town="Lecco", onset=NOW, expires_at=NOW + timedelta(hours=9), now=NOW, blanks=blanks)
    for language in LANGUAGES:
        said = texts[language]
        assert all(said.values()), said
        assert not any(mark in text for text in said.values() for mark in (MISSING, "{", "}", " ,", ",.", "  ")), said
    italian = plain.remarks(**texts["it"])
    assert not italian, [remark.text for remark in italian]


def test_a_blank_that_is_empty_stops_it_and_an_optional_one_leaves_nothing() -> None:
    texts = fill("flood", 3, town="Lecco", onset=NOW, expires_at=NOW + timedelta(hours=9), now=NOW)
    assert any(remark.blocks and remark.code == "BLANK" for remark in plain.remarks(**texts["it"]))
    known = fill(
        "flood", 3, town="Lecco", onset=NOW, expires_at=NOW + timedelta(hours=9), now=NOW, blanks={"river": "Adda"}
    )
    assert "sale. L'acqua" in known["it"]["description"]


def test_stiff_words_are_found() -> None:
    found = plain.remarks(
        "AVVISO IMPORTANTE", "Si invita la cittadinanza a non recarsi presso le aree interdette al transito veicolare onde "
        "evitare criticità, in ottemperanza all'ordinanza, per tutta la durata dell'evento meteorologico avverso.", "",
    )  # fmt: skip
    assert {"STIFF", "LONG_SENTENCE", "CAPITALS", "NO_INSTRUCTION", "HARD"} <= {remark.code for remark in found}
    assert any(
        remark.code == "VAGUE" for remark in plain.remarks("Neve", "Arriva nelle prossime ore.", "Resta a casa.")
    )


def test_what_a_call_says() -> None:
    said = aloud.script(
        "Comune di Lecco", "Strada chiusa: SP 62", "Riapre alle 18:30 – forse.", "Chiama il 112", "it", drill=False
    )
    assert said == "Comune di Lecco. Strada chiusa: provinciale 62. Riapre alle 18 e 30, forse. Chiama il uno uno due."
    assert aloud.script("A", "B", "C", "", "it", drill=True).startswith("Questa è un'esercitazione")
    assert 20 < aloud.seconds(said) < 60


def test_the_end_says_what_ended_in_each_language() -> None:
    texts = fill("snow", 2, town="Lecco", onset=NOW, expires_at=NOW + timedelta(hours=9), now=NOW)
    mistake, over = ending(texts, false_alarm=True), ending(texts, false_alarm=False)
    assert mistake["it"]["headline"] == "Falso allarme: Allerta arancione per neve"
    assert over["en"]["headline"] == "All clear: Orange alert for snow"
