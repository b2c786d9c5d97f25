"""Builds the demo, or goes on where it was: 84 towns from the CSV, logins, three towns with reports."""

from __future__ import annotations

import base64
import hashlib
import random
from datetime import time
from functools import partial
from pathlib import Path

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from rich.progress import track

from campanile_infra.database.names import PUBLIC_SCHEMA, schema_of
from campanile_infra.database.scope import in_schema
from campanile_infra.embedded.state import State
from campanile_infra.terminal import console
from campanile_platform.demo.alerts import colours_of_today, fill_alerts
from campanile_platform.demo.console import send_invoices, set_prices
from campanile_platform.demo.newsletters import fill_newsletters
from campanile_platform.demo.reports import fill_town
from campanile_platform.demo.site import fill_site
from campanile_platform.onboarding.services import waiting_jobs
from campanile_platform.onboarding.terminal import onboard_file
from campanile_tenants.kit.people import Kind, User
from campanile_tenants.public.registry.directory import load_town
from campanile_tenants.public.registry.models import Municipality
from campanile_tenants.town.people.admission import needs_second_factor
from campanile_tenants.town.people.models import Assignment, Office, OpeningHours, Role

TOWNS = Path(__file__).parent / "data" / "lecco.csv"
RICH = ("097042", "097046", "097048")
"""Lecco, Mandello del Lario, Merate."""
SEED = 20261121
BY = "Demo"
_WORDS = ("lago", "monte", "barca", "neve", "sasso", "campana", "grigna", "adda", "ponte", "vela", "faggio", "nebbia")


def build(place: State) -> list[str]:
    """Fills the database with what is not there yet; returns the lines about where and how to sign in."""
    with in_schema(PUBLIC_SCHEMA):
        set_prices()
        known = Municipality.objects.filter(state=Municipality.State.LIVE).count()
    if known < 84 or waiting_jobs():
        console.print("[bold]Taking in the 84 municipalities of the Province of Lecco[/bold]")
        onboard_file(TOWNS, by=BY)
    password, secret = _password(place), demo_secret(place)
    with in_schema(PUBLIC_SCHEMA):
        _person("operatore@provincia.lecco.example", "Operatore della Provincia", "operations", password, secret)
        _person("collega@provincia.lecco.example", "Collega della Provincia", "operations", password, secret)
        send_invoices()
        rich = list(Municipality.objects.filter(istat_code__in=RICH).order_by("name"))
    colours_of_today()
    for town in track(rich, "Filling three towns with life", console=console, transient=True):
        with in_schema(schema_of(town.istat_code), load_town(pk=town.pk)):
            fill_site(town, _person_of_words(town, password, secret))
            fill_town(random.Random(f"{SEED}-{town.istat_code}"), partial(_staff, town, password, secret))
            fill_newsletters(town, _person_of_words(town, password, secret), _second_of_words(town, password, secret))
            fill_alerts(town, random.Random(f"{SEED}-alerts"), partial(_rescuer, town, password, secret))
    return _logins(rich, password)


def _person_of_words(town: Municipality, password: str, secret: str) -> User:
    """Who writes the site of a town."""
    return _person(
        f"redazione@comune.{town.slug}.lc.example", "Redazione del sito", "communications", password, secret
    )


def _second_of_words(town: Municipality, password: str, secret: str) -> User:
    """Who reads what the first one wrote, and approves it."""
    return _person(f"stampa@comune.{town.slug}.lc.example", "Ufficio stampa", "communications", password, secret)


def _staff(town: Municipality, password: str, secret: str) -> User:
    """The administrator and the officer of a town; returns the officer."""
    domain = f"comune.{town.slug}.lc.example"
    _person(f"sindaco@{domain}", f"Sindaco di {town.name}", "administrator", password, secret)
    office, made = Office.objects.get_or_create(
        code="tecnico", defaults={"name": "Ufficio tecnico", "email": f"tecnico@{domain}"}
    )
    if made:
        for day in range(1, 6):
            OpeningHours.objects.create(office=office, weekday=day, opens=time(9), closes=time(12, 30))
    return _person(f"tecnico@{domain}", "Ufficio tecnico", "officer", password, secret)


def _rescuer(town: Municipality, password: str, secret: str, part: str, name: str) -> User:
    """Somebody of the civil protection of a town."""
    return _person(f"{part}@comune.{town.slug}.lc.example", name, "civil_protection", password, secret)


def _person(email: str, name: str, role: str, password: str, secret: str) -> User:
    """Somebody with a role; whoever must have a second factor gets a code app (see `campanile code`)."""
    known = User.objects.filter(email=email).first()
    if known is not None:
        return known
    kind = Kind.OPERATOR if role == "operations" else Kind.STAFF
    user = User.objects.create_user(email, password, full_name=name, kind=kind)
    Assignment.objects.create(user=user, role=Role.objects.get(code=role), given_by=BY)
    if needs_second_factor(user):
        TOTP.activate(user, secret)
        RecoveryCodes.activate(user)
    return user


def _password(place: State) -> str:
    """Four words made from this installation's own secret: the same at each start, different on each machine."""
    choose = random.Random(place.secret("demo"))
    return "-".join([*choose.sample(_WORDS, 4), str(choose.randint(100, 999))])


def demo_secret(place: State) -> str:
    """The secret of the demo people's code app (base32), made from this installation's own: see `campanile code`."""
    return base64.b32encode(hashlib.sha256(place.secret("demo").encode()).digest()[:20]).decode()


def _logins(rich: list[Municipality], password: str) -> list[str]:
    port = settings.PUBLIC_PORT_SUFFIX
    lines = [f"outbox   http://localhost{port}/in-uscita/   what would have left by mail"]
    lines += [f"town     http://{town.slug}.localhost{port}/" for town in rich]
    lines.append("")
    lines.append("sign in  operatore@provincia.lecco.example   (centre)")
    for town in rich:
        domain = f"comune.{town.slug}.lc.example"
        people = ", ".join(
            f"{name}@{domain}" for name in ("sindaco", "tecnico", "redazione", "protezione", "volontari")
        )
        lines.append(f"         {people}   ({town.name})")
    lines.append(f"         password: {password}")
    lines.append("         operators and mayors also need a code: campanile code")
    return lines
