"""Filters of the module's pages."""

from __future__ import annotations

import math

from django import template
from django.utils.translation import gettext as _

from campanile_tenants.kit.outreach import CHANNEL_WORDS

register = template.Library()


@register.filter
def minutes_up(seconds: float) -> int:
    """Seconds as whole minutes, rounded up."""
    return math.ceil(seconds / 60)


@register.filter
def seconds_words(seconds: float | None) -> str:
    """`40 secondi`, `12 minuti`; a dash for nothing."""
    if seconds is None:
        return "-"
    if seconds < 90:
        return _("%(n)s s") % {"n": round(seconds)}
    return _("%(n)s min") % {"n": math.ceil(seconds / 60)}


@register.filter
def channel_words(channel: str) -> str:
    """A channel as people call it."""
    return str(CHANNEL_WORDS.get(channel, channel))
