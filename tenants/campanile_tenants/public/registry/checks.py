"""System check: the schema of a table is readable from its path (ARCHITECTURE.md)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

_PUBLIC = ("campanile_platform", "campanile_tenants.public")
_TOWN = ("campanile_tenants.town", "campanile_modules")
_BOTH = ("campanile_tenants.town.people", "campanile_tenants.town.audit")
_NONE = ("campanile_tenants.kit", "campanile_tenants.contract", "campanile_infra", "campanile_graphql")


def _within(name: str, roots: Sequence[str]) -> bool:
    return any(name == root or name.startswith(f"{root}.") for root in roots)


@register()
def tables_are_where_their_path_says(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Platform apps are public, town apps and modules are in each town, people and audit are in both."""
    problems: list[CheckMessage] = []
    for app in app_configs or apps.get_app_configs():
        shared, town = app.name in settings.SHARED_APPS, app.name in settings.TENANT_APPS
        if _within(app.name, _NONE):
            expected = None
            if any(True for _ in app.get_models()):
                problems.append(Error(f"{app.name} has models, but its floor has none.", id="campanile.E001"))
        elif _within(app.name, _BOTH):
            expected = (True, True)
        elif _within(app.name, _TOWN):
            expected = (False, True)
        elif _within(app.name, _PUBLIC):
            expected = (True, False)
        else:
            expected = None
        if expected is not None and (shared, town) != expected:
            problems.append(
                Error(
                    f"{app.name} is in the wrong list: SHARED_APPS {shared}, TENANT_APPS {town}; "
                    f"its path says {expected[0]}, {expected[1]}.",
                    id="campanile.E002",
                )
            )
    return problems


@register()
def no_foreign_key_leaves_the_town(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """So that one town can be dumped, moved and restored alone."""
    problems: list[CheckMessage] = []
    for app in app_configs or apps.get_app_configs():
        if app.name not in settings.TENANT_APPS:
            continue
        for model in app.get_models():
            for field in model._meta.get_fields():
                target = getattr(field, "related_model", None)
                if not getattr(field, "concrete", False) or target is None or isinstance(target, str):
                    continue
                if apps.get_app_config(target._meta.app_label).name not in settings.TENANT_APPS:
                    problems.append(
                        Error(
                            f"{model._meta.label}.{field.name} points to {target._meta.label} in the public "
                            "schema. Store its code instead.",
                            id="campanile.E003",
                        )
                    )
    return problems
