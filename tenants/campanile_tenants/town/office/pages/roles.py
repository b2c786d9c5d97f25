"""Roles: the matrix of who can do what, to read and to print, and what a role holds."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from campanile_tenants.contract.access import Host
from campanile_tenants.contract.errors import CampanileError
from campanile_tenants.contract.registry import registry
from campanile_tenants.public.registry.gate import current_town_or_none
from campanile_tenants.town.office.forms import RoleDefinitionForm, offer
from campanile_tenants.town.people.models import Assignment, Role
from campanile_tenants.town.people.models.roles import ADMINISTRATOR
from campanile_tenants.town.people.services import staff


@require_safe
def matrix(request: HttpRequest) -> HttpResponse:
    """Rows are permissions by module, columns are roles; below, who holds each role. 3 queries."""
    roles = list(Role.objects.all())
    held = {role.pk: role.permissions for role in roles}
    groups: dict[str, list[dict[str, object]]] = {}
    for code, permission in registry.permissions(_host()).items():
        module = registry.find(code.split(".", 1)[0])
        group = (
            str(module.verbose_name) if module else _("Office and people") if current_town_or_none() else _("Console")
        )
        row = {"permission": permission, "cells": [{"role": role, "has": code in held[role.pk]} for role in roles]}
        groups.setdefault(group, []).append(row)
    holders: dict[int, list[Assignment]] = {role.pk: [] for role in roles}
    assignments = Assignment.objects.filter(user__is_active=True).select_related("user", "office")
    for assignment in assignments.order_by("user__full_name"):
        holders[assignment.role_id].append(assignment)
    context = {"groups": groups, "roles": [{"role": role, "holders": holders[role.pk]} for role in roles]}
    return render(request, "office/roles.html", context)


def edit(request: HttpRequest, code: str = "") -> HttpResponse:
    """Makes or changes a role; POST `delete` removes one of the town's own."""
    role = get_object_or_404(Role, code=code) if code else None
    space = "office" if current_town_or_none() else "centre"
    if request.method == "POST" and "delete" in request.POST and role is not None:
        try:
            staff.delete_role(role)
        except CampanileError as error:
            messages.error(request, str(error))
            return redirect(f"{space}:role", code=code)
        messages.success(request, _("Role deleted."))
        return redirect(f"{space}:roles")
    initial = {"name": str(role) if role else "", "permissions": sorted(role.permissions) if role else []}
    form = RoleDefinitionForm(request.POST or None, initial=initial)
    offer(form, "permissions", [(known.code, known.label) for known in registry.permissions(_host()).values()])
    if role is not None and role.is_standard:
        form.fields["name"].disabled = True
    form.fields["permissions"].disabled = role is not None and role.code == ADMINISTRATOR
    if request.method == "POST" and form.is_valid():
        try:
            staff.save_role(role, name=form.cleaned_data["name"], permissions=set(form.cleaned_data["permissions"]))
        except CampanileError as error:
            form.add_error(error.field, str(error))
        else:
            messages.success(request, _("Saved. It counts from now for everybody who holds the role."))
            return redirect(f"{space}:roles")
    return render(request, "office/role.html", {"form": form, "role": role}, status=422 if form.errors else 200)


def _host() -> Host:
    return Host.TOWN if current_town_or_none() else Host.CENTRE
