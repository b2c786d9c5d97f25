"""API tokens of the town: made, seen once, revoked."""

from __future__ import annotations

from datetime import datetime, time

from django.contrib import messages
from django.db.models import Count, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from campanile_tenants.contract.access import Audience, Policy
from campanile_tenants.contract.errors import CampanileError
from campanile_tenants.town.api.models import RegisteredDocument
from campanile_tenants.town.api.services import deprecated_uses
from campanile_tenants.town.office.forms import TokenForm
from campanile_tenants.town.people.admission import declared
from campanile_tenants.town.people.models import ApiToken, User
from campanile_tenants.town.people.services import tokens as services

POLICY = Policy(Audience.STAFF, permission="people.manage_tokens")


@declared(POLICY)
def tokens(request: HttpRequest) -> HttpResponse:
    """The list, a form for a new one, whose text is shown in this answer and never again, and outdated fields in use.

    3 queries.
    """
    form = TokenForm(request.POST or None)
    text = ""
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        until = timezone.make_aware(datetime.combine(values["expires_on"], time(23, 59)))
        me = request.user
        assert isinstance(me, User)
        try:
            _token, text = services.make(
                values["name"], values["permissions"], expires_at=until, by=me, sandbox=values["sandbox"]
            )
        except CampanileError as error:
            form.add_error("expires_on" if error.field == "expires_at" else error.field, str(error))
        else:
            form = TokenForm()
    registered = RegisteredDocument.objects.filter(machine=OuterRef("user")).values("machine").annotate(n=Count("pk"))
    context = {
        "tokens": ApiToken.objects.annotate(documents=Subquery(registered.values("n"))),
        "form": form,
        "text": text,
        "scopes": services.scopes(),
        "uses": deprecated_uses(),
    }
    response = render(request, "office/tokens.html", context, status=422 if form.errors else 200)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@declared(POLICY)
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Shuts a token for good."""
    services.revoke(get_object_or_404(ApiToken, pk=pk))
    messages.success(request, _("Revoked: it opens nothing any more."))
    return redirect("office:tokens")
