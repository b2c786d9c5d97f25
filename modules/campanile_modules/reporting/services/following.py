"""Me too: others with the same problem are counted, and hear of each step if they like."""

from __future__ import annotations

from django.db import transaction

from campanile_modules.reporting.models import Follow, Report
from campanile_modules.reporting.services import telling
from campanile_tenants.kit import consent, events
from campanile_tenants.kit.sealing import fingerprint

CONSENT = "reporting.follow"
VERSION = "1"


def me_too(
    report: Report, *, browser: str, email: str = "", words: str = "", language: str = "it"
) -> tuple[Follow, bool]:
    """Counts somebody once; with an address she is written to. Returns the row and whether it is new.

    `browser`: whatever knows her browser again; only its keyed fingerprint is kept. `words`: what she agreed to.
    """
    mark = fingerprint(f"follow/{email.strip().lower() or browser}")
    with transaction.atomic():
        follow, created = Follow.objects.get_or_create(
            report=report, mark=mark, defaults={"email": email.strip().lower(), "language": language}
        )
        if created:
            if email:
                consent.give_consent(CONSENT, words, version=VERSION, language=language, subject=follow.email,
                                     channel="web")  # fmt: skip
                telling.tell_follower(report, follow)
            events.publish("reporting.followed", report_id=str(report.pk))
    return follow, created


def stop(report: Report, follow_id: int) -> bool:
    """No more messages about this report; she still counts."""
    follow = Follow.objects.filter(report=report, pk=follow_id).exclude(email="").first()
    if follow is None:
        return False
    consent.withdraw_consent(CONSENT, subject=follow.email)
    Follow.objects.filter(pk=follow.pk).update(email="")
    return True
