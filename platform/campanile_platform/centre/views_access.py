"""Access to towns: asking, the emergencies of colleagues, going in."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from campanile_platform.centre import access_requests as services
from campanile_platform.centre.access import operator_with
from campanile_platform.centre.models import AccessRequest
from campanile_tenants.contract.errors import CampanileError
from campanile_tenants.contract.module import TOWN_ROLES
from campanile_tenants.public.registry.models import Municipality
from campanile_tenants.town.people.models import User
from campanile_tenants.town.people.models.grants import LONGEST_HOURS
from campanile_tenants.town.people.models.roles import STANDARD_NAMES


class AskForm(forms.Form):
    """Why, as what, for how long."""

    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The municipality reads it. Say which ticket or which call it is about."),
    )  # fmt: skip
    role = forms.ChoiceField(label=_("Work as"), initial="reader")
    hours = forms.IntegerField(label=_("Hours"), min_value=1, max_value=LONGEST_HOURS, initial=2)
    emergency = forms.BooleanField(
        label=_("It is an emergency and nobody in the town can be reached"), required=False,
        help_text=_("A second operator has to confirm, and the municipality is told at once."),
    )  # fmt: skip

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        roles = [(code, STANDARD_NAMES[code]) for code in reversed(TOWN_ROLES)]
        self.fields["role"].choices = roles  # type: ignore[attr-defined]


@require_safe
@operator_with("centre.ask_access")
def requests(request: HttpRequest) -> HttpResponse:
    """My open requests and grants, and emergencies that wait for a second operator."""
    me = _me(request)
    waiting = [row for row in services.open_requests() if row.grant.state == "awaiting_second"]
    context = {
        "mine": services.open_requests(me),
        "emergencies": [row for row in waiting if row.request.operator_id != me.pk],
    }
    return render(request, "centre/access.html", context)


@operator_with("centre.ask_access")
def ask(request: HttpRequest, istat_code: str) -> HttpResponse:
    """Asks one town."""
    town = get_object_or_404(Municipality.objects.defer("boundary"), istat_code=istat_code, state="live")
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            grant = services.ask(town, _me(request), **form.cleaned_data)
        except CampanileError as error:
            form.add_error(None, str(error))
        else:
            if grant.is_live:
                messages.success(request, gettext("These are support hours: you may go in now."))
            elif form.cleaned_data["emergency"]:
                messages.success(request, gettext("Now a second operator has to confirm."))
            else:
                messages.success(request, gettext("Asked. The municipality's administrators have a mail."))
            return redirect("centre:access")
    return render(
        request, "centre/ask_access.html", {"form": form, "the_town": town}, status=422 if form.errors else 200
    )


@require_POST
@operator_with("centre.confirm_emergency")
def confirm(request: HttpRequest, pk: str) -> HttpResponse:
    """The second operator of an emergency."""
    asked = get_object_or_404(AccessRequest.objects.select_related("municipality"), pk=pk, is_emergency=True)
    try:
        services.confirm(asked, _me(request))
    except CampanileError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, gettext("Confirmed. The municipality is being told now."))
    return redirect("centre:access")


@require_safe
@never_cache
@operator_with("centre.ask_access")
def enter(request: HttpRequest, istat_code: str) -> HttpResponse:
    """Back into the town that sent the browser here, with a hand-over bound to its session there."""
    town = get_object_or_404(Municipality.objects.defer("boundary"), istat_code=istat_code, state="live")
    binding = request.GET.get("legame", "")
    try:
        token = services.enter(town, _me(request), binding)
    except CampanileError as error:
        messages.error(request, str(error))
        return redirect("centre:access")
    path = reverse("arrive", args=[token], urlconf=settings.ROOT_URLCONF)
    return redirect(town.site(path))


def _me(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
