"""People who want to be told, and alerts, for tests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from campanile_modules.alerts.models import Revision
from campanile_modules.alerts.services import flow
from campanile_modules.alerts.services.content import Content
from campanile_modules.alerts.wording.filling import fill
from campanile_tenants.town.contacts.models import Contact, Endpoint, Preference


def told(channel: str = "sms", address: str = "+393331234567", topic: str = "alerts.weather", **more: Any) -> Endpoint:
    """Somebody who wants to be told, over one way that she confirmed."""
    contact = Contact.objects.create(**({"name": "Ida Rossi"} | more))
    endpoint = Endpoint.objects.create(contact=contact, channel=channel, address=address, verified_at=timezone.now())
    Preference.objects.create(endpoint=endpoint, topic=topic)
    return endpoint


def snow(colour: int = 2, **more: Any) -> Content:
    """An alert for snow, from now until tomorrow."""
    now = timezone.now().replace(microsecond=0)
    end = now + timedelta(hours=20)
    texts = fill("snow", colour, town="Lecco", onset=now, expires_at=end, now=now)
    return Content(**({"hazard": "snow", "colour": colour, "onset": now, "expires_at": end, "texts": texts} | more))


def draft(by: Any, colour: int = 2, kind: str = "actual", **more: Any) -> Revision:
    """A draft."""
    return flow.begin(snow(colour, **more), by=by, kind=kind)
