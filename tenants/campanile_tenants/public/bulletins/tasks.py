"""Asking for bulletins on schedule, politely: with the ETag of the last answer."""

from __future__ import annotations

import logging

from django.conf import settings
from django.utils import timezone

from campanile_infra.tasks.base import centre_task
from campanile_infra.web.fetching import NotFetched, fetch_if_changed
from campanile_tenants.public.bulletins.errors import NotABulletin
from campanile_tenants.public.bulletins.models import Source
from campanile_tenants.public.bulletins.services.taking_in import take_in, tell_towns

_log = logging.getLogger(__name__)


@centre_task(lane="operations")
def fetch_bulletins() -> int:
    """Asks every address in BULLETIN_SOURCES; returns how many outlooks were written.

    One source that is away or damaged does not stop the others; its problem is kept beside its address. What was
    damaged is asked for again, whole.
    """
    written = 0
    for url in settings.BULLETIN_SOURCES:
        source, _ = Source.objects.get_or_create(url=url)
        try:
            found = fetch_if_changed(url, etag=source.etag)
            if found is not None:
                written += take_in(found.content, source=url).written
                source.etag = found.etag
            source.problem = ""
        except NotFetched as error:
            source.problem = f"{error.reason} {error.status or ''}".strip()
            _log.warning("No bulletin from %s: %s", url, source.problem)
        except NotABulletin as error:
            source.problem = str(error)[:200]
            _log.exception("A bulletin from %s could not be read", url)
        source.asked_at = timezone.now()
        source.save()
    if written:
        tell_towns()
    return written
