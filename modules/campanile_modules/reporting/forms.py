"""Forms of citizens and officers."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from campanile_modules.reporting.models import Category
from campanile_modules.reporting.states import Reason, State


class PrivacyForm(forms.Form):
    """Step 1."""

    accept = forms.BooleanField(
        label=_("I have read how my data are used"),
        error_messages={"required": _("Tick the box to go on.")},
    )


class SeveralFilesInput(forms.ClearableFileInput):
    """An input for more than one file."""

    allow_multiple_selected = True


class DetailsForm(forms.Form):
    """Step 2: where, what, and who if she wants an answer."""

    address = forms.CharField(
        label=_("Where is it?"),
        max_length=200,
        required=False,
        help_text=_("Street and number, or describe the place: “behind the school”."),
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    latitude = forms.DecimalField(
        max_digits=9, decimal_places=6, min_value=35, max_value=48, required=False, widget=forms.HiddenInput
    )
    longitude = forms.DecimalField(
        max_digits=9, decimal_places=6, min_value=6, max_value=19, required=False, widget=forms.HiddenInput
    )
    category = forms.ModelChoiceField(
        label=_("What kind of problem?"),
        queryset=Category.objects.none(),
        to_field_name="code",
        empty_label=_("Choose"),
    )
    title = forms.CharField(
        label=_("Title"), max_length=100, help_text=_("For example: hole in front of the pharmacy.")
    )
    description = forms.CharField(
        label=_("Details"),
        max_length=2000,
        required=False,
        help_text=_("Do not write names or health data of other people."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    photos = forms.FileField(
        label=_("Photos"),
        required=False,
        help_text=_("JPEG, PNG or WebP. We remove the place and the model of your phone from them."),
        widget=SeveralFilesInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    name = forms.CharField(
        label=_("Name and surname"), max_length=150, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    email = forms.EmailField(
        label=_("E-mail"), required=False,
        help_text=_("We write to you when something happens. Only the office sees it."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )  # fmt: skip
    website = forms.CharField(required=False, widget=forms.HiddenInput)
    """A trap for programs: people never see it."""

    stored: ClassVar = ("address", "latitude", "longitude", "category", "title", "description", "name", "email")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = Category.objects.filter(is_active=True)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("website"):
            raise forms.ValidationError(_("This looks like it was written by a program. Call the town hall instead."))
        point = (values.get("latitude"), values.get("longitude"))
        if None in point:
            values["latitude"] = values["longitude"] = None
            if not values.get("address") and "address" not in self.errors:
                self.add_error("address", _("Write where it is, or point it out on the map."))
        return values

    def to_store(self) -> dict[str, str]:
        """What the draft keeps: what was typed, right or wrong."""
        return {name: str(self.data.get(name, ""))[:4000] for name in self.stored}


class AnswerForm(forms.Form):
    """What an officer writes."""

    text = forms.CharField(label=_("Text"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))


class CloseForm(AnswerForm):
    """How an officer closes."""

    state = forms.ChoiceField(
        label=_("Outcome"), choices=[(s.value, s.label) for s in (State.RESOLVED, State.CLOSED_NO_ACTION)]
    )
    reason = forms.ChoiceField(
        label=_("Why, if nothing is done"), choices=[("", _("Choose")), *Reason.choices], required=False
    )
