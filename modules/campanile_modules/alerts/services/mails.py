"""The alert as a mail: MJML made into HTML that mail programs draw alike (mrml)."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from campanile_modules.alerts.models import Revision
from campanile_modules.alerts.services.capping import address
from campanile_modules.alerts.states import Colour
from campanile_tenants.kit.mails import to_html
from campanile_tenants.kit.town import current_town

_BAND = {Colour.GREEN: ("#00663f", "#ffffff"), Colour.YELLOW: ("#ffcf33", "#17324d"),
         Colour.ORANGE: ("#f08a00", "#17324d"), Colour.RED: ("#b3002d", "#ffffff")}  # fmt: skip
"""Background and text; each pair has a contrast of 4.5:1 at least."""
_DRILL_BAND = ("#5b3a9e", "#ffffff")


def html(
    revision: Revision, headline: str, description: str, steps: list[str], *, ask: bool, language: str
) -> str:  # fmt: skip
    """The whole page. `[[answer]]` and `[[stop]]` stand for the recipient's own links."""
    ground, ink = _DRILL_BAND if revision.alert.is_drill else _BAND[Colour(revision.colour)]
    with translation.override(language):
        values: dict[str, Any] = {
            "town": current_town(), "headline": headline, "description": description, "steps": steps, "ask": ask,
            "language": language, "ground": ground, "ink": ink, "link": address(revision.alert), "revision": revision,
        }  # fmt: skip
        return to_html(render_to_string("alerts/mail.mjml", values))
