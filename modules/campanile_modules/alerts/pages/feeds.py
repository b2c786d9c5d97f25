"""Feeds for other systems: Atom with the CAP messages of the town, each message signed, and the key to check
it with.
"""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from campanile_modules.alerts import querysets
from campanile_modules.alerts.models import Alert, Revision, SigningKey
from campanile_modules.alerts.states import SENT
from campanile_tenants.kit.permissions import open_to_all
from campanile_tenants.kit.web import absolute, conditional

LATEST = 50
CAP_TYPE = "application/cap+xml"


@require_safe
@open_to_all
def atom(request: HttpRequest) -> HttpResponse:
    """The latest messages as Atom (RFC 4287), each with its CAP document; 304 for who has them already. 1 query."""
    rows = Revision.objects.filter(state__in=SENT, alert__kind=Alert.Kind.ACTUAL).select_related("alert")
    latest = list(rows.order_by("-sent_at")[:LATEST])
    changed = max(
        (one.ended_at or one.sent_at for one in latest if one.sent_at), default=datetime(2026, 1, 1, tzinfo=UTC)
    )
    body = render(request, "alerts/feed.xml", {
        "revisions": latest, "changed": changed, "address": absolute(reverse("alerts:atom")),
        "home": absolute(reverse("alerts:list")),
    }).content  # fmt: skip
    return conditional(request, body, "application/atom+xml; charset=utf-8")


@require_safe
@open_to_all
def cap_message(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One CAP 1.2 message as it was sent, signed (XML signature). 1 query."""
    rows = Revision.objects.filter(state__in=SENT, alert__in=querysets.public())
    revision = get_object_or_404(rows, alert__code=code.upper(), number=number)
    return conditional(request, revision.document.encode(), CAP_TYPE)


@require_safe
@open_to_all
def certificate(request: HttpRequest) -> HttpResponse:
    """The certificate whose key signs the town's messages (PEM). 1 query."""
    key = SigningKey.objects.first()
    if key is None:
        raise Http404
    return conditional(request, key.certificate.encode(), "application/x-pem-file")
