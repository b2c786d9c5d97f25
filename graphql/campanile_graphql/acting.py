"""A stand-in for a request: somebody acting in a town outside of one (a job, an open subscription, another town)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.utils import translation

from campanile_infra.database.scope import current
from campanile_tenants.public.registry.models import Town
from campanile_tenants.town.audit.context import Who, acting
from campanile_tenants.town.people.models import User


@dataclass
class Acting:
    """What resolvers and the gate read of a request: who, where, and how surely she signed in."""

    user: Any
    town: Town | None
    session: dict[str, Any] = field(default_factory=dict)


def who_acts(user: User) -> Who:
    """The actor as the trail names her."""
    return Who(user.kind, str(user.pk), user.access.grant_id if user.is_operator else None, channel="api")


@contextmanager
def on_behalf_of(user: User, language: str) -> Iterator[Acting]:
    """Runs the block in the present town as somebody, in her language, with what she may do now."""
    with acting(lambda: who_acts(user)), translation.override(language):
        yield Acting(user, current().tenant)
