"""Reasons in words for editors."""

from __future__ import annotations

from django.utils.translation import gettext as _


def why_not_fetched(reason: str) -> str:
    """Why an address of the web led nowhere: a `reason` of `NotFetched`, or the HTTP status as text."""
    words = {
        "address": _("this is no address of the web"),
        "private": _("this address is inside a private network"),
        "unknown_host": _("there is no such site"),
        "no_answer": _("the site does not answer"),
        "too_large": _("the list is larger than 5 MB"),
        "redirects": _("the site sends us round in circles"),
        "404": _("there is no such page (error 404)"),
    }
    return words.get(reason) or _("the site answers with error %(status)s") % {"status": reason}
