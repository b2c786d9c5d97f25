"""The one door between two towns: a module hands something over, in its own code, and both sides have it on record."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from campanile_infra.database.scope import in_schema
from campanile_tenants.public.registry.directory import load_town
from campanile_tenants.public.registry.everywhere import SERVING
from campanile_tenants.public.registry.gate import current_town, is_enabled
from campanile_tenants.town.audit.services import record

_Given = TypeVar("_Given")


class NotTaken(Exception):
    """The other town does not serve, or has the module off."""


def hand_over(istat_code: str, module: str, accept: Callable[[], _Given]) -> _Given:
    """Runs `accept` in another town, and returns what it gives. To be called by a task, outside a transaction: what is
    to be handed over is a committed row of this town first.

    Both towns write it into their trail. Raises NotTaken.
    """
    sender = current_town()
    there = load_town(istat_code=istat_code)
    if there is None or there.state not in SERVING or not is_enabled(module, there):
        raise NotTaken
    with in_schema(there.schema_name, there):
        given = accept()
        record("crossing.taken_in", ("town", sender.istat_code), module=module)
    record("crossing.handed_over", ("town", istat_code), module=module)
    return given
