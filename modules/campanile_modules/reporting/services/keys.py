"""How an author or follower comes back without an account: a signed link in her mails, or code and secret."""

from __future__ import annotations

import secrets

from django.core import signing

from campanile_modules.reporting.errors import WrongSecret
from campanile_modules.reporting.models import Follow, Report
from campanile_tenants.kit.ids import public_code
from campanile_tenants.kit.sealing import fingerprint
from campanile_tenants.kit.town import current_town

_SALT = "reporting.key"


def key_of(report: Report, follow: Follow | None = None) -> str:
    """What a link of hers carries: for this town and this report, as author or as one who follows."""
    return signing.dumps(
        [current_town().schema_name, report.code, follow.pk if follow else 0], salt=_SALT, compress=True
    )


def read(key: str, code: str) -> tuple[bool, int] | None:
    """Whether the key opens this report as its author, and which follower it names. None: it opens nothing."""
    try:
        schema, known, follow = signing.loads(key, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return (follow == 0, follow) if (schema, known) == (current_town().schema_name, code) else None


def new_secret(report: Report) -> str:
    """A secret for the receipt; only its digest is kept. The caller saves."""
    secret = public_code(10)
    report.secret_digest = _digest(report, secret)
    return secret


def open_with(code: str, secret: str) -> Report:
    """The report of a receipt. Raises WrongSecret, the same for a wrong code."""
    report = Report.objects.select_related("category").filter(code=code.strip().upper()).first()
    wanted = "" if report is None else report.secret_digest
    given = "" if report is None else _digest(report, secret.strip().upper())
    if not wanted or not secrets.compare_digest(wanted, given):
        raise WrongSecret(field="secret")
    assert report is not None
    return report


def _digest(report: Report, secret: str) -> str:
    return fingerprint(f"report/{report.code}/{secret.replace('-', '').replace(' ', '')}")
