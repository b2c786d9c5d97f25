"""Who gets a report: the first rule that fits, else the category's office."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
from django.utils import timezone

from campanile_modules.reporting.models import Report, RoutingRule
from campanile_tenants.kit import places
from campanile_tenants.kit.people import User
from campanile_tenants.kit.places import Zone


@dataclass(frozen=True)
class Destination:
    """Where a report goes; `rule` is empty when it is the category's own office, or nobody."""

    office_id: int | None
    person: User | None
    rule: RoutingRule | None


@dataclass(frozen=True)
class Trial:
    """What rules would have done with past reports: how many each rule would take, how many stay without anybody, and
    how many would go elsewhere than they went.
    """

    reports: int
    by_rule: tuple[tuple[RoutingRule, int], ...]
    by_category: int
    nowhere: int
    changed: int


def rules_of(day: date) -> list[RoutingRule]:
    """The rules that hold on a day, in their order. 1 query."""
    holding = Q(valid_from__isnull=True) | Q(valid_from__lte=day)
    return list(
        RoutingRule.objects.filter(holding).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day))
        .select_related("category", "zone", "office", "person")
    )  # fmt: skip


def choose(report: Report, rules: Sequence[RoutingRule] | None = None) -> Destination:
    """Where a report goes today. 1 query, 2 with a rule for a zone."""
    known = rules_of(timezone.localdate()) if rules is None else rules
    zones = _zones_of(report, [rule.zone for rule in known if rule.zone is not None])
    for rule in known:
        of_category = rule.category_id in (None, report.category_id, report.category.parent_id)
        if of_category and (rule.zone_id is None or rule.zone_id in zones):
            return Destination(rule.office_id, rule.person, rule)
    return Destination(report.category.office_id, None, None)


def try_out(days: int = 90) -> Trial:
    """Applies the rules as they stand to the reports of the last days; changes nothing. 3 queries."""
    rules = rules_of(timezone.localdate())
    since = timezone.now() - timedelta(days=days)
    reports = list(Report.objects.filter(created_at__gte=since).select_related("category")[:5_000])
    taken: Counter[int] = Counter()
    by_category = nowhere = changed = 0
    for report in reports:
        to = choose(report, rules)
        if to.rule is not None:
            taken[to.rule.pk] += 1
        elif to.office_id is not None:
            by_category += 1
        else:
            nowhere += 1
        changed += to.office_id != report.office_id
    return Trial(len(reports), tuple((rule, taken[rule.pk]) for rule in rules), by_category, nowhere, changed)


def _zones_of(report: Report, zones: Iterable[Zone]) -> set[int]:
    if report.latitude is None or report.longitude is None:
        return set()
    once = {zone.pk: zone for zone in zones}
    return {zone.pk for zone in places.at(float(report.longitude), float(report.latitude), once.values())}
