"""The audit trail: search and filter, export, check of the chain."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from campanile_infra.database.scope import current, in_schema
from campanile_tenants.public.registry.gate import current_town_or_none
from campanile_tenants.town.audit.models import Entry
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.audit.verify import Broken, verify
from campanile_tenants.town.audit.words import describe
from campanile_tenants.town.people.models import User

COLUMNS = (
    "number", "happened_at", "actor_kind", "actor_id", "grant_id", "action", "object_type", "object_id", "network",
    "channel", "details", "hash",
)  # fmt: skip


@require_safe
def trail(request: HttpRequest) -> HttpResponse:
    """A page of the trail, the latest first, with the names of who acted. 4 queries."""
    filters, entries = _filtered(request)
    page = Paginator(entries, 50).get_page(request.GET.get("pagina"))
    ids = {int(entry.actor_id) for entry in page if entry.actor_id.isdigit()}
    names = {str(user.pk): str(user) for user in User.objects.filter(pk__in=ids)}
    rows = [{"entry": entry, "who": names.get(entry.actor_id, ""), "what": describe(entry.action)} for entry in page]
    actions = [
        (code, describe(code)) for code in Entry.objects.order_by("action").values_list("action", flat=True).distinct()
    ]
    context = {"page": page, "rows": rows, "filters": filters, "actions": actions, "kinds": Entry.ActorKind.choices,
               "query": request.GET.urlencode()}  # fmt: skip
    return render(request, "office/audit.html", context)


@require_safe
def export(request: HttpRequest) -> StreamingHttpResponse:
    """What the filters show, as CSV in UTF-8, oldest first; the export itself goes on record."""
    filters, entries = _filtered(request)
    record("audit.exported", None, filters=sorted(name for name, value in filters.items() if value))
    schema, town = current().schema, current_town_or_none()

    def lines() -> Iterator[str]:
        writer = csv.writer(_Echo())
        yield writer.writerow(COLUMNS)
        with in_schema(schema, town):  # the body is read after the middleware has left the town
            for entry in entries.order_by("id").iterator(chunk_size=1000):
                yield writer.writerow([_cell(getattr(entry, column)) for column in COLUMNS])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="registro-{schema}-{date.today():%Y%m%d}.csv"'
    return response


@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """Reads the whole chain again and says whether it is whole."""
    result = verify(current().schema)
    if isinstance(result, Broken):
        messages.error(request, _("The trail is broken: %(what)s") % {"what": result})
    else:
        messages.success(
            request, _("The trail is whole: %(n)s entries, none altered, none missing.") % {"n": result.entries}
        )
    record("audit.checked", None, whole=not isinstance(result, Broken))
    return redirect("office:audit" if current_town_or_none() else "centre:audit")


class _Echo:
    def write(self, line: str) -> str:
        return line


def _cell(value: Any) -> str:
    text = "" if value is None else value.isoformat() if hasattr(value, "isoformat") else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text  # no formula for a spreadsheet


def _filtered(request: HttpRequest) -> tuple[dict[str, str], QuerySet[Entry]]:
    filters = {
        name: request.GET.get(name, "").strip() for name in ("azione", "chi", "persona", "oggetto", "dal", "al")
    }
    entries = Entry.objects.order_by("-id")
    if filters["azione"]:
        entries = entries.filter(action=filters["azione"])
    if filters["chi"]:
        entries = entries.filter(actor_kind=filters["chi"])
    if filters["persona"]:
        entries = entries.filter(actor_id=filters["persona"])
    if filters["oggetto"]:
        entries = entries.filter(object_id=filters["oggetto"])
    for name, lookup in (("dal", "happened_at__date__gte"), ("al", "happened_at__date__lte")):
        try:
            day = parse_date(filters[name])
        except ValueError:
            day = None
        if day:
            entries = entries.filter(**{lookup: day})
    return filters, entries
