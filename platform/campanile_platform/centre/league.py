"""Towns compared by a share: how often each did what it had promised. Facts of the figures, no personal data."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from campanile_platform.centre.access import operator_with
from campanile_tenants.contract.module import Ratio
from campanile_tenants.contract.registry import registry
from campanile_tenants.public.registry.models import Figure, Municipality


@dataclass(frozen=True)
class Standing:
    """One town: `good` of `of`, and its place (1 is best; towns with the same share share the place)."""

    town: Municipality
    good: int
    of: int
    place: int = 0

    @property
    def percent(self) -> int:
        """Rounded to whole points; 0 where there is nothing to count."""
        return round(100 * self.good / self.of) if self.of else 0


def counts(ratio: Ratio) -> dict[str, tuple[int, int]]:
    """How many good ones of how many, by schema. 1 query."""
    found: dict[str, dict[str, int]] = {}
    rows = Figure.objects.filter(code__in=(ratio.good, ratio.bad)).values_list("schema_name", "code", "value")
    for schema, code, value in rows:
        found.setdefault(schema, {})[code] = value
    return {
        schema: (each.get(ratio.good, 0), each.get(ratio.good, 0) + each.get(ratio.bad, 0))
        for schema, each in found.items()
    }


def standings(ratio: Ratio) -> tuple[list[Standing], list[Standing]]:
    """Towns in order of their share, the best first; and those with too few to say, by name. 2 queries."""
    known = counts(ratio)
    towns = [Standing(town, *known.get(town.schema_name, (0, 0))) for town in Municipality.objects.defer("boundary")]
    ranked = sorted(
        (one for one in towns if one.of >= ratio.least), key=lambda one: (-one.percent, -one.of, one.town.name)
    )
    placed: list[Standing] = []
    for number, one in enumerate(ranked, 1):
        same = placed and placed[-1].percent == one.percent
        placed.append(Standing(one.town, one.good, one.of, placed[-1].place if same else number))
    return placed, [one for one in towns if one.of < ratio.least]


@require_safe
@operator_with("centre.view_towns")
def league(request: HttpRequest, code: str) -> HttpResponse:
    """One comparison, drawn as bars with their numbers. 2 queries."""
    ratio = registry.ratios().get(code)
    if ratio is None:
        raise Http404
    ranked, few = standings(ratio)
    good, of = sum(one.good for one in [*ranked, *few]), sum(one.of for one in [*ranked, *few])
    context = {
        "ratio": ratio, "ranked": ranked, "few": few, "others": registry.ratios().values(),
        "all": Standing(Municipality(), good, of),
    }  # fmt: skip
    return render(request, "centre/league.html", context)
