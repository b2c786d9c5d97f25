"""Accepting an invitation."""

from __future__ import annotations

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from campanile_tenants.town.people import services
from campanile_tenants.town.people.adapter import landing_page
from campanile_tenants.town.people.forms import AcceptInvitationForm


@never_cache
def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Asks for a name and a password, makes the account and signs in. 410 when the link is spent."""
    try:
        invitation = services.find_invitation(token)
    except services.InvitationUnusable as error:
        return render(request, "people/invitation_unusable.html", {"error": error}, status=error.http_status)
    form = AcceptInvitationForm(request.POST or None, initial={"full_name": invitation.full_name})
    if request.method == "POST" and form.is_valid():
        user = services.accept(token, full_name=form.cleaned_data["full_name"], password=form.cleaned_data["password"])
        login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return redirect(landing_page(request))
    return render(request, "people/accept_invitation.html", {"form": form, "invitation": invitation})
