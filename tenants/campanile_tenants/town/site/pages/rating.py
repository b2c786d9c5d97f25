"""The question at the end of every page: how clear was it?"""

from __future__ import annotations

from urllib.parse import urlsplit

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from campanile_tenants.town.people.limits import too_many, within_limit
from campanile_tenants.town.site.models import Rating
from campanile_tenants.town.site.pages.tree import language, open_to_all

POSITIVE = (
    gettext_lazy("The directions were clear"),
    gettext_lazy("The directions were complete"),
    gettext_lazy("I always understood that I was getting on"),
    gettext_lazy("I had no technical problems"),
    gettext_lazy("Something else"),
)
NEGATIVE = (
    gettext_lazy("Sometimes the directions were not clear"),
    gettext_lazy("Sometimes the directions were not complete"),
    gettext_lazy("Sometimes I did not understand whether I was getting on"),
    gettext_lazy("I had technical problems"),
    gettext_lazy("Something else"),
)
POSITIVE_FROM = 4


class RatingForm(forms.Form):
    """Stars, one of the fixed answers, words."""

    stars = forms.TypedChoiceField(choices=[(n, n) for n in range(1, 6)], coerce=int)
    positive = forms.TypedChoiceField(
        choices=[(n, n) for n in range(1, 6)], coerce=int, required=False, empty_value=None
    )
    negative = forms.TypedChoiceField(
        choices=[(n, n) for n in range(1, 6)], coerce=int, required=False, empty_value=None
    )
    text = forms.CharField(max_length=200, required=False, strip=True)
    page = forms.CharField(max_length=250)
    website = forms.CharField(required=False)
    """Nobody sees it; programs fill it in."""

    def clean_page(self) -> str:
        """The path only: a query may hold what somebody searched for."""
        return urlsplit(self.cleaned_data["page"]).path or "/"


@require_POST
@open_to_all
def rate(request: HttpRequest) -> HttpResponseBase:
    """Keeps the rating and says thanks, in place with htmx or on the page itself. 1 query."""
    if not within_limit(request, "rating"):
        return too_many(request, "rating")
    form = RatingForm(request.POST)
    back = request.POST.get("page", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None) or not back.startswith("/"):
        back = reverse("site:home")
    if not form.is_valid():
        messages.error(request, _("Choose how many stars, from one to five."))
        return redirect(f"{back}#valutazione")
    said = form.cleaned_data
    if not said["website"]:
        answer = said["positive"] if said["stars"] >= POSITIVE_FROM else said["negative"]
        Rating.objects.create(
            path=said["page"], stars=said["stars"], answer=answer, text=said["text"], language=language()
        )
    if request.headers.get("HX-Request"):
        return render(request, "site/parts/thanks.html")
    messages.success(request, _("Thank you: your answer helps us to make this page clearer."))
    return redirect(back)
