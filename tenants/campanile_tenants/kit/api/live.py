"""Subscriptions: a row told again each time something happened to it, to whoever may see it then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import graphene
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from campanile_tenants.contract.errors import CampanileError
from campanile_tenants.kit.api.ids import local_id
from campanile_tenants.kit.api.lists import Source, rows_of
from campanile_tenants.kit.api.rows import Row, RowType


@dataclass(frozen=True)
class Heard:
    """An event and the key of what it is about."""

    event: str
    key: str


class NothingToTell(CampanileError):
    """What was heard is not for this listener: it is never sent."""

    code = "NOTHING_TO_TELL"
    http_status = 404
    message = _("There is nothing with this id here.")


class Live(graphene.Field):
    """A root field of `Subscription`: the object that one of `events` is about, read when it happened.

    `events` are declared with a subject, which is the key of `type_`. `source(context)` gives what she may see.
    """

    def __init__(
        self, type_: type[RowType], source: Source, *, events: tuple[str, ...], description: str
    ) -> None:  # fmt: skip
        only = graphene.Argument(graphene.ID, description="Only about this object.")
        super().__init__(graphene.NonNull(type_), resolver=self.resolve, description=description, id=only)
        self.row_type, self.source, self.events = type_, source, events

    def resolve(self, root: Any, info: Any, **given: Any) -> Row:
        """The row as it is now. 1 query, and one for each kind of list inside. Raises NothingToTell, BadId."""
        type_name = self.row_type._meta.name
        wanted_key = local_id(type_name, given["id"]) if given.get("id") is not None else None
        if not isinstance(root, Heard) or root.event not in self.events or wanted_key not in (None, root.key):
            raise NothingToTell
        found: QuerySet = self.source(info.context)
        row = rows_of(self.row_type, [root.key], info, queryset=found).get(root.key)
        if row is None:
            raise NothingToTell
        return row
