"""Me too: others with the same problem are counted, and hear of each step if they like."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_noop

from campanile_modules.reporting.errors import ConsentMissing
from campanile_modules.reporting.models import Follow, Report
from campanile_modules.reporting.services import telling
from campanile_tenants.kit import consent, events
from campanile_tenants.kit.sealing import fingerprint

CONSENT = "reporting.follow"
VERSION = "2"
WORDS = gettext_noop(
    "With your address we write to you about this report, and nothing else, also when another municipality takes it "
    "over. You stop it with one tap."
)
"""What stands beside the field for her address, and is kept as what she agreed to."""


def me_too(
    report: Report,
    *,
    browser: str,
    email: str = "",
    words: str = "",
    language: str = "it",
    known: int = 0,
    channel: str = "web",
) -> tuple[Follow, bool]:
    """Counts somebody once; with an address she is written to. Returns the row and whether it is new.

    `browser`: whatever knows her browser again; only its keyed fingerprint is kept. `known`: the number of her row,
    when she was counted without an address before and leaves one now. `words`: what she read when she left it. Raises
    ConsentMissing.
    """
    email = email.strip().lower()
    if email and not words.strip():
        raise ConsentMissing(field="agreed_to")
    mark = fingerprint(f"follow/{email or browser}")
    with transaction.atomic():
        before = Follow.objects.filter(report=report, pk=known, email="").first() if email and known else None
        if before is not None and not Follow.objects.filter(report=report, mark=mark).exists():
            before.email, before.mark, before.language = email, mark, language
            before.save(update_fields=("email", "mark", "language"))
            follow, created = before, False
        else:
            follow, created = Follow.objects.get_or_create(
                report=report, mark=mark, defaults={"email": email, "language": language}
            )
        if email and (created or before is follow):
            consent.give_consent(CONSENT, words, version=VERSION, language=language, subject=email, channel=channel)
            telling.tell_follower(report, follow)
        if created:
            events.publish("reporting.followed", report_id=str(report.pk))
    return follow, created


def stop(report: Report, follow_id: int) -> bool:
    """No more messages about this report; she still counts."""
    follow = Follow.objects.filter(report=report, pk=follow_id).exclude(email="").first()
    if follow is None:
        return False
    Follow.objects.filter(pk=follow.pk).update(email="")
    if not Follow.objects.filter(email=follow.email).exists():  # she agreed for each report; this was the last one
        consent.withdraw_consent(CONSENT, subject=follow.email)
    return True
