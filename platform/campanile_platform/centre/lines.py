"""Channel health in the console: every line to a provider, tried on schedule and on request."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from campanile_infra.channels.base import channels, every_line
from campanile_platform.centre.access import operator_with
from campanile_tenants.public.notices.services.trials import bad
from campanile_tenants.public.providers import buckets, mailboxes
from campanile_tenants.public.providers.health import Standing, health, probe_all, sweeper_is_late
from campanile_tenants.public.registry.models import Municipality
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.delivery.models import CHANNEL_WORDS


def silent_channels() -> dict[str, list[str]]:
    """The channels whose last daily trial did not arrive, in words, by the town's schema. 1 query."""
    found: dict[str, list[str]] = {}
    for one in bad():
        found.setdefault(one.schema_name, []).append(str(CHANNEL_WORDS.get(one.channel, one.channel)))
    return found


@require_safe
@operator_with("centre.view_towns")
def channel_health(request: HttpRequest) -> HttpResponse:
    """How every line stands, and in which towns yesterday's trial did not arrive. 5 queries."""
    rows = health()
    names = dict(Municipality.objects.values_list("schema_name", "name"))
    trials = [(names.get(one.schema_name, one.schema_name), CHANNEL_WORDS.get(one.channel, one.channel), one)
              for one in bad()]  # fmt: skip
    context = {
        "rows": [(CHANNEL_WORDS[row.channel], row) for row in rows],
        "missing": [words for code, words in CHANNEL_WORDS.items() if code not in channels()],
        "broken": sum(row.standing in (Standing.BROKEN, Standing.CLOSED) for row in rows),
        "late": sweeper_is_late(),
        "trials": trials,
        "reads_mailbox": bool(settings.BOUNCE_MAILBOX_URL),
        "mailbox": mailboxes.standing(settings.BOUNCE_MAILBOX_URL) if settings.BOUNCE_MAILBOX_URL else None,
        "may_act": request.user.has_permission("centre.manage_lines"),  # type: ignore[union-attr]
    }
    return render(request, "centre/lines.html", context)


@require_POST
@operator_with("centre.manage_lines")
def try_lines(request: HttpRequest) -> HttpResponse:
    """Tries every line now."""
    broken = probe_all()
    if broken:
        messages.error(request, _("Lines that do not work: %(n)d. What they say stands beside them.") % {"n": broken})
    else:
        messages.success(request, _("Every line works."))
    return redirect("centre:lines")


@require_POST
@operator_with("centre.manage_lines")
def open_line(request: HttpRequest, name: str) -> HttpResponse:
    """Uses a line that was closed again at once: what was wrong is mended."""
    if name not in {line.name for channel in channels() for line in every_line(channel)}:
        raise Http404
    buckets.open_again(name)
    record("centre.line_opened", ("line", name))
    messages.success(request, _("The line is used again."))
    return redirect("centre:lines")
