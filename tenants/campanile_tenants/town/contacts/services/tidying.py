"""What is forgotten by rule: addresses that nobody confirmed, addresses that ended, people without any address."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from campanile_tenants.town.contacts.models import Contact, Endpoint

UNCONFIRMED = timedelta(days=7)
ENDED = timedelta(days=30)


def tidy() -> int:
    """Deletes them; returns how many addresses. What somebody opted out of stays opted out (`Suppression`)."""
    now = timezone.now()
    never = Q(verified_at__isnull=True, created_at__lt=now - UNCONFIRMED)
    ended = Q(retired_at__lt=now - ENDED)
    with transaction.atomic():
        gone = list(Endpoint.objects.filter(never | ended).values_list("pk", "contact_id"))
        Endpoint.objects.filter(pk__in=[key for key, _ in gone]).delete()
        Contact.objects.filter(pk__in=[contact for _, contact in gone], endpoints__isnull=True).delete()
    return len(gone)
