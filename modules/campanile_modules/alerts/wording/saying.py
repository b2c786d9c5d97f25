"""Moments as people say them, in a message's language: "domani, martedì 3 marzo, alle 12"."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

ROME = ZoneInfo("Europe/Rome")
_DAYS = {
    "it": ("lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = {
    "it": ("gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre",
           "novembre", "dicembre"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December"),
}  # fmt: skip


def day_words(moment: datetime, now: datetime, language: str) -> str:
    """`oggi`, `domani, martedì 3 marzo`, `venerdì 6 marzo`. Days of Europe/Rome."""
    there, today = moment.astimezone(ROME).date(), now.astimezone(ROME).date()
    tongue = "en" if language == "en" else "it"
    name = f"{_DAYS[tongue][there.weekday()]} {there.day} {_MONTHS[tongue][there.month - 1]}"
    if there == today:
        return "today" if tongue == "en" else "oggi"
    if there == today + timedelta(days=1):
        return f"tomorrow, {name}," if tongue == "en" else f"domani, {name},"
    return name


def hour_words(moment: datetime, language: str) -> str:
    """`alle 12`, `all'una e 30` is written `alle 1:30`; midnight and noon by name."""
    there = moment.astimezone(ROME)
    english = language == "en"
    if (there.hour, there.minute) == (0, 0):
        return "at midnight" if english else "a mezzanotte"
    clock = f"{there.hour}:{there.minute:02d}" if there.minute or english else str(there.hour)
    if english:
        return f"at {clock}"
    return f"all'{clock}" if there.hour == 1 and not there.minute else f"alle {clock}"


def when_words(onset: datetime, now: datetime, language: str) -> str:
    """From when: `da adesso`, `da oggi alle 18`, `da domani, martedì 3 marzo, alle 6`."""
    if onset <= now + timedelta(minutes=5):
        return "from now on" if language == "en" else "da adesso"
    there = onset.astimezone(ROME)
    if language != "en" and (there.hour, there.minute) == (0, 0):
        return f"dalle 0 di {day_words(onset, now, language).rstrip(',')}"
    start = "from" if language == "en" else "da"
    return f"{start} {day_words(onset, now, language)} {hour_words(onset, language)}"


def span_words(onset: datetime, end: datetime, now: datetime, language: str) -> tuple[str, str]:
    """From when and until when; a whole day is said as one: `per tutto il giorno di domani, giovedì 26 novembre`."""
    there = onset.astimezone(ROME)
    whole = (there.hour, there.minute) == (0, 0) and end.astimezone(ROME).date() == there.date() + timedelta(days=1)
    if whole and (end.astimezone(ROME).hour, end.astimezone(ROME).minute) == (0, 0):
        day = day_words(onset, now, language).rstrip(",")
        return (f"for the whole of {day}" if language == "en" else f"per tutto il giorno di {day}"), ""
    return when_words(onset, now, language), until_words(end, now, language)


def until_words(end: datetime, now: datetime, language: str) -> str:
    """Until when: `fino a domani, martedì 3 marzo, alle 12`. Midnight belongs to the day it ends."""
    there = end.astimezone(ROME)
    midnight = (there.hour, there.minute) == (0, 0)
    day = day_words(end - timedelta(minutes=1) if midnight else end, now, language)
    start = "until" if language == "en" else "fino a"
    return f"{start} {day} {hour_words(end, language)}"
