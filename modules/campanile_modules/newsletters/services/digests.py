"""The week's issue that makes itself: news and events of the site, waiting for somebody to approve it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from campanile_modules.newsletters.models import Issue, State, Topic
from campanile_tenants.kit import audit, texts
from campanile_tenants.kit.dates import in_words
from campanile_tenants.kit.town import current_town

HOUR = 7
"""From this hour on (Europe/Rome), so that it waits when the office opens."""
MOST = 5


def assemble(now: datetime | None = None) -> int:
    """Makes today's issues, each once; returns how many. One without anything to say is not made."""
    here = timezone.localtime(now or timezone.now())
    made = 0
    if here.hour < HOUR:
        return 0
    topics = list(Topic.objects.filter(digest_day=here.weekday(), is_active=True))
    if topics and (blocks := _blocks(here)):
        made = sum(_make(topic, f"digest:{here:%Y-%m-%d}", blocks, here) for topic in topics)
    return made


def _make(topic: Topic, origin: str, blocks: list[dict[str, Any]], here: datetime) -> int:
    with override("it"):
        subject = _("%(town)s: the week of %(day)s") % {
            "town": current_town().full_name, "day": in_words(here, "j F"),
        }  # fmt: skip
    issue, new = Issue.objects.get_or_create(
        topic=topic, origin=origin,
        defaults={"subject": subject[:150], "blocks": blocks, "state": State.SUBMITTED,
                  "submitted_at": timezone.now()},
    )  # fmt: skip
    if new:
        audit.record("newsletters.assembled", issue)
    return int(new)


def _blocks(here: datetime) -> list[dict[str, Any]]:
    """What happened since last week and what is to come; nothing when there is neither."""
    since = here - timedelta(days=7)
    news = [page for page in texts.latest("news", MOST) if page.published_at and page.published_at >= since]
    events = texts.latest("event", MOST)
    with override("it"):
        found: list[dict[str, Any]] = []
        if news:
            found += [{"type": "heading", "text": _("This week")},
                      {"type": "pages", "kind": "news", "number": len(news)}]  # fmt: skip
        if events:
            found += [{"type": "heading", "text": _("In the next days")},
                      {"type": "pages", "kind": "events", "number": len(events)}]  # fmt: skip
        return [{"type": "text", "text": _("Good morning,")}, *found] if found else []
