"""Newsletters of a demo town: some readers, an issue that was sent, another that waits for a second person."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from campanile_modules.newsletters.models import Click, Issue, State, Subscription, Topic
from campanile_modules.newsletters.services import issues, rendering, subscribing
from campanile_platform.demo import texts
from campanile_tenants.kit.people import User
from campanile_tenants.public.registry.activation import switch_on
from campanile_tenants.public.registry.directory import directory, load_town
from campanile_tenants.public.registry.models import Municipality

BY = "Demo"
READERS = 40


def fill_newsletters(town: Municipality, writer: User, second: User) -> None:
    """Writes them once. The issue counts as sent: nobody of the demo gets a mail."""
    switch_on(town, "newsletters", by=BY)
    directory.forget()
    if Issue.objects.exists() or load_town(pk=town.pk) is None:
        return
    topics = list(Topic.objects.all())
    for number in range(READERS):
        name = texts.PEOPLE[number % len(texts.PEOPLE)].lower().replace(" ", ".")
        subscribing.write_down(f"{name}.{number}@example.org", [topics[number % len(topics)].code], agreed="Demo")
    before = issues.save(
        issues.begin(topics[0], by=writer),
        {"subject": f"Che cosa cambia a {town.name}", "preview": "Uffici, strade, rifiuti: il mese in due minuti.",
         "text": "", "blocks": _blocks(town)}, revision=1, by=writer,
    )  # fmt: skip
    drawn, when = rendering.draw(before), timezone.now() - timedelta(days=9)
    Issue.objects.filter(pk=before.pk).update(
        blocks=[issues.frozen(block) for block in drawn.blocks], state=State.SENT, slug="che-cosa-cambia",
        html=drawn.html, approved_at=when, send_at=when,
        approved_hash=issues.fingerprint_of(before, drawn), approved_by=second, approved_name=second.full_name,
    )  # fmt: skip
    rendering.write_links(before, drawn.links)
    _life(before, when)
    waiting = issues.save(
        issues.begin(topics[0], by=writer),
        {"subject": "Il fine settimana in paese", "preview": "", "text": "", "blocks": _blocks(town)}, revision=1,
        by=writer,
    )  # fmt: skip
    issues.submit(waiting, by=writer)


def _life(issue: Issue, when: datetime) -> None:
    """Readers who came over a year, and clicks of the week after the issue."""
    rows = list(Subscription.objects.order_by("pk"))
    for number, row in enumerate(rows):
        row.confirmed_at = timezone.now() - timedelta(days=330 * (len(rows) - number) // len(rows))
    Subscription.objects.bulk_update(rows, ["confirmed_at"])
    for link in issue.links.all()[:4]:
        Click.objects.bulk_create(
            Click(link=link, day=when.date() + timedelta(days=day), number=max(1, (19 >> day) - link.number))
            for day in range(5)
        )
    Topic.objects.filter(pk=issue.topic_id).update(digest_day=4, sample=(
        "Questa settimana: apre il mercato coperto, cambia il giro della raccolta del vetro, si cercano scrutatori."
    ))  # fmt: skip


def _blocks(town: Municipality) -> list[dict[str, object]]:
    return [
        {"type": "text", "text": f"Buongiorno,\n\necco che cosa succede a **{town.name}** nei prossimi giorni."},
        {"type": "heading", "text": "Notizie"}, {"type": "pages", "kind": "news", "number": 3},
        {"type": "divider"}, {"type": "heading", "text": "Eventi"}, {"type": "pages", "kind": "events", "number": 3},
        {"type": "button", "label": "Tutte le notizie", "url": town.site("/novita/")},
    ]  # fmt: skip
