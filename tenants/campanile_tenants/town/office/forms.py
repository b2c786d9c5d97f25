"""Forms of the back office about people, roles, offices and tokens."""

from __future__ import annotations

import re
from datetime import time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campanile_tenants.public.registry.gate import enabled_modules
from campanile_tenants.town.people.models import Office, OpeningHours, Role, SupportHours, User
from campanile_tenants.town.people.models.offices import Weekday
from campanile_tenants.town.people.services.tokens import scopes

_TIME = r"([01]?\d|2[0-3])(?:[:.]([0-5]\d))?"
_STRETCH = re.compile(rf"{_TIME}\s*[-–]\s*{_TIME}")


def category_choices() -> list[tuple[str, str]]:
    """What roles can be limited to, from the modules that are on: `<module>:<code>`."""
    return [
        (f"{module.code}:{code}", f"{module.verbose_name}: {label}")
        for module in enabled_modules()
        if module.categories
        for code, label in import_string(module.categories)()
    ]


def offer(form: forms.BaseForm, name: str, choices: list[tuple[str, Any]]) -> None:
    """Sets the choices of a field."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


def _choose(form: forms.BaseForm, name: str, rows: QuerySet) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = rows


class RoleForm(forms.Form):
    """A role for somebody; in a town perhaps only for an office or some categories."""

    role = forms.ModelChoiceField(Role.objects.none(), label=_("Role"), to_field_name="code", empty_label=None)
    office = forms.ModelChoiceField(
        Office.objects.none(), label=_("Only for this office"), required=False, empty_label=_("every office")
    )
    categories = forms.MultipleChoiceField(
        label=_("Only for these categories"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: all."),
    )  # fmt: skip

    def __init__(self, *args: Any, town: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "role", Role.objects.all())
        if not town:
            del self.fields["office"], self.fields["categories"]
            return
        _choose(self, "office", Office.objects.filter(is_active=True))
        choices = category_choices()
        offer(self, "categories", choices)
        if not choices:
            del self.fields["categories"]


class InviteForm(RoleForm):
    """A new colleague."""

    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    full_name = forms.CharField(label=_("Name and surname"), max_length=150, required=False)
    field_order = ("email", "full_name", "role", "office", "categories")


class RoleDefinitionForm(forms.Form):
    """What a role holds."""

    name = forms.CharField(label=_("Name of the role"), max_length=80)
    permissions = forms.MultipleChoiceField(label=_("Allowed to"), required=False, widget=forms.CheckboxSelectMultiple)


class OfficeForm(forms.ModelForm):
    """An office with its contacts, and its hours as people write them: `9-12.30, 14-17`."""

    class Meta:
        model = Office
        fields = ("name", "description", "parent", "head", "email", "pec", "phone", "address", "is_active")
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}  # noqa: RUF012 - Django's own form

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known: dict[int, list[str]] = {}
        if self.instance.pk:
            _choose(self, "parent", Office.objects.exclude(pk=self.instance.pk))
            for hours in self.instance.hours.all():
                known.setdefault(hours.weekday, []).append(f"{hours.opens:%H:%M}-{hours.closes:%H:%M}")
        _choose(self, "head", User.objects.filter(kind="staff", is_active=True))
        for day in Weekday:
            self.fields[f"day_{day.value}"] = forms.CharField(
                label=day.label, required=False, max_length=60, initial=", ".join(known.get(day.value, [])),
                widget=forms.TextInput(attrs={"placeholder": "9-12:30, 14-17"}),
            )  # fmt: skip

    stretches: list[tuple[int, time, time]]

    def clean(self) -> dict[str, Any]:
        """Reads the hours. A day that cannot be read says so beside it."""
        values = super().clean() or self.cleaned_data
        self.stretches = []
        for day in Weekday:
            try:
                for opens, closes in read_hours(values.get(f"day_{day.value}") or ""):
                    self.stretches.append((day.value, opens, closes))
            except ValidationError as error:
                self.add_error(f"day_{day.value}", error)
        return values

    def days(self) -> list[Any]:
        """The seven fields for hours, Monday first."""
        return [self[f"day_{day.value}"] for day in Weekday]

    def save_hours(self, office: Office) -> None:
        """Replaces the office's hours by what was written."""
        office.hours.all().delete()
        OpeningHours.objects.bulk_create(
            OpeningHours(office=office, weekday=day, opens=opens, closes=closes)
            for day, opens, closes in self.stretches
        )


class SupportHoursForm(forms.ModelForm):
    """When the centre may come in without being asked each time."""

    class Meta:
        model = SupportHours
        fields = ("weekday", "opens", "closes")
        widgets = {  # noqa: RUF012 - Django's own form
            "opens": forms.TimeInput(attrs={"type": "time"}), "closes": forms.TimeInput(attrs={"type": "time"}),
        }  # fmt: skip


class TokenForm(forms.Form):
    """A token for another system."""

    name = forms.CharField(
        label=_("Which system"), max_length=80, help_text=_("For example: protocol software, open data portal.")
    )
    permissions = forms.MultipleChoiceField(label=_("Allowed to"), required=False, widget=forms.CheckboxSelectMultiple)
    sandbox = forms.BooleanField(
        label=_("Only for trying out"), required=False,
        help_text=_("It is answered as if, but nothing that it writes is kept. What it reads is real."),
    )  # fmt: skip
    expires_on = forms.DateField(
        label=_("Valid until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "permissions", list(scopes().items()))
        self.fields["expires_on"].initial = timezone.localdate() + timedelta(days=180)


def read_hours(text: str) -> list[tuple[time, time]]:
    """`9-12.30, 14-17` as pairs of times. Raises ValidationError, which says how to write it."""
    stretches: list[tuple[time, time]] = []
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        match = _STRETCH.fullmatch(part)
        if match is None:
            raise ValidationError(gettext("Write hours like 9-12:30, 14-17."))
        opens, closes = (time(int(match[n]), int(match[n + 1] or 0)) for n in (1, 3))
        if closes <= opens or (stretches and opens < stretches[-1][1]):
            raise ValidationError(gettext("Each stretch ends after it begins, and begins after the one before."))
        stretches.append((opens, closes))
    return stretches
