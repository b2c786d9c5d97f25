"""The wizard's form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campanile_tenants.contract.registry import registry


class OnboardForm(forms.Form):
    """What the official list does not know: address, contacts, modules, first administrator."""

    host = forms.CharField(
        label=_("Address of the site"), max_length=253, help_text=_("You can change what we suggest.")
    )
    address = forms.CharField(label=_("Address of the town hall"), max_length=200, required=False)
    contact_phone = forms.CharField(label=_("Telephone"), max_length=30, required=False)
    contact_email = forms.EmailField(label=_("E-mail"), required=False)
    contact_pec = forms.EmailField(label=_("Certified e-mail (PEC)"), required=False)
    modules = forms.MultipleChoiceField(
        label=_("Modules to begin with"), required=False, widget=forms.CheckboxSelectMultiple
    )
    administrator_name = forms.CharField(label=_("First administrator"), max_length=150, required=False)
    administrator_email = forms.EmailField(
        label=_("E-mail of the first administrator"),
        help_text=_("She gets a link to choose her password, good for seven days."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        modules = self.fields["modules"]
        assert isinstance(modules, forms.MultipleChoiceField)
        modules.choices = [(module.code, module.verbose_name) for module in registry]
