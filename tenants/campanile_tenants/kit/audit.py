"""The audit trail, for modules: what somebody did, and every reading of personal data."""

from __future__ import annotations

from typing import Any

from django.db import models

from campanile_tenants.town.audit.services import record

__all__ = ["record", "record_read"]


def record_read(row: models.Model, **details: Any) -> None:
    """Writes that personal data kept in or with `row` were looked at. Commits with the caller. 1 query."""
    record(f"{row._meta.app_label}.read_personal_data", row, **details)
