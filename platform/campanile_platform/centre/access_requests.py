"""Asking a town for access, breaking the glass with a colleague, and going in: the centre's side of a grant."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campanile_infra.database.names import PUBLIC_SCHEMA
from campanile_infra.database.scope import in_schema
from campanile_platform.centre.models import AccessRequest
from campanile_tenants.contract.errors import CampanileError
from campanile_tenants.public.registry.directory import load_town
from campanile_tenants.public.registry.models import Municipality
from campanile_tenants.town.audit.context import Who, acting, who
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.people.models import Grant, User
from campanile_tenants.town.people.notices import tell_about_grant
from campanile_tenants.town.people.services import grants, handover


class NoGrant(CampanileError):
    """The town has not let this operator in, or no longer does."""

    code = "NO_GRANT"
    http_status = 403
    message = _("The municipality has not let you in, or your time is over. Ask for access first.")


@dataclass(frozen=True)
class Shown:
    """A request with what the town says of it."""

    request: AccessRequest
    grant: Grant


def ask(municipality: Municipality, operator: User, *, role: str, reason: str, hours: int, emergency: bool) -> Grant:
    """Asks; the town's administrators are told by mail. Raises AlreadyAsked, NotAllowed."""
    with transaction.atomic(), in_schema(PUBLIC_SCHEMA):
        with _in(municipality, operator):
            grant = grants.ask(
                str(operator.pk), email=operator.email, full_name=f"{operator.full_name} - {settings.CENTRE_NAME}",
                role=role, reason=reason, hours=hours, emergency=emergency,
            )  # fmt: skip
            if grant.state != Grant.State.AWAITING_SECOND:
                tell_about_grant(grant)
        AccessRequest.objects.create(
            grant_id=grant.pk, municipality=municipality, operator=operator, is_emergency=emergency
        )
        record("grant.asked", grant, town=municipality.schema_name, emergency=emergency)
    return grant


def confirm(request: AccessRequest, by: User) -> Grant:
    """The second operator of an emergency; the town is told at once. Raises SecondOperatorNeeded, GrantNotOpen."""
    with transaction.atomic(), in_schema(PUBLIC_SCHEMA):
        with _in(request.municipality, by):
            grant = grants.confirm_emergency(Grant.objects.get(pk=request.pk), centre_user=str(by.pk))
            tell_about_grant(grant)
        record("grant.approved", grant, town=request.municipality.schema_name, emergency=True)
    return grant


def enter(municipality: Municipality, operator: User, binding: str) -> str:
    """A hand-over into the town for an operator whose grant is live; returns its token.

    The binding was made by the browser's session in the town. Raises NoGrant, HandOverRefused.
    """
    with in_schema(PUBLIC_SCHEMA):
        requests = AccessRequest.objects.filter(municipality=municipality, operator=operator, closed_at__isnull=True)
        keys = list(requests.values_list("pk", flat=True))
    with transaction.atomic(), _in(municipality, operator):
        grant = grants.live().filter(pk__in=keys, centre_user=str(operator.pk)).first()
        if grant is None:
            raise NoGrant
        token = handover.issue(grant.operator, binding, provider="centre", grant=grant)
    with in_schema(PUBLIC_SCHEMA):
        record("grant.entered", grant, town=municipality.schema_name)
    return token


def open_requests(operator: User | None = None) -> list[Shown]:
    """Requests that may still lead somewhere, with the town's word; those that are over are closed on the way.

    1 query, and one in each town concerned.
    """
    with in_schema(PUBLIC_SCHEMA):
        requests = AccessRequest.objects.filter(closed_at__isnull=True).select_related("municipality", "operator")
        rows = list(requests.filter(operator=operator) if operator else requests.filter(is_emergency=True))
    shown = []
    for request in rows:
        with in_schema(request.municipality.schema_name):
            grant = Grant.objects.filter(pk=request.pk).first()
        if grant is not None and (grant.is_live or grant.state in (Grant.State.ASKED, Grant.State.AWAITING_SECOND)):
            shown.append(Shown(request, grant))
        else:
            with in_schema(PUBLIC_SCHEMA):
                AccessRequest.objects.filter(pk=request.pk).update(closed_at=timezone.now())
    return shown


@contextmanager
def _in(municipality: Municipality, operator: User) -> Iterator[None]:
    """Runs the block in a town as an operator whom the town knows by her identifier at the centre."""
    actor = who()
    town = load_town(pk=municipality.pk)
    as_operator = Who("operator", f"centre:{operator.pk}", None, actor.network, actor.channel)
    with in_schema(municipality.schema_name, town), acting(as_operator):
        yield
