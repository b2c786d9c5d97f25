"""What a request can get wrong, and the payload by which a mutation says so."""

from __future__ import annotations

from typing import Any

import graphene
from django.core.exceptions import ValidationError
from django.forms import Form
from django.utils.translation import gettext_lazy as _
from graphene.utils.str_converters import to_camel_case

from campanile_tenants.contract.errors import CampanileError


class BadPageSize(CampanileError):
    """One of `first` and `last` is required, between 1 and 100."""

    code = "BAD_PAGE_SIZE"
    message = _("Ask for between 1 and %(most)s items, with either “first” or “last”.")


class BadCursor(CampanileError):
    """`after` or `before` is not a cursor of this list."""

    code = "BAD_CURSOR"
    message = _("This is not a cursor of this list. Use a cursor of one of its pages, with the same order.")


class BadId(CampanileError):
    """A global id of another type or another town, or none at all: the same answer for all."""

    code = "NOT_FOUND"
    http_status = 404
    message = _("There is nothing with this id here.")


class UserError(graphene.ObjectType):
    """Something to correct in what was sent."""

    field = graphene.List(
        graphene.NonNull(graphene.String), description="Path of the input it is about; null: the whole request."
    )
    code = graphene.NonNull(graphene.String, description="Stable code in capitals, for programs.")
    message = graphene.NonNull(graphene.String, description="For people, in the language of the request.")


def user_errors(error: CampanileError | ValidationError | Form) -> list[UserError]:
    """A refusal as the payload of a mutation: a typed error, a model's or a form's complaints."""
    if isinstance(error, CampanileError):
        field = [to_camel_case(error.field)] if error.field else None
        return [UserError(field=field, code=error.code, message=str(error))]
    by_field: dict[str, list[Any]] = error.errors.as_data() if isinstance(error, Form) else error.error_dict
    return [
        UserError(
            field=None if name == "__all__" else [to_camel_case(name)],
            code=(problem.code or "invalid").upper(),
            message=str(message),
        )
        for name, problems in by_field.items()
        for problem in problems
        for message in problem.messages
    ]
