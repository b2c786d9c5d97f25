"""Writing down what somebody says at the counter or on the telephone."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from campanile_modules.reporting import services
from campanile_modules.reporting.forms_desk import DeskForm
from campanile_modules.reporting.models import Report
from campanile_modules.reporting.pages.writing import alike
from campanile_modules.reporting.services import following
from campanile_tenants.kit import audit
from campanile_tenants.kit.module import CampanileError
from campanile_tenants.kit.permissions import permission_required

WRITE = "reporting.write_for_others"
_SLIP = "reporting_slip"


@never_cache
@permission_required(WRITE)
def write(request: HttpRequest) -> HttpResponse:
    """One page for the whole report; what is known already is shown while one writes."""
    form = DeskForm(request.POST or None, initial={"channel": Report.Channel.DESK, "key": secrets.token_hex(16)})
    if request.method == "POST" and form.is_valid():
        try:
            report = _take_in(form)
        except CampanileError as error:
            error.add_to(form)
        else:
            audit.record("reporting.written_down", report, channel=report.channel)
            request.session[_SLIP] = [report.code, report.secret]
            return redirect("reporting:slip", code=report.code)
    return render(request, "reporting/desk.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@never_cache
@permission_required(WRITE)
def slip(request: HttpRequest, code: str) -> HttpResponse:
    """What to hand or to read to her: code, secret, by when we answer. 1 query; the secret is shown this once."""
    report = get_object_or_404(Report.objects.for_lists(), code=code)
    known, secret = request.session.pop(_SLIP, ["", ""])
    return render(request, "reporting/slip.html", {"report": report, "secret": secret if known == code else ""})


@require_POST
@never_cache
@permission_required(WRITE)
def similar(request: HttpRequest) -> HttpResponse:
    """What is known already of what is being written, as a piece of the page. 3 queries."""
    form = DeskForm(request.POST)
    form.is_valid()
    return render(request, "reporting/_similar.html", {"similar": alike(form.cleaned_data, None), "desk": True})


@require_POST
@never_cache
@permission_required(WRITE)
def me_too(request: HttpRequest, code: str) -> HttpResponse:
    """Counts whoever stands at the desk or is on the telephone; with her address, if she was told, she hears of it."""
    report = get_object_or_404(Report.objects.all().public().open(), code=code)
    form = DeskForm(request.POST)
    form.is_valid()
    email = form.cleaned_data.get("email", "") if form.cleaned_data.get("told") else ""
    following.me_too(
        report, browser=f"desk/{form.cleaned_data.get('key') or secrets.token_hex(16)}", email=email,
        words=_(following.WORDS), channel=form.cleaned_data.get("channel") or Report.Channel.DESK,
    )  # fmt: skip
    messages.success(request, _("Counted: %(code)s. Nothing else needs to be written.") % {"code": report.code})
    return redirect("reporting:desk")


def _take_in(form: DeskForm) -> Report:
    values: dict[str, Any] = form.cleaned_data
    sent = {name: values[name] for name in DeskForm.stored}
    return services.submit(
        **sent, channel=values["channel"], idempotency_key=f"desk:{values['key']}", answers=form.answers(),
        may_be_handed_over=values["may_be_handed_over"], trusted=True,
    )  # fmt: skip
