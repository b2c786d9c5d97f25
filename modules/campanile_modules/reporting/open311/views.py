"""The endpoints: services, service definitions, requests, tokens, the discovery document."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.core.files.base import ContentFile
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from campanile_modules.reporting import photos, services
from campanile_modules.reporting.forms import DetailsForm
from campanile_modules.reporting.models import Category, Draft, Report
from campanile_modules.reporting.open311 import reading, wire
from campanile_modules.reporting.open311.wire import Refused
from campanile_modules.reporting.querysets import ReportQuerySet
from campanile_modules.reporting.states import CLOSED, OPEN
from campanile_tenants.kit.fetching import NotFetched, fetch
from campanile_tenants.kit.machines import TokenRefused, user_of
from campanile_tenants.kit.module import CampanileError
from campanile_tenants.kit.permissions import open_to_all
from campanile_tenants.kit.town import current_town

WRITE = "reporting.send_by_open311"
WINDOW = timedelta(days=90)
MOST = 1_000
_Endpoint = Callable[..., HttpResponseBase]


def _endpoint(*methods: str) -> Callable[[_Endpoint], _Endpoint]:
    """What all endpoints share: formats, methods, jurisdiction, and refusals in the standard's body."""

    def decorate(view: _Endpoint) -> _Endpoint:
        @csrf_exempt
        @open_to_all
        @wraps(view)
        def answered(request: HttpRequest, form: str, **kwargs: Any) -> HttpResponseBase:
            if form not in wire.FORMATS:
                return wire.errors(404, [_("Formats are json and xml.")], "json")
            if request.method not in (*methods, "HEAD" if "GET" in methods else ""):
                response = wire.errors(405, [_("This method is not part of the standard here.")], form)
                response["Allow"] = ", ".join(methods)
                return response
            try:
                _look_at_jurisdiction(request)
                return view(request, form, **kwargs)
            except Refused as refused:
                return wire.errors(refused.status, refused.faults, form)

        return answered

    return decorate


@_endpoint("GET")
def discovery(request: HttpRequest, form: str) -> HttpResponse:
    """Where the endpoint is."""
    return wire.answer("discovery", reading.discovery(), form)


@_endpoint("GET")
def service_list(request: HttpRequest, form: str) -> HttpResponse:
    """The categories that take reports. 1 query."""
    rows = Category.objects.filter(is_active=True, stop_text="").select_related("parent")
    return wire.answer("services", [reading.service(row) for row in rows], form)


@_endpoint("GET")
def service_definition(request: HttpRequest, form: str, code: str) -> HttpResponse:
    """The questions of one category. 1 query."""
    category = Category.objects.filter(code=code, is_active=True).first()
    if category is None:
        raise Refused(404, _("There is no service with the service_code “%(code)s”.") % {"code": code[:60]})
    return wire.answer("service_definition", reading.definition(category), form)


@_endpoint("GET", "POST")
def requests(request: HttpRequest, form: str) -> HttpResponse:
    """The latest reports with the standard's filters, or a new one. 3 queries to read."""
    if request.method == "POST":
        return _post(request, form)
    rows = _filtered(request).select_related("category", "office").prefetch_related("photos")
    first, size = _page(request)
    return wire.answer("service_requests", [reading.request(row) for row in rows[first : first + size]], form)


@_endpoint("GET")
def one(request: HttpRequest, form: str, code: str) -> HttpResponse:
    """One report, as a list of one. 2 queries."""
    rows = _public().filter(code=code.upper()).select_related("category", "office").prefetch_related("photos")
    found = [reading.request(row) for row in rows]
    if not found:
        raise Refused(404, _("There is no request with the service_request_id “%(code)s”.") % {"code": code[:60]})
    return wire.answer("service_requests", found, form)


@_endpoint("GET")
def token(request: HttpRequest, form: str, code: str) -> HttpResponse:
    """Our tokens are the codes themselves: every report has its number at once. 1 query."""
    if not Report.objects.filter(code=code.upper()).exists():
        raise Refused(404, _("There is no token “%(code)s”.") % {"code": code[:60]})
    rows = [{"token": code.upper(), "service_request_id": code.upper()}]
    return wire.answer("service_requests", rows, form)


def _post(request: HttpRequest, form: str) -> HttpResponse:
    """A new report: `api_key`, `service_code`, `lat` and `long` or `address_string`, `attribute[code]`,
    `media_url`.
    """
    given = request.POST
    _key(request)
    category = Category.objects.filter(code=given.get("service_code", "")).first()
    if category is None:
        raise Refused(404 if given.get("service_code") else 400, _("service_code is missing or unknown."))
    text = " ".join(given.get("description", "").split())
    name = " ".join(part for part in (given.get("first_name", ""), given.get("last_name", "")) if part)
    details = DetailsForm({
        "category": category.code, "title": text[:100], "description": given.get("description", ""),
        "address": given.get("address_string", ""), "latitude": given.get("lat", ""), "longitude": given.get("long",
                                                                                                             ""),
        "in_town": "on", "name": name, "email": given.get("email", ""), "phone": given.get("phone", ""),
        **{f"answer_{code}": value for code, value in _attributes(given)},
    })  # fmt: skip
    if not details.is_valid():
        raise Refused(400, *(f"{_NAMES.get(field, field)}: {' '.join(map(str, faults))}"
                             for field, faults in details.errors.items()))  # fmt: skip
    sent = {field: details.cleaned_data[field] for field in DetailsForm.stored}
    try:
        report = services.submit(**sent, channel=Report.Channel.OPEN311, answers=details.answers(),
                                 language=(get_language() or "it")[:2], draft=_media(given.get("media_url",
                                                                                               "")))  # fmt: skip
    except CampanileError as error:
        raise Refused(400, str(error)) from error
    told = {"service_request_id": report.code, "service_notice": _notice(report)}
    return wire.answer("service_requests", [told], form, 201)


