"""What the house's own tables hold about people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from campanile_tenants.contract.module import Erase, PersonalData

_SIGN_IN = _("To let people in and nobody else")
_STAFF = _("staff")
FOREIGN_LABELS = (_("user sessions"), _("email addresses"))
"""Names of the libraries' models, so that they are translated too."""

HELD = (
    PersonalData(
        "people.User", ("full_name", "email", "phone"), purpose=_SIGN_IN, keep_days=None,
        found_by=(("email", "email"), ("phone", "phone"), ("user", "pk")), people=_("staff, and citizens who sign in"),
    ),
    PersonalData(
        "people.Identity", ("sealed_tax_code", "hint"), purpose=_("To know a citizen again by her digital identity"),
        keep_days=None, found_by=(("user", "user_id"),),
    ),
    PersonalData(
        "people.SignInCode", ("sealed_address",), purpose=_SIGN_IN, keep_days=1, since="made_at",
        found_by=(("email_mark", "mark"), ("phone_mark", "mark")),
    ),
    PersonalData(
        "people.Invitation", ("email", "full_name"), purpose=_SIGN_IN, keep_days=30, since="expires_at",
        found_by=(("email", "email"),), people=_STAFF,
    ),
    PersonalData(
        "people.HandOver", ("user",), purpose=_SIGN_IN, keep_days=7, since="made_at", found_by=(("user", "user_id"),),
    ),
    PersonalData(
        "account.EmailAddress", ("email",), purpose=_SIGN_IN, keep_days=None, found_by=(("email", "email"),),
        people=_STAFF,
    ),
    PersonalData(
        "usersessions.UserSession", ("ip", "user_agent"), purpose=_("To show people where they are signed in"),
        keep_days=30, since="last_seen_at", found_by=(("user", "user_id"),), people=_STAFF,
    ),
    PersonalData(
        "delivery.Answer", ("kind", "note"), purpose=_("To help those who say that they need it"), keep_days=90,
        since="given_at", found_by=(("email", "delivery__address"), ("phone", "delivery__address")),
    ),
    PersonalData(
        "delivery.Delivery", ("address",), purpose=_("To send what was asked for, once"), keep_days=90,
        since="message__created_at", found_by=(("email", "address"), ("phone", "address")),
    ),
    PersonalData(
        "delivery.Message", ("recipient", "subject", "body"), purpose=_("To send what was asked for, once"),
        keep_days=90, since="created_at",
        found_by=(("email", "recipient"), ("phone", "recipient"), ("text", "subject"), ("text", "body")),
    ),
    PersonalData(
        "delivery.Suppression", ("address",), purpose=_("To write no more to those who do not want it"),
        keep_days=None, found_by=(("email", "address"), ("phone", "address")), erase=Erase.KEEP,
        keep_reason=_("So that a wish not to be written to is respected after everything else is gone."),
    ),
    PersonalData(
        "delivery.SoftBounce", ("address",), purpose=_("To notice addresses that nobody reads any more"),
        keep_days=400, since="last_at", found_by=(("email", "address"), ("phone", "address")),
    ),
    PersonalData(
        "contacts.Contact",
        ("name", "street", "house_number", "latitude", "longitude", "fragile", "fragile_note", "relative_name"),
        purpose=_("To warn and to inform those who want it, and those whom nothing digital reaches"), keep_days=None,
        found_by=(("name", "name"), ("user", "user_id"), ("email", "endpoints__address"),
                  ("phone", "endpoints__address"), ("tax_code", "endpoints__address")),
        legal_basis=_("Consent (GDPR art. 6.1.a); vital interests of those who need help (art. 6.1.d)"),
    ),
    PersonalData(
        "contacts.Endpoint", ("address",), keep_days=None,
        purpose=_("To warn and to inform those who want it, and those whom nothing digital reaches"),
        found_by=(("email", "address"), ("phone", "address"), ("tax_code", "address")),
        legal_basis=_("Consent (GDPR art. 6.1.a); vital interests of those who need help (art. 6.1.d)"),
    ),
    PersonalData(
        "api.Upload", ("owner",), purpose=_("To take in a file that somebody sends ahead"), keep_days=0,
        since="expires_at", found_by=(("user", "owner_id"),), people=_("staff, and citizens who sign in"),
    ),
    PersonalData(
        "api.Job", ("owner",), purpose=_("To export and import lists for whoever asks"), keep_days=0,
        since="expires_at", found_by=(("user", "owner_id"),), people=_STAFF,
    ),
    PersonalData(
        "audit.Entry", ("actor_id", "network"), purpose=_("To show who did what, and who read personal data"),
        keep_days=None, found_by=(("user", "actor_id"),), erase=Erase.KEEP,
        keep_reason=_("Proof that data are handled lawfully (GDPR art. 5.2 and 32): numbers only, without a name."),
        legal_basis=_("Legal obligation (GDPR art. 6.1.c)"), people=_("staff, operators of the centre, citizens"),
    ),
)  # fmt: skip
