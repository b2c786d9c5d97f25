"""Finding what a town holds about one person, by what the modules declare."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import CharField, ForeignKey, JSONField, Model, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext

from campanile_infra.sealing import fingerprint, unseal
from campanile_infra.telephone import e164
from campanile_tenants.contract.module import ModuleConfig, PersonalData
from campanile_tenants.contract.registry import registry
from campanile_tenants.town.people.models import User


@dataclass(frozen=True)
class Subject:
    """A person as the desk knows her. The name is an identifier only together with an address or a number."""

    email: str = ""
    phone: str = ""
    name: str = ""
    tax_code: str = ""

    @property
    def identifiers(self) -> dict[str, str]:
        """Those that were given, by kind."""
        given = {"email": self.email, "phone": self.phone, "name": self.name, "tax_code": self.tax_code}
        return {kind: value.strip() for kind, value in given.items() if value.strip()}

    @property
    def number(self) -> str:
        """The telephone number as we keep it (E.164), however it was written; empty when it is none."""
        return e164(self.phone) or ""

    @property
    def is_enough(self) -> bool:
        """Whether an address, a number or a tax code was given: a name alone finds homonyms."""
        return bool(set(self.identifiers) - {"name"})

    @property
    def mark(self) -> str:
        """A keyed fingerprint of what was given, for the log of requests."""
        return fingerprint("|".join(f"{kind}={value.lower()}" for kind, value in sorted(self.identifiers.items())))


@dataclass(frozen=True)
class Found:
    """The rows of one declaration that name the person."""

    module: ModuleConfig | None
    held: PersonalData
    rows: QuerySet

    @property
    def label(self) -> str:
        """What the rows are, in words."""
        return gettext(str(self.rows.model._meta.verbose_name_plural))

    @property
    def service(self) -> str:
        """Which service holds them."""
        return str(self.module.verbose_name) if self.module else gettext("The municipality")


def find(subject: Subject) -> Iterator[Found]:
    """For each declaration, the rows that name her; declarations without any are left out. 1 query each, and 1."""
    users = users_of(subject)
    for module, held in registry.personal_data():
        rows = rows_of(held, subject, users)
        if rows is not None and rows.exists():
            yield Found(module, held, rows)


def users_of(subject: Subject) -> list[int]:
    """Her accounts: by address, and by the fingerprint of her tax code. 2 queries at most."""
    wanted = Q(email__iexact=subject.email) if subject.email else Q(pk__in=[])
    if subject.number:
        wanted |= Q(phone=subject.number)
    if subject.tax_code:
        wanted |= Q(identity__mark=fingerprint(subject.tax_code.strip().upper()))
    return list(User.objects.filter(wanted).values_list("pk", flat=True))


def rows_of(held: PersonalData, subject: Subject, users: list[Any]) -> QuerySet | None:
    """The rows of one declaration that name her; None when nothing that was given could find any."""
    model = apps.get_model(held.model)
    rows = model._default_manager.all()
    wanted = Q()
    for number, (kind, path) in enumerate(held.found_by):
        if kind == "user":
            wanted |= Q(**{f"{path}__in": users}) if users else Q()
        elif kind == "text":
            column = path
            if isinstance(_field(model, path), JSONField):
                column = f"_text{number}"
                rows = rows.annotate(**{column: Cast(path, TextField())})
            for value in subject.identifiers.values():
                wanted |= Q(**{f"{column}__icontains": value})
        elif kind == "email_mark":
            wanted |= Q(**{path: fingerprint(subject.email.strip().lower())}) if subject.email else Q()
        elif kind == "phone_mark":
            wanted |= Q(**{path: fingerprint(subject.number)}) if subject.number else Q()
        elif kind == "phone" and subject.number:
            wanted |= Q(**{f"{path}__in": {subject.phone.strip(), subject.number}})
        elif kind in subject.identifiers:
            wanted |= Q(**{f"{path}__iexact": subject.identifiers[kind]})
    return rows.filter(wanted).distinct() if wanted else None


def _field(model: type[Model], path: str) -> Any:
    return model._meta.get_field(path) if "__" not in path else None


def as_dict(row: Model) -> dict[str, Any]:
    """Every column of a row, by its name in words, as text; what is sealed is opened, secrets are left out."""
    told = {}
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        if field.name in ("password", "digest", "token_digest", "data", "mark") or value in (None, ""):
            continue
        if field.name.startswith("sealed_"):
            value = unseal(value)
        words = str(field.verbose_name)
        choices = isinstance(field, CharField) and field.choices
        shown = getattr(row, f"get_{field.name}_display")() if choices else value
        if isinstance(field, ForeignKey) and field.related_model is not User:
            shown = str(getattr(row, field.name))
        told[words] = shown.isoformat() if hasattr(shown, "isoformat") else str(shown)
    return told
