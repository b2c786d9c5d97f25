"""Typed errors: a code for programs, data, an HTTP status, a translated message that says what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.forms import BaseForm


class CampanileError(Exception):
    """An expected refusal. Subclasses set `code`, `http_status` and `message`; `data` fills the message.

    `permanent` says whether trying the same again can ever succeed.
    """

    code: ClassVar[str] = "ERROR"
    http_status: ClassVar[int] = 400
    permanent: ClassVar[bool] = True
    message: ClassVar[str | Promise] = _("Something went wrong.")

    def __init__(self, *, field: str | None = None, **data: Any) -> None:
        super().__init__(self.code)
        self.field = field
        self.data = data

    def __str__(self) -> str:
        return str(self.message) % self.data if self.data else str(self.message)

    def add_to(self, form: BaseForm) -> None:
        """Says it beside the field that it is about, or above the form that has no such field."""
        form.add_error(self.field if self.field in form.fields else None, str(self))


class ModuleNotEnabled(CampanileError):
    """The module is off in this town. Pages answer 404, the API and tasks this code."""

    code = "MODULE_NOT_ENABLED"
    http_status = 404
    message = _("This service is not enabled in this municipality.")


class TooOften(CampanileError):
    """Asked for more often than somebody in good faith would."""

    code = "TOO_OFTEN"
    http_status = 429
    permanent = False
    message = _("Too many tries. Wait a while, then try again.")


class UnknownModule(CampanileError):
    """No module bears this code."""

    code = "UNKNOWN_MODULE"
    http_status = 404
    message = _("There is no module “%(module)s”. Modules: %(known)s.")


class ModuleRequires(CampanileError):
    """A module needs another one that is off, or is needed by one that is on."""

    code = "MODULE_REQUIRES"
    http_status = 409
    message = _("“%(module)s” needs “%(other)s”. Switch “%(other)s” on first.")


class ModuleRequired(CampanileError):
    """A module that is on needs this one."""

    code = "MODULE_REQUIRED"
    http_status = 409
    message = _("“%(other)s” needs “%(module)s”. Switch “%(other)s” off first.")


class NotAuthenticated(CampanileError):
    """Nobody is signed in."""

    code = "UNAUTHENTICATED"
    http_status = 401
    message = _("Sign in to do this.")


class NotAllowed(CampanileError):
    """The person signed in lacks the permission."""

    code = "FORBIDDEN"
    http_status = 403
    message = _("You are not allowed to do this. Ask your municipality's administrator.")


class SecondFactorMissing(CampanileError):
    """What the person may do asks for a second factor, and she has none yet."""

    code = "SECOND_FACTOR_REQUIRED"
    http_status = 403
    message = _("Your role needs a second factor. Add a passkey or a code app to your account first.")


class AssuranceTooLow(CampanileError):
    """The service needs a surer sign-in (SPID or CIE)."""

    code = "ASSURANCE_TOO_LOW"
    http_status = 403
    message = _("This service needs a surer sign-in. Use SPID or your electronic identity card.")


class WrongHost(CampanileError):
    """A field of a town asked of the centre, or the other way round."""

    code = "NOT_ON_THIS_HOST"
    http_status = 404
    message = _("This is not available at this address.")


class InvalidInput(CampanileError):
    """A value that cannot be accepted; `field` names it."""

    code = "INVALID"
    message = _("%(reason)s")


class DeclarationError(Exception):
    """A module's declaration is wrong. For developers: says what to write instead."""
