"""Files sent ahead of a mutation: `createUpload` gives an address, the mutation takes the file by its id."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from campanile_tenants.kit.api.ids import local_id
from campanile_tenants.town.api import uploads
from campanile_tenants.town.api.uploads import Taken
from campanile_tenants.town.people.models import User

UPLOAD = "Upload"


def take(context: Any, kind: str, global_id: str) -> Taken:
    """The file with this id, for this person, once; its bytes are deleted when the caller's transaction commits.

    Raises BadId for an id of another town or type, UnknownUpload for one that cannot be taken. 2 queries.
    """
    pk = local_id(UPLOAD, global_id)
    taken = uploads.take(kind, pk, owner_of(context))
    transaction.on_commit(lambda: uploads.forget(taken.path))
    return taken


def owner_of(context: Any) -> int | None:
    """To whom files and jobs of this request belong; None for strangers."""
    user = context.user
    return user.pk if isinstance(user, User) else None
