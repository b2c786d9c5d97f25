"""Logging: one line an event, with the town and without personal data."""

from __future__ import annotations

import logging
from typing import Any

from campanile_infra.database import scope


class TownFilter(logging.Filter):
    """Adds `town` (the schema) to each record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.town = scope.current().schema
        return True


def logging_settings(level: str) -> dict[str, Any]:
    """For settings.LOGGING."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"town": {"()": TownFilter}},
        "formatters": {"line": {"format": "%(levelname)s %(town)s %(name)s: %(message)s"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "filters": ["town"], "formatter": "line"}},
        # pysaml2 quotes the message that it refuses, and with it the person's data: we log its error's name ourselves.
        "loggers": {"saml2": {"level": "CRITICAL", "propagate": False, "handlers": []}},
        "root": {"handlers": ["stderr"], "level": level},
    }
