"""The bus: modules speak to each other through named events, never by import.

A handler hears an event only in a town where its own module is on. It runs with the caller's transaction; work
that may fail or take long belongs in a task that the handler wakes. An event with a subject is also told to open
subscriptions when the transaction commits (`infra.live`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from campanile_infra.database import live
from campanile_tenants.contract.errors import DeclarationError
from campanile_tenants.contract.module import Event
from campanile_tenants.contract.registry import registry
from campanile_tenants.public.registry.gate import is_enabled

Handler = Callable[..., None]
HOUSE = (
    Event("delivery.help_asked", subject="message"),
    Event("bulletins.taken_in"),
    Event("centre.campaign_proposed"),
)
"""Events of the house itself, beside those that modules declare."""
_overhearing: list[Callable[[Event, dict[str, Any]], None]] = []
_handlers: dict[str, list[Handler]] = defaultdict(list)


def overhear(listener: Callable[[Event, dict[str, Any]], None]) -> None:
    """Registers somebody who hears every event: what the house tells its other systems."""
    _overhearing.append(listener)


def on(event: str) -> Callable[[Handler], Handler]:
    """Registers a handler; its payload comes as keyword arguments of plain values."""

    def decorate(handler: Handler) -> Handler:
        _handlers[event].append(handler)
        return handler

    return decorate


def publish(event: str, **payload: Any) -> None:
    """Tells the handlers. Raises DeclarationError when the event's module does not declare it."""
    owner = registry.find(event.split(".", 1)[0])
    known = HOUSE if owner is None else owner.events
    declared = next((one for one in known if one.code == event), None)
    if declared is None:
        raise DeclarationError(f"No module declares the event {event!r}; add it to `events` of its ModuleConfig.")
    for handler in _handlers[event]:
        module = registry.module_of(handler.__module__)
        if module is None or is_enabled(module.code):
            handler(**payload)
    for listener in _overhearing:
        listener(declared, payload)
    if declared.subject:
        live.tell(event, str(payload[declared.subject]))
