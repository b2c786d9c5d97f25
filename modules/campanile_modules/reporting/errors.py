"""What can be refused."""

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
    """Closing needs words for the citizen."""

    code = "REPORT_TEXT_MISSING"
    message = _("Write to the citizen what was done, or why nothing will be.")


class ReasonMissing(CampanileError):
    """Closing without action needs a reason."""

    code = "REPORT_REASON_MISSING"
    message = _("Choose why the report is closed without action.")


class TooManyPhotos(CampanileError):
    """More photos than the town allows."""

    code = "REPORT_TOO_MANY_PHOTOS"
    message = _("A report carries at most %(most)s photos. Remove one first.")


class PhotoRefused(CampanileError):
    """A photo that cannot be used; the rest of the report is kept."""

    code = "REPORT_PHOTO_REFUSED"
    message = _("The photo “%(name)s” cannot be used: %(reason)s")
