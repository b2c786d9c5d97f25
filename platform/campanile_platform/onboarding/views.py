"""The wizard in the console: choose a town, fill in what is missing, watch it come up."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from campanile_infra.addresses import address
from campanile_platform.centre.access import operator_with
from campanile_platform.onboarding import official_list, services
from campanile_platform.onboarding.forms import OnboardForm
from campanile_platform.onboarding.models import Job
from campanile_platform.onboarding.tasks import run_waiting
from campanile_tenants.contract.errors import CampanileError
from campanile_tenants.public.registry.models import Municipality


@require_safe
@operator_with("centre.onboard_town")
def choose(request: HttpRequest) -> HttpResponse:
    """Step 1: find the municipality by name or code. 1 query."""
    words = request.GET.get("cerca", "")
    found = official_list.search(words)
    here = set(
        Municipality.objects.filter(istat_code__in=[o.istat_code for o in found]).values_list("istat_code", flat=True)
    )
    rows = [{"official": official, "here": official.istat_code in here} for official in found]
    return render(request, "onboarding/choose.html", {"words": words, "rows": rows})


@operator_with("centre.onboard_town")
def fill_in(request: HttpRequest, istat_code: str) -> HttpResponse:
    """Step 2: what the official list does not know."""
    try:
        official = official_list.find(istat_code)
    except CampanileError as error:
        raise Http404(str(error)) from error
    suggestion = official_list.suggested_host(official, settings.TOWN_HOST_SUFFIX)
    form = OnboardForm(request.POST or None, initial={"host": suggestion, "modules": ["reporting"]})
    if request.method == "POST" and form.is_valid():
        try:
            job = services.request_town(official.istat_code, by=str(request.user), **form.cleaned_data)
        except CampanileError as error:
            error.add_to(form)
        else:
            run_waiting.wake()
            return redirect("onboarding:job", pk=job.pk)
    has_boundary = official_list.boundary(official) is not None
    context = {"official": official, "form": form, "has_boundary": has_boundary}
    return render(request, "onboarding/fill_in.html", context)


@require_safe
@operator_with("centre.onboard_town")
def job(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Step 3: the steps as they happen."""
    return render(request, "onboarding/job.html", _context(pk))


@require_safe
@operator_with("centre.onboard_town")
def job_steps(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The part of the page that is asked for every second. 286 tells htmx that there is nothing more to ask."""
    context = _context(pk)
    over = context["job"].state in (Job.State.DONE, Job.State.FAILED)
    return render(request, "onboarding/_steps.html", context, status=286 if over else 200)


@require_POST
@operator_with("centre.onboard_town")
def retry(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Tries a failed job again, from the step that failed."""
    services.retry(get_object_or_404(Job, pk=pk))
    run_waiting.wake()
    return redirect("onboarding:job", pk=pk)


def _context(pk: UUID) -> dict[str, Any]:
    found = get_object_or_404(Job, pk=pk)
    labels = services.step_labels()
    steps = [{"step": step, "label": labels[step.code]} for step in found.steps.all()]
    return {"job": found, "steps": steps, "address": address(found.host, "/")}
