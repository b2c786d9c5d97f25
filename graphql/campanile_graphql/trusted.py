"""Trusted documents: the queries of our own pages and of registered apps, known by the digest of their text.

A module puts ours into `documents/*.graphql`; an app registers its own in a town with `registerDocuments`. They are
asked for by `documentId`, also over GET, where answers for strangers may be kept by caches on the way.
"""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from functools import lru_cache

from campanile_infra.database import scope
from campanile_infra.database.names import is_town
from campanile_tenants.contract.registry import registry
from campanile_tenants.kit.api.documents import document_id, shipped
from campanile_tenants.town.api.services import registered_text

_ID = re.compile(r"sha256:[0-9a-f]{64}")
_BELIEVED_SECONDS, _MOST_KEPT = 30.0, 500
_registered: OrderedDict[tuple[str, str], tuple[float, str | None]] = OrderedDict()


@lru_cache(maxsize=1)
def trusted_documents() -> dict[str, str]:
    """Every document that we ship by its id, `sha256:<hex digest>`."""
    packages = ("campanile_graphql", *(module.name for module in registry))
    return {document_id(text): text for package in packages for text in shipped(package).values()}


def find(number: str) -> str | None:
    """The document with this id: one of ours, or of an app in the present town. At most 1 query in 30 seconds."""
    shipped = trusted_documents().get(number)
    if shipped is not None or not _ID.fullmatch(number):
        return shipped
    schema = scope.current().schema
    if not is_town(schema):
        return None
    key, now = (schema, number), time.monotonic()
    known = _registered.get(key)
    if known is not None and now - known[0] < _BELIEVED_SECONDS:
        return known[1]
    text = registered_text(number)
    _registered[key] = (now, text)
    while len(_registered) > _MOST_KEPT:
        _registered.popitem(last=False)
    return text


def forget(number: str) -> None:
    """Drops what this process knew of a document of the present town."""
    _registered.pop((scope.current().schema, number), None)
