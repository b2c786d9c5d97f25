"""Looking into a town from the centre, under a grant."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils.translation import get_language

from campanile_graphql.acting import Acting, on_behalf_of
from campanile_graphql.gate import DEADLINE
from campanile_infra.database.scope import in_schema
from campanile_tenants.public.registry.directory import directory
from campanile_tenants.public.registry.models import Municipality
from campanile_tenants.town.people.models import Grant

AT_HOME = frozenset({"__typename", "municipality", "grantedUntil"})
"""Fields of a visited town that are the centre's own knowledge."""


class Visit:
    """One town of the answer, and the operator's grant there."""

    def __init__(self, municipality: Municipality, grant: Grant | None, context: Any) -> None:
        self.municipality, self.grant, self._asker = municipality, grant, context

    @property
    def is_open(self) -> bool:
        """Whether the town lets the operator in now."""
        return self.grant is not None and self.grant.is_live

    @contextmanager
    def inside(self) -> Iterator[Acting]:
        """Runs the block in the town as the operator whom it let in."""
        grant, schema = self.grant, self.municipality.schema_name
        assert grant is not None
        here = in_schema(schema, directory.by_schema(schema))
        with here, on_behalf_of(grant.operator, get_language() or "it") as context:
            setattr(context, DEADLINE, getattr(self._asker, DEADLINE, float("inf")))
            yield context
