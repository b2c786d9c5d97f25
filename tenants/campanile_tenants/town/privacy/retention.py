"""Rules of retention, from what is declared about people: nightly, or counted only."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.models import DateField, DateTimeField, Model, QuerySet
from django.utils import timezone

from campanile_tenants.contract.module import Erase, ModuleConfig, PersonalData
from campanile_tenants.contract.registry import registry
from campanile_tenants.town.audit.services import record

_log = logging.getLogger(__name__)
_AT_ONCE = 1000


def _field(model: type[Model], path: str) -> Any:
    """The field at the end of a lookup path."""
    first, _, rest = path.partition("__")
    field: Any = model._meta.get_field(first)
    return _field(field.related_model, rest) if rest else field


@dataclass(frozen=True)
class Rule:
    """A kind of data with an end: `keep_days` after the date in `since`."""

    module: ModuleConfig | None
    held: PersonalData

    def due(self) -> QuerySet:
        """The rows whose time is over."""
        model = apps.get_model(self.held.model)
        moment = timezone.now() - timedelta(days=self.held.keep_days or 0)
        field = _field(model, self.held.since)
        limit = moment.date() if isinstance(field, DateField) and not isinstance(field, DateTimeField) else moment
        return model._default_manager.filter(**{f"{self.held.since}__lt": limit})

    def apply(self, *, dry_run: bool) -> dict[str, Any]:
        """Deletes the due rows, thousand by thousand; with `dry_run` only counts. `error` names what went wrong."""
        label = str(apps.get_model(self.held.model)._meta.verbose_name_plural)
        told: dict[str, Any] = {
            "model": self.held.model,
            "what": label,
            "days": self.held.keep_days,
            "rows": 0,
            "error": "",
        }
        try:
            if dry_run:
                return told | {"rows": self.due().count()}
            while keys := list(self.due().values_list("pk", flat=True)[:_AT_ONCE]):
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute("SELECT set_config('campanile.erasing', 'on', true)")
                    for row in self.due().filter(pk__in=keys):
                        row.delete()
                    cursor.execute("SELECT set_config('campanile.erasing', 'off', true)")
                    record("privacy.retained", ("kind", self.held.model), rows=len(keys))
                told["rows"] += len(keys)
        except DatabaseError as error:
            _log.exception("Retention of %s failed", self.held.model)
            told["error"] = type(error).__name__
        return told


def rules() -> list[Rule]:
    """Every declaration with an end, the house's own first."""
    return [
        Rule(module, held)
        for module, held in registry.personal_data()
        if held.keep_days is not None and held.erase is Erase.DELETE
    ]
