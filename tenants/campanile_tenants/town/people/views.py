"""Accepting an invitation; coming into a town from the centre, and leaving."""

from __future__ import annotations

from allauth.account.internal.flows.login import record_authentication
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from campanile_infra.addresses import centre_address
from campanile_tenants.contract.errors import NotAllowed
from campanile_tenants.public.registry.gate import current_town
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.people import kept
from campanile_tenants.town.people.adapter import landing_page
from campanile_tenants.town.people.admission import ASSURANCE_KEY
from campanile_tenants.town.people.forms import AcceptInvitationForm
from campanile_tenants.town.people.limits import limited
from campanile_tenants.town.people.models import Role, User
from campanile_tenants.town.people.services import grants, handover, invitations


@never_cache
@limited("invitation")
def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Asks for a name and a password, makes the account and signs in. 410 when the link is spent."""
    try:
        invitation = invitations.find_invitation(token)
    except invitations.InvitationUnusable as error:
        return render(request, "people/invitation_unusable.html", {"error": error}, status=error.http_status)
    form = AcceptInvitationForm(request.POST or None, initial={"full_name": invitation.full_name})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        user = invitations.accept(token, full_name=values["full_name"], password=values["password"])
        login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
        record_authentication(request, user, method="password", reauthenticated=True)
        return redirect(landing_page(request))
    role = Role.objects.filter(code=invitation.role).first()
    context = {"form": form, "invitation": invitation, "role": role}
    return render(request, "people/accept_invitation.html", context)


@require_safe
@never_cache
def from_centre(request: HttpRequest) -> HttpResponse:
    """An operator comes in under a grant: sends her to the centre, which knows who she is."""
    town = current_town()
    binding = handover.set_out(request.session)
    path = reverse("centre:enter", args=[town.istat_code], urlconf=settings.PUBLIC_SCHEMA_URLCONF)
    return redirect(f"{centre_address(path)}?legame={binding}")


@require_safe
@never_cache
@limited("handover")
def arrive(request: HttpRequest, token: str) -> HttpResponse:
    """The end of a hand-over: signs in whoever it names. 403 when it is spent, late, or of another browser."""
    try:
        arrived = handover.redeem(request.session, token)
    except handover.HandOverRefused as error:
        return render(request, "people/handover_refused.html", {"error": error}, status=error.http_status)
    if arrived.user.is_operator and not (arrived.grant and arrived.grant.is_live):
        return render(request, "people/handover_refused.html", {"error": NotAllowed()}, status=403)
    login(request, arrived.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    request.session[ASSURANCE_KEY] = arrived.assurance
    if arrived.provider_session:
        mine = UserSession.objects.filter(session_key=request.session.session_key)
        mine.update(data={"provider_session": arrived.provider_session})
    if arrived.grant is not None:
        record("grant.entered", arrived.grant)
        request.session.set_expiry(arrived.grant.expires_at)
        return redirect(landing_page(request))
    return redirect(request.session.pop("after_sign_in", "/"))


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """The operator ends her own grant and goes back to the centre."""
    user = request.user
    if isinstance(user, User) and user.access.grant is not None:
        grants.end(user.access.grant, by="operator")
    logout(request)
    return redirect(centre_address("/"))


@never_cache
def resume(request: HttpRequest) -> HttpResponse:
    """Shows what was sent after the session had ended, to be sent again; the home page when nothing waits."""
    found = kept.taken_up(request)
    return kept.shown(request, found) if found else redirect("/")
