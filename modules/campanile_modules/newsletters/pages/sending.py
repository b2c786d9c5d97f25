"""How mails arrive: what the name servers say of the town's domain, and using a new domain little by little."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from campanile_modules.newsletters.models import WarmUp
from campanile_modules.newsletters.services import senders
from campanile_tenants.kit.charts import columns
from campanile_tenants.kit.dates import in_words
from campanile_tenants.kit.mails import Standing
from campanile_tenants.kit.permissions import permission_required

WHAT = {
    "spf": gettext_lazy("SPF: who may send mails for the domain"),
    "dkim": gettext_lazy("DKIM: the key with which each mail is signed"),
    "dmarc": gettext_lazy("DMARC: what to do with mails that are neither"),
    "mx": gettext_lazy("MX: where mails go that could not be delivered"),
}
STANDINGS = {
    Standing.RIGHT: (gettext_lazy("right"), "success"),
    Standing.MISSING: (gettext_lazy("missing: add this line"), "danger"),
    Standing.WRONG: (gettext_lazy("different: write this line instead"), "danger"),
    Standing.UNKNOWN: (gettext_lazy("the name servers did not answer: try again in a while"), "warning"),
    Standing.UNUSED: (gettext_lazy("not used by this installation"), "secondary"),
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("newsletters.set_up")
def domain(request: HttpRequest) -> HttpResponse:
    """The records of the domain and what is missing; POST begins or ends its warm-up. 2 queries."""
    if request.method == "POST":
        if request.POST.get("fai") == "piano":
            senders.begin_warm_up()
            messages.success(request, _("From today mails to many leave little by little."))
        elif request.POST.get("fai") == "fine":
            senders.end_warm_up()
            messages.success(request, _("From now on as many mails a day leave as there are."))
        return redirect("newsletters:domain")
    warm = WarmUp.objects.filter(domain=senders.domain()).first()
    rows = [(record, WHAT[record.code], *STANDINGS[record.standing]) for record in senders.records()]
    ahead = senders.caps_ahead(warm) if warm else []
    chart = columns(_("At most so many mails to many on each day"), _("mails"),
                    [(in_words(day, "j/n"), most) for day, most in ahead]) if ahead else None  # fmt: skip
    wrong = sum(record.standing in (Standing.MISSING, Standing.WRONG) for record, *_rest in rows)
    context = {"domain": senders.domain(), "rows": rows, "warm": warm, "chart": chart, "wrong": wrong}
    return render(request, "newsletters/domain.html", context)
