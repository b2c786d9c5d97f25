"""What the site needs today, for the home of the office."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Avg, Count, F, Max, Q
from django.utils import timezone

from campanile_tenants.town.site.models import BrokenLink, Page, Rating
from campanile_tenants.town.site.services.adopting import count_offers


@dataclass(frozen=True)
class Today:
    """Pages never published or with a newer draft, newer texts offered, links that lead nowhere, how clear it is."""

    drafts: int
    changed: int
    offers: int
    broken: int
    ratings: int
    stars: float | None

    @property
    def is_quiet(self) -> bool:
        """Whether nothing waits."""
        return not (self.drafts or self.changed or self.offers or self.broken)


def today() -> Today:
    """As it stands now; ratings of the last thirty days. 5 queries."""
    latest = Page.objects.annotate(latest=Max("versions__number"))
    newer = latest.filter(published_at__isnull=False, latest__gt=F("published_version")).count()
    since = timezone.now() - timedelta(days=30)
    told = Rating.objects.filter(made_at__gte=since).aggregate(n=Count("pk"), mean=Avg("stars"))
    drafts = Page.objects.filter(Q(published_at__isnull=True), Q(publish_at__isnull=True)).count()
    return Today(drafts, newer, count_offers(), BrokenLink.objects.count(), told["n"], told["mean"])
