"""Arrears of the towns: invoices that are written down, and paid. They are shown, they never cut a service."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Min, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from campanile_platform.centre.access import operator_with
from campanile_platform.centre.models import OpenInvoice
from campanile_tenants.public.registry.models import Municipality
from campanile_tenants.town.audit.services import record

RECENT = timedelta(days=30)
"""For so long a paid invoice is shown, so that a mistake can be undone."""


@dataclass(frozen=True)
class Arrears:
    """What a town is late with: `amount` in EUR, `since` the oldest day on which something was due."""

    amount: Decimal
    invoices: int
    since: date


class InvoiceForm(forms.ModelForm):
    """An invoice as the book-keeping sent it."""

    class Meta:
        model = OpenInvoice
        fields = ("municipality", "number", "amount", "due_on")
        localized_fields = ("amount",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["municipality"].queryset = Municipality.objects.defer("boundary")  # type: ignore[attr-defined]
        self.fields["due_on"].widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        self.fields["amount"].widget.attrs["inputmode"] = "decimal"

    def clean_amount(self) -> Decimal:
        """More than nothing."""
        amount: Decimal = self.cleaned_data["amount"]
        if amount <= 0:
            raise forms.ValidationError(_("Write an amount above zero."))
        return amount


def arrears() -> dict[int, Arrears]:
    """What each town is late with today, by the municipality's key. 1 query."""
    late = _unpaid().filter(due_on__lt=timezone.localdate()).values("municipality")
    rows = late.annotate(amount=Sum("amount"), invoices=Count("pk"), since=Min("due_on"))
    return {row.pop("municipality"): Arrears(**row) for row in rows}


def _unpaid() -> QuerySet[OpenInvoice]:
    return OpenInvoice.objects.filter(paid_on__isnull=True)


@operator_with("centre.keep_accounts")
def invoices(request: HttpRequest) -> HttpResponse:
    """Unpaid invoices, the oldest first, and a form for another. 4 queries."""
    form = InvoiceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            invoice = form.save()
            record("centre.invoice_kept", invoice)
        messages.success(request, _("Written down."))
        return redirect("centre:invoices")
    today = timezone.localdate()
    rows = list(_unpaid().select_related("municipality").defer("municipality__boundary"))
    late = [row for row in rows if row.due_on < today]
    paid = OpenInvoice.objects.filter(paid_on__gte=today - RECENT).select_related("municipality")
    context = {
        "form": form, "rows": rows, "today": today, "late": len(late), "sum": sum(row.amount for row in late),
        "paid": paid.defer("municipality__boundary").order_by("-paid_on")[:20],
    }  # fmt: skip
    return render(request, "centre/invoices.html", context, status=422 if form.errors else 200)


@require_POST
@operator_with("centre.keep_accounts")
def pay(request: HttpRequest, pk: int) -> HttpResponse:
    """Marks an invoice as paid today, or as unpaid again (`again`)."""
    invoice = get_object_or_404(OpenInvoice, pk=pk)
    again = "again" in request.POST
    with transaction.atomic():
        invoice.paid_on = None if again else timezone.localdate()
        invoice.save(update_fields=["paid_on"])
        record("centre.invoice_reopened" if again else "centre.invoice_paid", invoice)
    if again:
        messages.success(request, _("Unpaid again."))
    else:
        messages.success(request, _("Invoice %(number)s is paid.") % {"number": invoice.number})
    return redirect("centre:invoices")
