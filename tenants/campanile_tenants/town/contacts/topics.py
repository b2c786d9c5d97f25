"""What people may ask to be told about: declared by modules, shown where the module is on."""

from __future__ import annotations

from collections.abc import Iterable

from campanile_tenants.contract.module import Topic
from campanile_tenants.public.registry.gate import enabled_modules
from campanile_tenants.town.contacts.errors import NoSuchTopic


def topics() -> list[Topic]:
    """The topics of the modules that are on in the current town."""
    return [topic for module in enabled_modules() for topic in module.topics]


def known(codes: Iterable[str]) -> list[str]:
    """The codes, each once and in the order of their declaration. Raises NoSuchTopic."""
    asked, offered = set(codes), [topic.code for topic in topics()]
    if wrong := sorted(asked - set(offered)):
        raise NoSuchTopic(topic=wrong[0], field="topics")
    return [code for code in offered if code in asked]
