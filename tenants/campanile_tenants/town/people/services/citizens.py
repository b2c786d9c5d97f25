"""Citizens who signed in: known again by the fingerprint of their tax code."""

from __future__ import annotations

from codicefiscale import codicefiscale
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campanile_infra.sealing import fingerprint, seal, unseal
from campanile_tenants.contract.access import Assurance
from campanile_tenants.contract.errors import CampanileError, InvalidInput, NotAllowed
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.people.models import Identity, Kind, User

SHORTEST_REASON = 10


class BadTaxCode(CampanileError):
    """Not a tax code: wrong shape or wrong check character."""

    code = "BAD_TAX_CODE"
    message = _("This is not a valid tax code.")


def clean_tax_code(text: str) -> str:
    """`TINIT-RSSMRA80A01E507X` or the bare code, as sixteen capital characters. Raises BadTaxCode.

    Shape and check character by the decree of 23 December 1976; codes with letters for digits (omocodia) are valid.
    """
    code = text.strip().upper().removeprefix("TINIT-")
    if not codicefiscale.is_valid(code):
        raise BadTaxCode(field="tax_code")
    return code


def known_citizen(*, tax_code: str, given_name: str, family_name: str, provider: str, assurance: Assurance) -> User:
    """The citizen behind an identity, made at her first sign-in; name and assurance are brought up to date.

    Raises BadTaxCode.
    """
    code = clean_tax_code(tax_code)
    name = f"{given_name.strip()} {family_name.strip()}".title()[:150]
    with transaction.atomic():
        identity = Identity.objects.select_related("user").filter(mark=fingerprint(code)).first()
        if identity is None:
            user = User.objects.create_user("", None, full_name=name, kind=Kind.CITIZEN)
            Identity.objects.create(
                user=user, sealed_tax_code=seal(code), mark=fingerprint(code), hint=code[-4:], provider=provider,
                assurance=int(assurance),
            )  # fmt: skip
            record("people.citizen_known", user, provider=provider)
            return user
        identity.provider, identity.assurance, identity.verified_at = provider, int(assurance), timezone.now()
        identity.save(update_fields=["provider", "assurance", "verified_at"])
        if identity.user.full_name != name:
            identity.user.full_name = name
            identity.user.save(update_fields=["full_name"])
    return identity.user


def find(text: str) -> User | None:
    """The citizen with this whole tax code or mail address. 1 query."""
    known = User.objects.filter(kind=Kind.CITIZEN)
    if "@" in text:
        return known.filter(email__iexact=text.strip()).first()
    return known.filter(identity__mark=fingerprint(text.strip().upper())).first()


def masked(identity: Identity) -> str:
    """The tax code as staff see it: the last four characters only."""
    return f"············{identity.hint}"


def reveal(identity: Identity, *, by: User, reason: str) -> str:
    """The whole tax code, for a reason in words that goes on record. Raises NotAllowed, InvalidInput."""
    if not by.has_permission("people.reveal_tax_code"):
        raise NotAllowed
    if len(reason.strip()) < SHORTEST_REASON:
        raise InvalidInput(reason=_("Say why you need the whole tax code, in a few words."), field="reason")
    record("people.tax_code_revealed", identity.user, reason_length=len(reason.strip()), case=_case(reason))
    return unseal(identity.sealed_tax_code)


def own_tax_code(user: User) -> str | None:
    """The tax code of somebody who asks for something in her own name; None when nobody vouched for one. 1 query."""
    identity = Identity.objects.filter(user=user).first()
    return None if identity is None else unseal(identity.sealed_tax_code)


def _case(reason: str) -> str:
    """The reason's fingerprint: proves which reason was given without writing a person's matters into the trail."""
    return fingerprint(reason.strip())[:16]
