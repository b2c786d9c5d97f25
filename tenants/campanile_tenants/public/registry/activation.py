"""Switching a module on and off for a town."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.db import transaction
from django.utils import timezone

from campanile_infra.database.names import PUBLIC_SCHEMA
from campanile_infra.database.scope import in_schema
from campanile_tenants.contract.errors import ModuleNotEnabled, ModuleRequired, ModuleRequires
from campanile_tenants.contract.module import ModuleConfig
from campanile_tenants.contract.registry import registry
from campanile_tenants.public.registry.directory import directory, load_town
from campanile_tenants.public.registry.models import Activation, Municipality
from campanile_tenants.public.registry.prices import price_of


def switch_on(municipality: Municipality, code: str, *, by: str) -> bool:
    """Switches a module on; returns whether it was off. `by` says who, as the history will show it.

    The price of today's list is kept with it, and the free days if it is the first time.

    Raises UnknownModule, or ModuleRequires when a module it needs is off.
    """
    module = registry.get(code)
    with transaction.atomic():
        with in_schema(PUBLIC_SCHEMA):
            _lock(municipality)
            open_modules = _open_modules(municipality)
            for other in module.requires:
                if other not in open_modules:
                    raise ModuleRequires(module=code, other=other)
            if code in open_modules:
                return False
            before = Activation.objects.filter(municipality=municipality, module=code).order_by("-started_at").first()
            price = price_of(code, municipality)
            Activation.objects.create(
                municipality=municipality,
                schema_name=municipality.schema_name,
                module=code,
                started_by=by,
                settings=_settings_before(before, module),
                yearly_price=price.yearly if price else None,
                trial_until=price.trial_until() if price and before is None else None,
            )
            town = load_town(pk=municipality.pk)
        with in_schema(municipality.schema_name, town):
            module.on_enabled()
        transaction.on_commit(directory.forget)
    return True


def switch_off(municipality: Municipality, code: str, *, by: str) -> bool:
    """Switches a module off and keeps its data; returns whether it was on.

    Raises UnknownModule, or ModuleRequired when a module that is on needs it.
    """
    registry.get(code)
    with transaction.atomic(), in_schema(PUBLIC_SCHEMA):
        _lock(municipality)
        open_modules = _open_modules(municipality)
        for other in open_modules:
            needed_by = registry.find(other)
            if needed_by is not None and code in needed_by.requires:
                raise ModuleRequired(module=code, other=other)
        ended = Activation.objects.filter(municipality=municipality, module=code, ended_at__isnull=True).update(
            ended_at=timezone.now(), ended_by=by
        )
        transaction.on_commit(directory.forget)
    return bool(ended)


def settings_from(module: ModuleConfig, values: dict[str, Any]) -> Any:
    """The module's settings with these values; what it no longer declares is left aside.

    Raises InvalidInput, which names the field, when the dataclass refuses a value.
    """
    known = {field.name for field in dataclasses.fields(module.settings)}
    return module.settings(**{name: value for name, value in values.items() if name in known})


def change_settings(municipality: Municipality, code: str, values: dict[str, Any]) -> None:
    """Writes what a town chose for a module that is on; every process knows at once.

    Raises UnknownModule, ModuleNotEnabled, InvalidInput.
    """
    chosen = settings_from(registry.get(code), values)
    with transaction.atomic(), in_schema(PUBLIC_SCHEMA):
        _lock(municipality)
        here = Activation.objects.filter(municipality=municipality, module=code, ended_at__isnull=True)
        if not here.update(settings=dataclasses.asdict(chosen)):
            raise ModuleNotEnabled(module=code)
        transaction.on_commit(directory.forget)


def history(municipality: Municipality) -> list[dict[str, Any]]:
    """Every period of every module of a town, the latest first: who switched what, and when. 1 query."""
    with in_schema(PUBLIC_SCHEMA):
        fields = ("module", "started_at", "started_by", "ended_at", "ended_by", "yearly_price", "trial_until")
        return list(Activation.objects.filter(municipality=municipality).values(*fields))


def _settings_before(before: Activation | None, module: ModuleConfig) -> dict[str, Any]:
    """What the town chose the last time the module was on."""
    return dataclasses.asdict(settings_from(module, before.settings if before else {}))


def _lock(municipality: Municipality) -> None:
    Municipality.objects.select_for_update().only("pk").get(pk=municipality.pk)


def _open_modules(municipality: Municipality) -> set[str]:
    rows = Activation.objects.filter(municipality=municipality, ended_at__isnull=True)
    return set(rows.values_list("module", flat=True))


def towns_with(module: str) -> list[tuple[str, str]]:
    """The live towns in which a module is on, as (schema name, name), by name. For the centre. 1 query."""
    found = Municipality.objects.filter(
        state=Municipality.State.LIVE, activations__module=module, activations__ended_at__isnull=True
    )
    return list(found.order_by("name").values_list("schema_name", "name"))
