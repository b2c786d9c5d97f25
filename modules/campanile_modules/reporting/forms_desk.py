"""The form of the counter and the telephone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campanile_modules.reporting.forms import DetailsForm
from campanile_modules.reporting.models import Report


class DeskForm(DetailsForm):
    """The citizen's form on one page, without photos; `told`: she was told how her data are used."""

    channel = forms.ChoiceField(
        label=_("She is"),
        choices=[
            (Report.Channel.DESK.value, _("at the counter")),
            (Report.Channel.PHONE.value, _("on the telephone")),
        ],
    )  # fmt: skip
    told = forms.BooleanField(
        label=_("I told her how her data are used, and she agrees that we write to her"), required=False,
        help_text=_("Needed with an e-mail or a telephone. Without them she follows the report by code and secret."),
    )  # fmt: skip
    key = forms.CharField(max_length=32, required=False, widget=forms.HiddenInput)
    """So that sending twice writes one report."""

    field_order = ("channel", "category", "title", "address")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("photos", "place_of_photo", "website"):
            del self.fields[name]
        for name in ("name", "email", "phone", "address"):
            self.fields[name].widget.attrs["autocomplete"] = "off"
        for one in self.questions:  # whoever calls may not know: the office can ask her
            self.fields[f"answer_{one['code']}"].required = False

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if (values.get("email") or values.get("phone")) and not values.get("told"):
            self.add_error("told", gettext("Tell her how her data are used, or leave e-mail and telephone empty."))
        return values
