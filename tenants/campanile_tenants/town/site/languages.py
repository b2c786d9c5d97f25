"""In which languages a town's pages speak: Italian and English, German or Slovene where they are official."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from campanile_tenants.public.registry.models import Town
from campanile_tenants.town.site.face import face_of

EVERYWHERE = ("it", "en")
NAMES = {"it": "Italiano", "en": "English", "de": "Deutsch", "sl": "Slovenščina"}
"""Each in its own language, as whoever looks for it reads it."""


def spoken_in(town: Town | None) -> tuple[str, ...]:
    """The languages of a town's pages, Italian first. No query but the first of a process."""
    return EVERYWHERE if town is None else tuple(dict.fromkeys((*EVERYWHERE, *face_of(town).languages)))


def others(town: Town) -> list[tuple[str, str]]:
    """The languages to change to, as (code, name), without the one of now."""
    here = (translation.get_language() or "it")[:2]
    return [(code, NAMES[code]) for code in spoken_in(town) if code != here]


class TownLocaleMiddleware(LocaleMiddleware):
    """Django's, and a browser that asks for a language which the town does not speak gets its next best."""

    def process_request(self, request: HttpRequest) -> None:
        """Activates the language of this request."""
        super().process_request(request)
        language = translation.get_language()[:2]
        if language in EVERYWHERE or language in spoken_in(getattr(request, "town", None)):
            return
        asked = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
        best = next((code[:2] for code, _weight in asked if code[:2] in EVERYWHERE), settings.LANGUAGE_CODE)
        translation.activate(best)
        request.LANGUAGE_CODE = translation.get_language()
