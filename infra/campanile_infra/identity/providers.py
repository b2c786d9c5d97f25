"""The identity providers that are accepted: a folder with their SAML metadata, as downloaded from the registry."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from lxml import etree

_MD = "{urn:oasis:names:tc:SAML:2.0:metadata}"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)


@dataclass(frozen=True)
class Provider:
    """An identity provider as people choose it."""

    entity_id: str
    name: str


def provider_files() -> list[Path]:
    """The metadata files, `SPID_PROVIDERS/*.xml`; none when nothing is set."""
    folder = Path(settings.SPID_PROVIDERS) if settings.SPID_PROVIDERS else None
    return sorted(folder.glob("*.xml")) if folder is not None and folder.is_dir() else []


def providers() -> list[Provider]:
    """The providers in the files, by name."""
    return list(_read(tuple((str(file), file.stat().st_mtime_ns) for file in provider_files())))


@lru_cache(maxsize=4)
def _read(files: tuple[tuple[str, int], ...]) -> tuple[Provider, ...]:
    found = []
    for name, _changed in files:
        root = etree.parse(name, _PARSER).getroot()
        for entity in root.iter(f"{_MD}EntityDescriptor"):
            if entity.find(f"{_MD}IDPSSODescriptor") is not None:
                shown = entity.findtext(f"{_MD}Organization/{_MD}OrganizationDisplayName") or entity.get("entityID")
                found.append(Provider(str(entity.get("entityID")), str(shown)))
    return tuple(sorted(found, key=lambda provider: provider.name))