_NAMES = {
    "category": "service_code", "title": "description", "latitude": "lat", "longitude": "long", "name": "first_name",
    "address": "address_string",
}  # fmt: skip
"""Our fields under the standard's names."""


def _notice(report: Report) -> str | None:
    due = reading.moment(report.answer_due_at)
    return _("We answer by %(day)s.") % {"day": due[:10]} if due else None


def _key(request: HttpRequest) -> None:
    """The API key is a token of the town that may send reports."""
    try:
        machine = user_of(request.POST.get("api_key") or request.GET.get("api_key", ""))
    except TokenRefused as error:
        raise Refused(403, str(error)) from error
    if not machine.has_permission(WRITE):
        raise Refused(403, _("This api_key may not send reports."))


def _media(url: str) -> Draft | None:
    """The picture behind `media_url`, fetched and drawn again; never from our own network."""
    if not url:
        return None
    draft = Draft.objects.create()
    try:
        picture = fetch(url, most_bytes=15 * 1024 * 1024)
        photos.add(draft, ContentFile(picture.content, name=url.rpartition("/")[2][:80] or "photo"))
    except NotFetched as error:
        raise Refused(
            400, _("media_url: the picture could not be fetched (%(why)s).") % {"why": error.reason}
        ) from error
    except CampanileError as error:
        raise Refused(400, f"media_url: {error}") from error
    return draft


def _attributes(given: Any) -> list[tuple[str, str]]:
    """`attribute[code]=value`; of several values the standard's `attribute[code][]` the first."""
    found = []
    for name, value in given.items():
        if name.startswith("attribute[") and "]" in name:
            found.append((name[10 : name.index("]")], value))
    return found


def _look_at_jurisdiction(request: HttpRequest) -> None:
    """One town a host: a jurisdiction is not needed, and another one is refused."""
    town = current_town()
    asked = request.GET.get("jurisdiction_id") or request.POST.get("jurisdiction_id") or ""
    if asked and asked.lower() not in {town.istat_code, (town.host or "").lower(), town.ipa_code.lower()}:
        raise Refused(404, _("jurisdiction_id “%(name)s” is not served here.") % {"name": asked[:80]})


def _public() -> ReportQuerySet:
    return Report.objects.all().public()


def _filtered(request: HttpRequest) -> ReportQuerySet:
    asked = request.GET
    reports = _public()
    if codes := asked.get("service_request_id"):  # overrides all other arguments, says the standard
        return reports.filter(code__in=[code.strip().upper() for code in codes.split(",")][:MOST])
    if codes := asked.get("service_code"):
        reports = reports.filter(category__code__in=codes.split(",")[:100])
    if statuses := asked.get("status"):
        wanted = Q(pk__in=[])
        for status in statuses.split(","):
            if status not in ("open", "closed"):
                raise Refused(400, _("status is open or closed."))
            wanted |= Q(state__in=OPEN if status == "open" else CLOSED)
        reports = reports.filter(wanted)
    first, last = _window(asked.get("start_date", ""), asked.get("end_date", ""))
    return reports.filter(created_at__gte=first, created_at__lte=last)


def _window(start: str, end: str) -> tuple[datetime, datetime]:
    """The standard's window: 90 days at most, the latest 90 when nothing is said."""
    first, last = _date("start_date", start), _date("end_date", end)
    last = last or (first + WINDOW if first else timezone.now())
    first = first or last - WINDOW
    if last < first:
        raise Refused(400, _("end_date lies before start_date."))
    if last - first > WINDOW:
        raise Refused(400, _("start_date and end_date may not be more than 90 days apart."))
    return first, last


def _date(name: str, text: str) -> datetime | None:
    if not text:
        return None
    try:
        found = parse_datetime(text.replace(" ", "+"))  # a plus that was not escaped in the address
        if found is None and (day := parse_date(text)):
            found = datetime.combine(day, datetime.min.time())
        if found is not None:
            found = timezone.make_aware(found) if timezone.is_naive(found) else found
            found - WINDOW, found + WINDOW
    except (ValueError, OverflowError):
        found = None
    if found is None:
        raise Refused(400, _("%(name)s is a date like 2026-11-25T10:00:00+01:00.") % {"name": name})
    return found


def _page(request: HttpRequest) -> tuple[int, int]:
    """`page` and `page_size` (1 to 1,000), an extension that most servers know."""
    try:
        page, size = int(request.GET.get("page", 1)), int(request.GET.get("page_size", MOST))
    except ValueError:
        raise Refused(400, _("page and page_size are numbers.")) from None
    if not (1 <= page <= 100_000 and 1 <= size <= MOST):
        raise Refused(400, _("page begins at 1, page_size goes from 1 to 1000."))
    return (page - 1) * size, size
