"""What the link that ends a newsletter does: a mail client's one click (POST) ends it, a look (GET) only shows."""

from __future__ import annotations

from uuid import UUID

from campanile_modules.newsletters.models import Issue, Subscriber, Subscription
from campanile_modules.newsletters.services import subscribing
from campanile_tenants.kit import outreach


def stop(topic: str, address: str, about: str, *, end: bool) -> str:
    """Ends the newsletter of a mail for its address when `end`; gives the page where the reader chooses, if any.

    `topic`: `newsletters.<code>`; `about`: the issue, to whose figures the ending belongs.
    """
    if end:
        key = about.rpartition(":")[2]
        issue = Issue.objects.filter(pk=UUID(key)).first() if about.startswith("newsletters.Issue:") else None
        subscribing.end(address, topic.partition(".")[2], issue=issue)
    reader = Subscriber.objects.filter(email=address.lower()).first()
    return "" if reader is None else subscribing.link_of(reader)


def tidy() -> int:
    """Ends subscriptions whose address is dead or complained: nothing is sent to it any more. How many."""
    gone = outreach.Suppression.objects.filter(channel="email", topic="")
    states = Subscription.State
    moved = 0
    for reasons, state in (
        (("dead_address", "gone"), states.BOUNCED), (("complaint",), states.COMPLAINED),
        (("opt_out",), states.UNSUBSCRIBED),
    ):  # fmt: skip
        addresses = gone.filter(reason__in=reasons).values("address")
        rows = Subscription.objects.filter(state=states.CONFIRMED, subscriber__email__in=addresses)
        for row in rows.select_related("subscriber", "topic"):
            moved += subscribing.end(row.subscriber.email, row.topic.code, state=state)
    return moved
