"""What can be refused, with what to do."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from campanile_tenants.kit.module import CampanileError


class IllegalMove(CampanileError):
    """The table of allowed moves has no such move."""

    code = "REPORT_ILLEGAL_MOVE"
    http_status = 409
    message = _(
        "A report that is “%(from_state)s” cannot become “%(to_state)s”. "
        "Reload the page: a colleague may have changed it."
    )


class TextMissing(CampanileError):
    """A move that owes the citizen words."""

    code = "REPORT_TEXT_MISSING"
    message = _("Write to the citizen what was done, or why nothing will be.")


class ReasonMissing(CampanileError):
    """Closing without action, or rejecting, needs a reason."""

    code = "REPORT_REASON_MISSING"
    message = _("Choose why the report is closed without action.")


class DayMissing(CampanileError):
    """Planning needs a day that is still to come."""

    code = "REPORT_DAY_MISSING"
    message = _("Choose the day on which it will be done, today or later.")


class WhomMissing(CampanileError):
    """Forwarding or assigning needs somebody."""

    code = "REPORT_WHOM_MISSING"
    message = _("Say to whom it goes.")


class CategoryClosed(CampanileError):
    """A category that takes no reports here."""

    code = "REPORT_CATEGORY_CLOSED"
    message = _("Reports of this kind are not taken here. %(words)s")


class UnknownCategory(CampanileError):
    """No such category in this town."""

    code = "REPORT_UNKNOWN_CATEGORY"
    http_status = 404
    message = _("There is no kind of problem with the code “%(code)s” here.")


class UnknownReport(CampanileError):
    """No such report here, or not within one's reach."""

    code = "REPORT_UNKNOWN"
    http_status = 404
    message = _("There is no report with the code “%(code)s” that you may change.")


class NameMissing(CampanileError):
    """The category takes no anonymous reports."""

    code = "REPORT_NAME_MISSING"
    message = _("For this kind of problem we need your name and your e-mail address or telephone.")


class EmailMissing(CampanileError):
    """The category confirms by mail."""

    code = "REPORT_EMAIL_MISSING"
    message = _("For this kind of problem write your e-mail address: you confirm the report from there.")


class PhotoMissing(CampanileError):
    """The category takes reports with a photo only."""

    code = "REPORT_PHOTO_MISSING"
    message = _("For this kind of problem add a photo.")


class AnswerMissing(CampanileError):
    """A question of the category without a usable answer."""

    code = "REPORT_ANSWER_MISSING"
    message = _("Answer the question “%(question)s”.")


class OutsideTown(CampanileError):
    """The point lies in no part of this town."""

    code = "REPORT_OUTSIDE"
    message = _("This place lies outside the municipality (%(where)s). Move the point, or write to that municipality.")


class KeyReused(CampanileError):
    """An idempotency key that was used for something else."""

    code = "REPORT_KEY_REUSED"
    http_status = 409
    message = _("This key was used for another report already. Use a new one.")


class TooManyPhotos(CampanileError):
    """More photos than the town allows."""

    code = "REPORT_TOO_MANY_PHOTOS"
    message = _("A report carries at most %(most)s photos. Remove one first.")


class PhotoRefused(CampanileError):
    """A photo that cannot be used; the rest of the report is kept."""

    code = "REPORT_PHOTO_REFUSED"
    message = _("The photo “%(name)s” cannot be used: %(reason)s")


class NotTheSame(CampanileError):
    """A report cannot be the duplicate of itself or of one that is its own duplicate."""

    code = "REPORT_NOT_THE_SAME"
    message = _("Choose another report: one cannot be the same as itself.")


class ConsentMissing(CampanileError):
    """An address without the words that its owner agreed to."""

    code = "REPORT_CONSENT_MISSING"
    message = _("With an address send the words that the person read and agreed to.")


class WrongSecret(CampanileError):
    """Code or secret is not right."""

    code = "REPORT_WRONG_SECRET"
    http_status = 403
    message = _("Code and secret do not belong together. Both stand on the receipt.")


class AlreadySaid(CampanileError):
    """An opinion is given once, and a report is taken up again once."""

    code = "REPORT_ALREADY_SAID"
    http_status = 409
    message = _("You have told us already. Thank you.")


class BadHours(CampanileError):
    """Working hours in which nobody works, or that overlap."""

    code = "REPORT_BAD_HOURS"
    message = _("Write the hours like 09:00-12:30 14:30-17:00, in order and apart; at least one day is open.")


class BadImport(CampanileError):
    """A file that cannot be taken in."""

    code = "REPORT_BAD_IMPORT"
    message = _("The file cannot be read: %(why)s")
