"""Alerts in the demo: today's colours, people who want to be told (none of them real), an alert of last week."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, time, timedelta

from django.utils import timezone

from campanile_infra.database.names import PUBLIC_SCHEMA
from campanile_infra.database.scope import in_schema
from campanile_modules.alerts.models import Alert
from campanile_modules.alerts.services import flow, proposals, releasing
from campanile_modules.alerts.services.content import Content
from campanile_modules.alerts.wording.filling import fill
from campanile_tenants.kit.people import User
from campanile_tenants.public.bulletins.models import Issue, Membership, Outlook
from campanile_tenants.public.registry.activation import switch_on
from campanile_tenants.public.registry.directory import load_town
from campanile_tenants.public.registry.models import Municipality
from campanile_tenants.town.contacts.models import Contact, Endpoint, Preference

PEOPLE, DRILL = 60, 4
_GIVEN = ("Ada", "Bruno", "Carla", "Dario", "Elena", "Franco", "Gina", "Ivo", "Lia", "Mario", "Nora", "Olga", "Piero")
_STREETS = ("Via Roma", "Via Verdi", "Via Volta", "Corso Martiri", "Via Parini", "Vicolo del Lago", "Via ai Monti")


def colours_of_today() -> None:
    """A bulletin of the demo for the zones of the demo's towns: yellow today, orange for tomorrow. Once a day."""
    today = timezone.localdate()
    with in_schema(PUBLIC_SCHEMA):
        published = timezone.make_aware(datetime.combine(today, time(0, 1)))
        issue, made = Issue.objects.get_or_create(published_at=published, defaults={"source": "demo"})
        if not made:
            return
        codes = list(Municipality.objects.values_list("istat_code", flat=True))
        zones = set(Membership.objects.filter(istat_code__in=codes).values_list("zone_id", flat=True))
        rows = [
            Outlook(
                issue=issue, zone_id=zone, day=day, valid_from=timezone.make_aware(datetime.combine(day, time())),
                valid_to=timezone.make_aware(datetime.combine(day + timedelta(days=1), time())), overall=colour,
                hydrogeological=colour, storms=1, hydraulic=max(0, colour - 1),
            )
            for zone in zones for day, colour in ((today, 1), (today + timedelta(days=1), 2))
        ]  # fmt: skip
        Outlook.objects.bulk_create(rows)


def fill_alerts(town: Municipality, choose: random.Random, staff: Callable[[str, str], User]) -> None:
    """Switches the module on, and fills it unless that was done."""
    here = load_town(pk=town.pk)
    if here is None:
        return
    if "alerts" not in here.modules:
        switch_on(here, "alerts", by="Demo")
    writer, approver = staff("protezione", "Protezione civile"), staff("volontari", "Volontari")
    if not Contact.objects.exists():
        _people(choose)
    if not Alert.objects.exists():
        _last_week(town, writer, approver)
    proposals.look_at_bulletins()


def _people(choose: random.Random) -> None:
    for number in range(PEOPLE + DRILL):
        drill = number >= PEOPLE
        contact = Contact.objects.create(
            kind=Contact.Kind.DRILL if drill else Contact.Kind.CITIZEN, source=Contact.Source.TOWN,
            name=f"{_GIVEN[number % len(_GIVEN)]} {'Prova' if drill else 'Esempio'} {number + 1}",
            street=choose.choice(_STREETS), house_number=str(choose.randint(1, 60)), fragile=number % 15 == 0,
        )  # fmt: skip
        if number % 9 == 8 and not drill:  # nothing reaches her
            continue
        ways = [("voice", f"+39034155{number:04d}")] if number % 3 else [("email", f"persona{number}@example.org")]
        if number % 4 == 0:
            ways.append(("sms", f"+39333000{number:04d}"))
        for channel, address in ways:
            endpoint = Endpoint.objects.create(
                contact=contact, channel=channel, address=address, verified_at=timezone.now()
            )
            Preference.objects.bulk_create(
                [Preference(endpoint=endpoint, topic=topic) for topic in ("alerts.weather", "alerts.danger")]
            )


def _last_week(town: Municipality, writer: User, approver: User) -> None:
    now = timezone.now()
    end = now + timedelta(hours=12)
    texts = fill("snow", 1, town=town.name, onset=now, expires_at=end, now=now)
    content = Content(hazard="snow", colour=1, onset=now, expires_at=end, texts=texts)
    submitted = flow.submit(flow.begin(content, by=writer), by=writer)
    releasing.release(flow.approve(submitted, by=approver, seen=submitted.content_hash), by=approver)
    releasing.go_on()
    releasing.correct(submitted.alert, by=approver, false_alarm=False)
