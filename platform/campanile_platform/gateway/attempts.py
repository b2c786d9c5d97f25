"""What SPID and CIE share: a sign-in sets out once, comes back once, and ends in a hand-over into the town."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campanile_infra.database.names import PUBLIC_SCHEMA
from campanile_infra.database.scope import in_schema
from campanile_infra.sealing import fingerprint
from campanile_platform.gateway.models import Attempt
from campanile_tenants.contract.access import Assurance
from campanile_tenants.contract.errors import CampanileError
from campanile_tenants.public.registry.directory import load_town
from campanile_tenants.public.registry.models import Municipality
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.people.services import handover
from campanile_tenants.town.people.services.citizens import known_citizen

_log = logging.getLogger(__name__)
SKEW = timedelta(seconds=30)
LEVELS = {
    Assurance.LOW: "https://www.spid.gov.it/SpidL1",
    Assurance.SUBSTANTIAL: "https://www.spid.gov.it/SpidL2",
    Assurance.HIGH: "https://www.spid.gov.it/SpidL3",
}
"""Both SPID and CIE name their levels with these URIs."""


class SignInRefused(CampanileError):
    """The answer cannot be believed: the same words whatever was wrong with it. `why` goes on record only."""

    code = "SIGN_IN_REFUSED"
    http_status = 403
    message = _("The sign-in could not be verified. Start again from the municipality's site.")


class SignInCancelled(CampanileError):
    """The person, or her provider, said no."""

    code = "SIGN_IN_CANCELLED"
    http_status = 403
    message = _("You did not sign in. You can start again when you like.")


class UnknownProvider(CampanileError):
    """No such identity provider, or none is set up."""

    code = "UNKNOWN_IDENTITY_PROVIDER"
    http_status = 404
    message = _("This identity provider is not known here. Choose one from the list.")


@dataclass(frozen=True)
class Person:
    """Who the provider says she is. `tax_code` is verified; `name_id` is the provider's name for this session."""

    tax_code: str
    given_name: str
    family_name: str
    name_id: str


def set_out(
    town: Municipality, provider: str, binding: str, assurance: Assurance, request_id: str, **kept: str
) -> Attempt:
    """Writes down that somebody leaves for a provider. Raises HandOverRefused for a binding that no town made."""
    if not handover.BINDING.fullmatch(binding):
        raise handover.HandOverRefused
    with in_schema(PUBLIC_SCHEMA):
        Attempt.objects.filter(expires_at__lt=timezone.now()).delete()
        return Attempt.objects.create(
            request_id=request_id, municipality=town, provider=provider, binding=binding, assurance=int(assurance),
            **kept,
        )  # fmt: skip


def outstanding(town: Municipality, request_id: str) -> Attempt:
    """The attempt of this town that still waits for an answer. Raises SignInRefused."""
    with in_schema(PUBLIC_SCHEMA):
        found = Attempt.objects.filter(
            request_id=request_id, municipality=town, answered_at__isnull=True, expires_at__gt=timezone.now()
        ).first()
    if found is None:
        raise SignInRefused(why="NotAsked")
    return found


def spend(attempt: Attempt) -> None:
    """Counts the answer, once. Raises SignInRefused for the second."""
    with in_schema(PUBLIC_SCHEMA):
        left = Attempt.objects.filter(pk=attempt.pk, answered_at__isnull=True)
        if not left.update(answered_at=timezone.now()):
            raise SignInRefused(why="Replay")


def enough(attempt: Attempt) -> set[str]:
    """The levels that are at least as sure as what was asked for."""
    return {uri for level, uri in LEVELS.items() if level >= attempt.assurance}


def bring_in(town: Municipality, attempt: Attempt, person: Person, *, system: str) -> str:
    """Makes the citizen known in her town and returns the token of a hand-over. `system` is spid or cie."""
    level = Assurance(attempt.assurance)
    with transaction.atomic(), in_schema(town.schema_name, load_town(pk=town.pk)):
        user = known_citizen(
            tax_code=person.tax_code, given_name=person.given_name, family_name=person.family_name, provider=system,
            assurance=level,
        )  # fmt: skip
        mark = fingerprint(f"{attempt.provider}|{person.name_id}")
        return handover.issue(user, attempt.binding, provider=system, assurance=level, provider_session=mark)


def refused(town: Municipality, error: Exception, *, system: str) -> None:
    """Puts a refusal on the town's record, without anything that the answer said about a person."""
    data: dict[str, Any] = error.data if isinstance(error, CampanileError) else {}
    why = data.get("why") or (error.code if isinstance(error, CampanileError) else type(error).__name__)
    _log.warning("A sign-in (%s) for %s was refused: %s", system, town.schema_name, why)
    with in_schema(town.schema_name):
        record(f"{system}.refused", None, why=why)
