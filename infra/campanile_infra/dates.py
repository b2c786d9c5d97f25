"""Dates in words, with months and weekdays small where the language writes them so."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import get_language

SMALL = ("it", "sl")
"""Languages that write “25 novembre”; Django's Italian names begin with a capital."""


def in_words(value: date, style: str) -> str:
    """A date or moment (already in local time) by Django's format characters, in the language of now.

    >>> from django.utils.translation import override
    >>> with override("it"): in_words(date(2026, 11, 25), "j F Y")
    '25 novembre 2026'
    >>> with override("en"): in_words(date(2026, 11, 25), "j F Y")
    '25 November 2026'
    """
    text = str(date_format(value, style))
    return text.lower() if (get_language() or "it")[:2] in SMALL else text
