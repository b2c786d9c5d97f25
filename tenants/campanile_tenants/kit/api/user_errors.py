"""The payload by which a mutation says what to correct, and the codes that it may bear."""

from __future__ import annotations

import inspect
from functools import lru_cache, partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import graphene
from django.core.exceptions import ValidationError
from django.forms import Form
from graphene.utils.str_converters import to_camel_case

from campanile_tenants.contract import errors as contract_errors
from campanile_tenants.contract.errors import CampanileError
from campanile_tenants.contract.registry import registry
from campanile_tenants.kit.api import errors as api_errors
from campanile_tenants.town.api import errors as town_errors

_OF_FORMS = {
    "REQUIRED": "It has to be filled in.",
    "INVALID": "It cannot be read, or is not accepted; the message says why.",
    "INVALID_CHOICE": "It is none of the possible values.",
    "MAX_LENGTH": "It is too long.",
    "MIN_LENGTH": "It is too short.",
    "MAX_VALUE": "It is too large.",
    "MIN_VALUE": "It is too small.",
    "MAX_DIGITS": "It has too many digits.",
    "MAX_DECIMAL_PLACES": "It has too many digits after the point.",
    "UNIQUE": "It is taken already.",
}


@lru_cache(maxsize=1)
def error_codes() -> dict[str, str]:
    """Every code that `userErrors` may bear, with what it means: of forms, of the kit, and of each module's errors."""
    sources = [contract_errors, town_errors, api_errors]
    sources += [import_module(f"{module.name}.errors") for module in registry if find_spec(f"{module.name}.errors")]
    found = dict(_OF_FORMS)
    for source in sources:
        for _name, kind in inspect.getmembers(source, inspect.isclass):
            if issubclass(kind, CampanileError) and kind is not CampanileError and kind.http_status not in (401, 403):
                found.setdefault(kind.code, (inspect.getdoc(kind) or "").partition("\n")[0])
    return dict(sorted(found.items()))


def _words(value: Any) -> str:
    return "What is wrong, for programs." if value is None else error_codes()[value.value]


@lru_cache(maxsize=1)
def _user_error_code() -> Any:
    return graphene.Enum("UserErrorCode", [(code, code) for code in error_codes()], description=_words)


class UserError(graphene.ObjectType):
    """Something to correct in what was sent."""

    field = graphene.List(
        graphene.NonNull(graphene.String), description="Path of the input it is about; null: the whole request."
    )
    code = graphene.Field(graphene.NonNull(partial(_user_error_code)), description="What is wrong, for programs.")
    message = graphene.NonNull(graphene.String, description="For people, in the language of the request.")


def user_errors(error: CampanileError | ValidationError | Form) -> list[UserError]:
    """A refusal as the payload of a mutation: a typed error, a model's or a form's complaints."""
    if isinstance(error, CampanileError):
        field = [to_camel_case(error.field)] if error.field else None
        return [UserError(field=field, code=_known(error.code), message=str(error))]
    by_field: dict[str, list[Any]] = error.errors.as_data() if isinstance(error, Form) else error.error_dict
    return [
        UserError(
            field=None if name == "__all__" else [to_camel_case(name)],
            code=_known((problem.code or "").upper()),
            message=str(message),
        )
        for name, problems in by_field.items()
        for problem in problems
        for message in problem.messages
    ]


def _known(code: str) -> str:
    return code if code in error_codes() else "INVALID"
