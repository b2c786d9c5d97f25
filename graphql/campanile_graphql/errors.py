"""Errors as the API tells them: a stable code, a message for people, and never what is inside."""

from __future__ import annotations

import logging
import uuid
from typing import Any

import sentry_sdk
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.utils.translation import gettext as _
from graphql import GraphQLError

from campanile_tenants.contract.errors import CampanileError

_log = logging.getLogger(__name__)


NULL_BYTE = "Texts must not contain the character U+0000."


class RequestError(Exception):
    """The request cannot run at all: no data, only `errors`. `cost` goes to `extensions.cost`."""

    def __init__(
        self, code: str, message: str, *, status: int = 400, errors: list[GraphQLError] | None = None,
        cost: dict[str, Any] | None = None, headers: dict[str, str] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(code)
        self.code, self.message, self.status = code, message, status
        self.errors, self.cost, self.headers = errors or [], cost, headers or {}

    @property
    def formatted(self) -> list[dict[str, Any]]:
        """The `errors` of the answer."""
        if not self.errors:
            return [{"message": self.message, "extensions": {"code": self.code}}]
        return [_located(error) | {"extensions": {"code": self.code}} for error in self.errors]


def formatted(error: GraphQLError) -> dict[str, Any]:
    """An error of the execution: `message`, `path`, `extensions.code`; a bug gets a reference instead of its text."""
    original = error.original_error
    shown = _located(error)
    if isinstance(original, CampanileError):
        shown["message"] = str(original)
        shown["extensions"] = {"code": original.code}
        if 400 <= original.http_status < 500 and original.http_status not in (401, 403):
            shown["extensions"]["classification"] = "ValidationError"  # the caller's to mend, as graphql-java says it
        if original.field:
            shown["extensions"]["field"] = original.field
    elif original is None or isinstance(original, GraphQLError):
        shown["extensions"] = {"code": "BAD_USER_INPUT"}
    elif isinstance(original, PermissionDenied):
        shown["message"] = _("You may not do this.")
        shown["extensions"] = {"code": "FORBIDDEN"}
    elif was_cancelled(original):
        shown["message"] = _("This took too long and was stopped. Ask for less at a time.")
        shown["extensions"] = {"code": "TIMEOUT"}
    else:
        reference = uuid.uuid4().hex[:12]
        with sentry_sdk.new_scope() as scope:
            scope.set_tag("api.reference", reference)
            _log.error("API error %s", reference, exc_info=original)
        shown["message"] = _("Something went wrong on our side. If it happens again, tell us the code %(code)s.") % {
            "code": reference
        }
        shown["extensions"] = {"code": "INTERNAL", "reference": reference}
    return shown


def was_cancelled(error: BaseException) -> bool:
    """PostgreSQL's query_canceled (57014): the statement ran into its time limit."""
    return isinstance(error, OperationalError) and getattr(error.__cause__, "sqlstate", "") == "57014"


def _located(error: GraphQLError) -> dict[str, Any]:
    shown: dict[str, Any] = {"message": error.message}
    if error.locations:
        shown["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    if error.path:
        shown["path"] = error.path
    return shown
