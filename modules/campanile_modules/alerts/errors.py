"""What can be refused, and what to do about it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from campanile_tenants.kit.module import CampanileError


class IllegalMove(CampanileError):
    """The table of moves has no such move: a colleague was faster, or it was done twice."""

    code = "ALERT_ILLEGAL_MOVE"
    http_status = 409
    message = _(
        "This alert is “%(from_state)s” and cannot become “%(to_state)s”. Reload the page: a colleague may have been "
        "faster."
    )


class OwnAlert(CampanileError):
    """Two people means another one."""

    code = "ALERT_OWN"
    http_status = 403
    message = _("You wrote or submitted this alert: a colleague has to approve it. Call one now.")


class Changed(CampanileError):
    """What was approved is not what is there."""

    code = "ALERT_CHANGED"
    http_status = 409
    message = _("The text was changed since you read it. Read it again and approve it anew.")


class NotEditable(CampanileError):
    """Submitted or sent: its content stands."""

    code = "ALERT_NOT_EDITABLE"
    http_status = 409
    message = _("This text stands as it is. Take it back to change it, or write an update.")


class NotReady(CampanileError):
    """Something must be put right before anybody is told."""

    code = "ALERT_NOT_READY"
    http_status = 422
    message = _("Not sent. First put this right: %(what)s")


class WrongTown(CampanileError):
    """The typed name is another one."""

    code = "ALERT_WRONG_TOWN"
    message = _("Write the town's name exactly as it stands above: %(town)s.")


class ReasonMissing(CampanileError):
    """Alone only with a reason."""

    code = "ALERT_REASON_MISSING"
    message = _("Write in a few words why you send this alone. Everybody in the office will read it.")


class NoDelegation(CampanileError):
    """Nobody agreed to it beforehand."""

    code = "ALERT_NO_DELEGATION"
    http_status = 403
    message = _("Nobody has agreed beforehand that one person may send this. Ask a colleague to approve it.")


class AlreadyOver(CampanileError):
    """There is nothing to correct."""

    code = "ALERT_OVER"
    http_status = 409
    message = _("This alert is over. Write a new one.")


class BadArea(CampanileError):
    """An area that is none."""

    code = "ALERT_BAD_AREA"
    message = _("The area on the map cannot be used: %(why)s Draw it again, or write the streets.")


class BadCap(CampanileError):
    """A CAP message that cannot be taken in."""

    code = "ALERT_BAD_CAP"
    message = _("This is not a CAP 1.2 message that can be used: %(why)s")


class ProposalGone(CampanileError):
    """A colleague decided already, or its time is over."""

    code = "ALERT_PROPOSAL_GONE"
    http_status = 409
    message = _("This proposal was decided already, or is over.")
