"""Requests with a null byte in them: no form of ours sends one, and PostgreSQL takes none in a text."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest

_FORM = "application/x-www-form-urlencoded"


class NullByteMiddleware:
    """Answers 400 to an address or a form that holds U+0000 (`%00`), before anything looks for it in the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.META.get("QUERY_STRING", "")
        if "%00" in asked or "\0" in asked or "\0" in request.path_info or _in_form(request):
            return HttpResponseBadRequest("Bad request: U+0000.\n", content_type="text/plain")
        return self.get_response(request)


def _in_form(request: HttpRequest) -> bool:
    if request.method != "POST" or request.content_type != _FORM:
        return False
    try:
        return b"%00" in request.body or b"\0" in request.body
    except RequestDataTooBig:  # answered by whoever reads the form
        return False
