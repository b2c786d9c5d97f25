"""Search over everything, with filters in the address, and suggestions."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from campanile_tenants.town.site import tree
from campanile_tenants.town.site.pages.tree import language, open_to_all
from campanile_tenants.town.site.search import Filters, find, hits, suggestions


@require_safe
@open_to_all
def search(request: HttpRequest) -> HttpResponse:
    """`?cerca=words&tipo=service&argomento=anagrafe&pagina=2`. 2 queries; 1 more when nothing is found.

    Beside the first page of everything stands what the modules found, a query each.
    """
    words = request.GET.get("cerca", "").strip()
    kinds = tuple(kind for kind in request.GET.getlist("tipo") if kind in tree.KINDS)
    filters = Filters(kinds=kinds, topics=tuple(request.GET.getlist("argomento")))
    page = Paginator(find(words, language(), filters), 10).get_page(request.GET.get("pagina"))
    everything = page.number == 1 and not kinds and not filters.topics
    context = {
        "words": words, "page": page, "kinds": list(tree.KINDS.values()), "chosen": kinds,
        "hits": hits(words) if everything else [],
        "alike": suggestions(words, language()) if not page.paginator.count else [],
    }  # fmt: skip
    return render(request, "site/search.html", context)


@require_safe
@open_to_all
def suggest(request: HttpRequest) -> JsonResponse:
    """Titles that look like `?cerca=`, for the search box: `[{"title", "url", "kind"}]`. 1 query."""
    found = suggestions(request.GET.get("cerca", ""), language())
    rows = [{"title": page.title, "url": page.get_absolute_url(), "kind": str(page.declared.label)} for page in found]
    return JsonResponse(rows, safe=False)
