"""A form that was sent after the session had ended: its text is kept, one signs in, and it goes on from there.

No form needs to know: what was typed waits in the new session for half an hour and is shown to be sent again.
Files cannot wait; whoever sent some is told to add them again.
"""

from __future__ import annotations

import time
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

_KEY = "kept_form"
_SECONDS = 1800
_MOST_CHARACTERS = 400_000
_NEVER = ("csrfmiddlewaretoken", "password", "password1", "password2", "code", "credential")
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def keep(request: HttpRequest) -> str | None:
    """Keeps what was sent; the address at which it is taken up after signing in. None when it is no form of a page."""
    if request.method != "POST" or request.content_type not in _FORMS:
        return None
    fields = _fields(request)
    if not fields or sum(len(value) for _name, value in fields) > _MOST_CHARACTERS:
        return None
    request.session[_KEY] = {
        "path": request.get_full_path(), "fields": fields, "files": bool(request.FILES), "at": int(time.time()),
    }  # fmt: skip
    return reverse("resume")


def taken_up(request: HttpRequest) -> dict[str, Any] | None:
    """What waits, and no longer does; None when nothing does or its time is over."""
    kept = request.session.pop(_KEY, None)
    if kept is None or time.time() - kept["at"] > _SECONDS:
        return None
    return dict(kept)


def shown(request: HttpRequest, kept: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """The page that shows what was kept and sends it again."""
    texts = sorted((value for _name, value in kept["fields"] if len(value) > 30), key=len, reverse=True)
    response = render(request, "people/kept.html", {"kept": kept, "texts": texts[:6]}, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose page is older than the present session (signed in again in another tab, cookies cleared).

    Sent by a page of ours, as the browser says (Sec-Fetch-Site cannot be forged), it is shown to be sent again.
    Anything else is refused.
    """
    ours = request.headers.get("Sec-Fetch-Site") == "same-origin"
    fields = _fields(request) if ours and request.content_type in _FORMS else []
    path = request.get_full_path()
    if fields and url_has_allowed_host_and_scheme(path, allowed_hosts=None):
        return shown(request, {"path": path, "fields": fields, "files": bool(request.FILES)}, status=403)
    return render(request, "403.html", status=403)


def _fields(request: HttpRequest) -> list[tuple[str, str]]:
    return [(name, str(value)) for name, values in request.POST.lists() if name not in _NEVER for value in values]
