"""Reading a mailbox of bounces: each mail is taken before the next one is, and where we stood is kept beside it."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.utils import timezone

from campanile_infra.channels.bounces.mailbox import MailboxAway, look
from campanile_infra.database.names import PUBLIC_SCHEMA
from campanile_infra.database.scope import in_schema
from campanile_tenants.public.providers.models import Mailbox

_log = logging.getLogger(__name__)


def poll(url: str, take: Callable[[bytes], object]) -> int:
    """Takes what is new in a mailbox; returns how many mails. `take` commits what a mail says.

    After an outage it goes on where it stood; a server that numbered anew is read from the beginning, which changes
    nothing twice. While the database is away a mail is not passed over; one that nobody can read, or of
    a town that is gone, is.
    """
    with in_schema(PUBLIC_SCHEMA):
        box, _made = Mailbox.objects.get_or_create(name=_name(url))
        try:
            found = look(url, validity=box.validity, after=box.last_uid)
        except MailboxAway as error:
            _keep(box, problem=str(error)[:200])
            return 0
        if found.validity != box.validity:
            box.validity, box.last_uid = found.validity, 0
        _keep(box)
        for uid, content in found.mails:
            try:
                take(content)
            except (OperationalError, InterfaceError):
                raise
            except Exception:  # noqa: BLE001 - one mail that cannot be read must not keep the others waiting
                _log.exception("A mail of the mailbox could not be read")
            box.last_uid = uid
            _keep(box)
        return len(found.mails)


def standing(url: str) -> Mailbox | None:
    """When a mailbox was last looked at, and what was wrong then; None before the first look. 1 query."""
    with in_schema(PUBLIC_SCHEMA):
        return Mailbox.objects.filter(name=_name(url)).first()


def _keep(box: Mailbox, *, problem: str = "") -> None:
    box.looked_at, box.problem = timezone.now(), problem
    box.save()


def _name(url: str) -> str:
    """Names a mailbox without its password."""
    return hashlib.sha256(url.encode()).hexdigest()
