"""Settings of a module: the form is made from what the module declares."""

from __future__ import annotations

import dataclasses
from typing import Any, get_type_hints

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from campanile_tenants.contract.errors import InvalidInput
from campanile_tenants.contract.module import ModuleConfig
from campanile_tenants.contract.registry import registry
from campanile_tenants.public.registry import activation
from campanile_tenants.public.registry.gate import current_town, is_enabled
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.office.pages.modules import SWITCH
from campanile_tenants.town.people.admission import declared


def form_class(module: ModuleConfig) -> type[forms.Form]:
    """A form with one field for each setting: whole numbers, yes or no, one of `choices`, text.

    `metadata` of a setting: `label`, `help`, `least`, `most`, `choices` (pairs).
    """
    hints = get_type_hints(module.settings)
    fields = {one.name: _field(one, hints[one.name]) for one in dataclasses.fields(module.settings)}
    return type("SettingsForm", (forms.Form,), fields)


def _field(one: dataclasses.Field[Any], kind: Any) -> forms.Field:
    said = one.metadata
    common = {
        "label": said.get("label", one.name),
        "help_text": said.get("help", ""),
        "required": kind is int or "choices" in said,
    }
    if kind is bool:
        return forms.BooleanField(**common)
    if kind is int:
        return forms.IntegerField(min_value=said.get("least", 0), max_value=said.get("most"), **common)
    if "choices" in said:
        return forms.ChoiceField(choices=said["choices"], **common)
    return forms.CharField(max_length=said.get("most", 500), **common)


@declared(SWITCH)
def module_settings(request: HttpRequest, code: str) -> HttpResponse:
    """Shows and changes the settings of a module that is on. 1 query, 3 when something changes."""
    module = registry.find(code)
    if module is None or not is_enabled(code) or not dataclasses.fields(module.settings):
        raise Http404
    town = current_town()
    before = dataclasses.asdict(activation.settings_from(module, town.settings_of.get(code, {})))
    form = form_class(module)(request.POST or None, initial=before)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                activation.change_settings(town, code, form.cleaned_data)
                changed = sorted(name for name, value in form.cleaned_data.items() if value != before[name])
                record("office.settings_saved", ("module", code), changed=changed)
        except InvalidInput as error:
            form.add_error(error.field, str(error))
        else:
            messages.success(request, _("Saved. It holds from now on."))
            return redirect("office:module_settings", code=code)
    context = {"form": form, "module": module}
    return render(request, "office/module_settings.html", context, status=422 if form.errors else 200)
