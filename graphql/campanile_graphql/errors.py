"""Errors as the API tells them: a stable code, a message for people, and never what is inside."""

from __future__ import annotations

import logging
import uuid
from typing import Any

from django.utils.translation import gettext as _
from graphql import GraphQLError

from campanile_tenants.contract.errors import CampanileError

_log = logging.getLogger(__name__)


def formatted(error: Exception) -> dict[str, Any]:
    """A GraphQL error object: `message`, `extensions.code`, `path`; a bug gets a reference instead of its text."""
    if not isinstance(error, GraphQLError):
        error = GraphQLError(str(error), original_error=error)
    original = error.original_error
    shown: dict[str, Any] = {"message": error.message}
    if error.locations:
        shown["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    if error.path:
        shown["path"] = error.path
    if isinstance(original, CampanileError):
        shown["message"] = str(original)
        shown["extensions"] = {"code": original.code}
        if original.field:
            shown["extensions"]["field"] = original.field
    elif original is None or isinstance(original, GraphQLError):
        shown["extensions"] = {"code": "GRAPHQL_VALIDATION_FAILED"}
    else:
        reference = uuid.uuid4().hex[:12]
        _log.error("API error %s", reference, exc_info=original)
        shown["message"] = _("Something went wrong on our side. If it happens again, tell us the code %(code)s.") % {
            "code": reference
        }
        shown["extensions"] = {"code": "INTERNAL", "reference": reference}
    return shown
