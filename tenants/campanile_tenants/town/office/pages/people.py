"""Colleagues: who is here, with which roles; inviting, giving, taking, leaving."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from campanile_tenants.contract.errors import CampanileError
from campanile_tenants.public.registry.gate import current_town_or_none
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.office.forms import InviteForm, RoleForm
from campanile_tenants.town.people.models import Assignment, Invitation, User
from campanile_tenants.town.people.notices import mail_invitation
from campanile_tenants.town.people.services import invitations, staff


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Everybody with an account for work here, and the open invitations. 5 queries."""
    factors = Authenticator.objects.filter(user=OuterRef("pk")).exclude(type="recovery_codes")
    colleagues = staff.colleagues().annotate(has_second_factor=Exists(factors)).order_by("-is_active", "full_name")
    context = {
        "people": colleagues,
        "invitations": Invitation.objects.filter(accepted_at__isnull=True).select_related("office"),
        "now": timezone.now(),
    }
    return render(request, "office/people.html", context)


def invite(request: HttpRequest) -> HttpResponse:
    """Invites somebody by mail."""
    town = current_town_or_none()
    form = InviteForm(request.POST or None, town=town is not None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            invitation, token = invitations.invite(
                values["email"], values["role"].code, full_name=values["full_name"], by=str(request.user),
                office=values.get("office"), categories=values.get("categories"),
            )  # fmt: skip
        except CampanileError as error:
            form.add_error(error.field, str(error))
        else:
            host = town.host if town else settings.CENTRE_HOSTS[0]
            mail_invitation(invitation, token, host, town.full_name if town else settings.CENTRE_NAME)
            messages.success(request, _("Invited. The link in the mail works for seven days."))
            return redirect(f"{_space(request)}:people")
    return render(request, "office/invite.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One colleague: her roles, and what can be done."""
    user = _colleague(pk)
    context = {
        "person": user,
        "form": RoleForm(town=current_town_or_none() is not None),
        "factors": Authenticator.objects.filter(user=user).exclude(type="recovery_codes"),
        "is_me": user.pk == request.user.pk,
    }
    return render(request, "office/person.html", context)


@require_POST
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """`ruolo` gives a role, `togli` takes one, `fuori` signs out, `secondo` resets the factor, `disattiva` ends."""
    user, me = _colleague(pk), request.user
    assert isinstance(me, User)
    try:
        if verb == "ruolo":
            form = RoleForm(request.POST, town=current_town_or_none() is not None)
            if form.is_valid():
                values = form.cleaned_data
                office, categories = values.get("office"), values.get("categories")
                staff.assign(user, values["role"], by=me, office=office, categories=categories)
                messages.success(request, _("Role given: it counts from now."))
            else:
                messages.error(request, _("Choose a role from the list."))
        elif verb == "togli":
            staff.take(get_object_or_404(Assignment, pk=request.POST.get("assignment"), user=user), by=me)
            messages.success(request, _("Role taken back: it counts from now."))
        elif verb == "fuori":
            record("people.signed_out_everywhere", user)
            messages.success(request, _("Signed out of %(n)s sessions.") % {"n": staff.end_sessions(user)})
        elif verb == "secondo":
            staff.reset_second_factor(user, by=me)
            messages.success(request, _("Second factor removed. At the next sign-in a new one is asked for."))
        elif verb == "disattiva":
            staff.deactivate(user, by=me)
            messages.success(request, _("Access ended: sessions, roles and second factors are gone."))
        else:
            raise Http404
    except CampanileError as error:
        messages.error(request, str(error))
    return redirect(f"{_space(request)}:person", pk=pk)


def _colleague(pk: int) -> User:
    return get_object_or_404(staff.colleagues(), pk=pk)


def _space(request: HttpRequest) -> str:
    return "office" if current_town_or_none() else "centre"
