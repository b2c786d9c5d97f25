"""What goes wrong with contacts, in words that say what to do."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from campanile_tenants.contract.errors import CampanileError


class WrongAddress(CampanileError):
    """An address that cannot be."""

    code = "CONTACTS_WRONG_ADDRESS"
    message = _("“%(address)s” cannot be reached over %(channel)s. Look at it once more.")


class NotAMobile(CampanileError):
    """A landline where an SMS is asked for."""

    code = "CONTACTS_NOT_A_MOBILE"
    message = _("This is not a mobile number, and SMS do not reach it. Choose a telephone call instead.")


class NoSuchTopic(CampanileError):
    """A topic that no module of the town declares."""

    code = "CONTACTS_NO_SUCH_TOPIC"
    message = _("There is nothing called “%(topic)s” to be told about.")


class ChannelNotSetUp(CampanileError):
    """A channel that this installation or town does not have."""

    code = "CONTACTS_CHANNEL_NOT_SET_UP"
    http_status = 409
    message = _("%(channel)s is not set up yet. Choose another way.")


class WrongCode(CampanileError):
    """A code that is wrong, too old, or was tried too often: the same words for all."""

    code = "CONTACTS_WRONG_CODE"
    http_status = 403
    message = _("This code is not right, or is too old. Look at the latest one, or ask for a new code.")


class ConsentMissing(CampanileError):
    """Data about somebody's frailty without her consent."""

    code = "CONTACTS_CONSENT_MISSING"
    message = _("Write down how she agreed before you note that she needs help.")
