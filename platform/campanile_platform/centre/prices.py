"""The price list in the console: what each module costs a year by band of inhabitants, and how long it is free."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from campanile_platform.centre.access import operator_with
from campanile_tenants.contract.registry import registry
from campanile_tenants.public.registry.models import ListPrice
from campanile_tenants.town.audit.services import record

MOST_BANDS = 12


class BandForm(forms.ModelForm):
    """One band of inhabitants."""

    class Meta:
        model = ListPrice
        fields = ("inhabitants_from", "yearly_price", "trial_days")
        localized_fields = "__all__"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["inputmode"] = "decimal"


class _Bands(forms.BaseModelFormSet):
    def clean(self) -> None:
        """Bands of a module begin at different numbers, and the first begins at zero."""
        rows = [form.cleaned_data for form in self.forms if not form.errors and form.cleaned_data]
        ends = [row["inhabitants_from"] for row in rows if "inhabitants_from" in row and not row.get("DELETE")]
        if len(set(ends)) != len(ends):
            raise forms.ValidationError(_("Two bands begin at the same number of inhabitants."))
        if ends and 0 not in ends:
            raise forms.ValidationError(_("The first band begins at 0, or small towns would have no price."))


BandFormSet = forms.modelformset_factory(
    ListPrice, form=BandForm, formset=_Bands, extra=2, can_delete=True, max_num=MOST_BANDS, validate_max=True,
)  # fmt: skip


@require_safe
@operator_with("centre.view_towns")
def price_list(request: HttpRequest) -> HttpResponse:
    """Every module with its bands. 1 query."""
    bands: dict[str, list[ListPrice]] = {module.code: [] for module in registry}
    for price in ListPrice.objects.all():
        bands.setdefault(price.module, []).append(price)
    rows = [(module, bands[module.code]) for module in registry]
    may_edit = request.user.has_permission("centre.keep_prices")  # type: ignore[union-attr]
    return render(request, "centre/prices.html", {"rows": rows, "may_edit": may_edit})


@operator_with("centre.keep_prices")
def edit_prices(request: HttpRequest, module: str) -> HttpResponse:
    """The bands of one module. What towns pay already stays as it was when they switched it on."""
    found = registry.find(module)
    if found is None:
        raise Http404
    forms_ = BandFormSet(request.POST or None, queryset=ListPrice.objects.filter(module=module))
    if request.method == "POST" and forms_.is_valid():
        with transaction.atomic():
            changed = forms_.save(commit=False)
            for gone in forms_.deleted_objects:
                gone.delete()
            for price in changed:
                price.module = module
                price.save()
            record("centre.prices_kept", ("module", module), bands=len(changed))
        messages.success(request, _("Kept. It holds for who switches the module on from now."))
        return redirect("centre:prices")
    wrong = bool(request.method == "POST")
    context = {"module": found, "forms": forms_, "titles": BandForm().fields.values()}
    return render(request, "centre/prices_edit.html", context, status=422 if wrong else 200)
