"""Trusted documents: the queries of our own pages and of registered apps, known by the digest of their text.

A module puts them into `documents/*.graphql`. They are asked for by `documentId`, also over GET, where answers for
strangers may be kept by caches on the way.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.resources import files

from campanile_tenants.contract.registry import registry


@lru_cache(maxsize=1)
def trusted_documents() -> dict[str, str]:
    """Every trusted document by its id, `sha256:<hex digest>`."""
    found: dict[str, str] = {}
    for package in ("campanile_graphql", *(module.name for module in registry)):
        folder = files(package) / "documents"
        if folder.is_dir():
            for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
                if file.name.endswith(".graphql"):
                    text = file.read_text(encoding="utf-8")
                    found[document_id(text)] = text
    return found


def document_id(text: str) -> str:
    """The id of a document."""
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
