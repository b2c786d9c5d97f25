"""Mutations: one input, a typed payload, `userErrors` for what the caller can mend, and idempotency keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import graphene
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import Form
from django.utils.translation import gettext_lazy as _

from campanile_tenants.contract.errors import CampanileError, InvalidInput
from campanile_tenants.kit.api.rows import RowType
from campanile_tenants.kit.api.user_errors import UserError, user_errors
from campanile_tenants.town.api import services

LONGEST_KEY = 64


class InputError(Exception):
    """A form that does not validate; its complaints become `userErrors`."""

    def __init__(self, form: Form) -> None:
        super().__init__(type(form).__name__)
        self.form = form


class MutationInput(graphene.InputObjectType):
    """Base of every input whose call makes something: with it comes the idempotency key."""

    class Meta:
        abstract = True

    idempotency_key = graphene.String(
        description="Made by the caller, 64 characters at most. The same key again answers as the first time."
    )


class MutationType(graphene.Mutation):
    """Write `Input`, fields for what was made (null when `userErrors` says why not), and `perform`.

    All of `perform` is one transaction. A CampanileError of status 4xx other than 401 and 403, a ValidationError or an
    InputError becomes `userErrors` and undoes everything, also the key.
    """

    Input: ClassVar[type[graphene.InputObjectType]]
    perform: ClassVar[Callable[..., Any]]
    """Class method `(context, **values)`: does it and returns the payload; absent fields of the input are absent."""
    user_errors = graphene.NonNull(
        graphene.List(graphene.NonNull(UserError)), description="What to correct; empty when it was done."
    )

    class Meta:
        abstract = True

    @classmethod
    def __init_subclass_with_meta__(cls, **options: Any) -> None:
        arguments = {"input": graphene.Argument(graphene.NonNull(cls.Input), description="What to do.")}
        super().__init_subclass_with_meta__(arguments=arguments, resolver=cls._run, **options)

    @classmethod
    def _run(cls, root: Any, info: Any, **arguments: Any) -> Any:
        values = dict(arguments["input"])
        key = values.pop("idempotency_key", None)
        try:
            if key is not None and not 1 <= len(key) <= LONGEST_KEY:
                raise InvalidInput(reason=_("An idempotency key has 1 to 64 characters."), field="idempotency_key")
            with transaction.atomic():
                if key is None:
                    return cls._filled(cls.perform(info.context, **values))
                actor = str(getattr(info.context.user, "pk", None))
                digest, outcome = services.begin(cls.__name__, actor, key, values)
                if outcome is not None:
                    return cls._again(info.context, outcome)
                payload = cls._filled(cls.perform(info.context, **values))
                services.finish(digest, cls._outcome(payload))
                return payload
        except (ValidationError, InputError) as error:
            return cls(user_errors=user_errors(error.form if isinstance(error, InputError) else error))
        except CampanileError as error:
            if error.http_status in (401, 403):
                raise
            return cls(user_errors=user_errors(error))

    @classmethod
    def _filled(cls, payload: Any) -> Any:
        payload.user_errors = payload.user_errors or []
        return payload

    @classmethod
    def _made(cls) -> dict[str, type[RowType]]:
        """The payload's fields that are objects."""
        fields = {name: declared.type for name, declared in cls._meta.fields.items() if name != "user_errors"}
        return {name: kind for name, kind in fields.items() if isinstance(kind, type) and issubclass(kind, RowType)}

    @classmethod
    def _outcome(cls, payload: Any) -> dict[str, str]:
        made = {name: getattr(payload, name) for name in cls._made()}
        return {name: str(row.pk) for name, row in made.items() if row is not None}

    @classmethod
    def _again(cls, context: Any, outcome: dict[str, str]) -> Any:
        made = {
            name: kind.objects(context).filter(pk=outcome[name]).first()
            for name, kind in cls._made().items()
            if name in outcome
        }
        return cls(user_errors=[], **made)
