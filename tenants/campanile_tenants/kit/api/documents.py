"""Trusted documents: queries of our own pages in a module's `documents/`, asked for by the digest of their text."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.resources import files

from campanile_tenants.contract.registry import registry


def document_id(text: str) -> str:
    """The id of a document."""
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


@lru_cache
def shipped(package: str) -> dict[str, str]:
    """The documents of a package by their names: `map` is `documents/map.graphql`."""
    folder = files(package) / "documents"
    if not folder.is_dir():
        return {}
    found = [file for file in folder.iterdir() if file.name.endswith(".graphql")]
    return {file.name.removesuffix(".graphql"): file.read_text(encoding="utf-8") for file in found}


def id_of(module: str, name: str) -> str:
    """The id of a module's document. Raises KeyError, UnknownModule."""
    return document_id(shipped(registry.get(module).name)[name])
