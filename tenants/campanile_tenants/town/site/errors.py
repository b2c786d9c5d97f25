"""What can go wrong with the site, in words for whoever writes it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from campanile_tenants.contract.errors import CampanileError, InvalidInput


class PictureRefused(InvalidInput):
    """The file is no picture we can use."""

    code = "SITE_PICTURE_REFUSED"
    message = _("“%(name)s” was not taken: %(reason)s")


class AttachmentRefused(InvalidInput):
    """The file is of a kind that may not be published, or not what its name says."""

    code = "SITE_ATTACHMENT_REFUSED"
    message = _("“%(name)s” was not taken: %(reason)s")


class PageIncomplete(InvalidInput):
    """The page lacks something that must be there before it is published."""

    code = "SITE_PAGE_INCOMPLETE"
    message = _("The page cannot be published yet: %(what)s")


class SomebodyElseWrote(CampanileError):
    """Another person saved the page meanwhile."""

    code = "SITE_SOMEBODY_ELSE_WROTE"
    message = _("%(name)s saved this page while you were writing.")
    http_status = 409


class FeedUnreadable(CampanileError):
    """The address does not answer with a list that can be read."""

    code = "SITE_FEED_UNREADABLE"
    message = _("%(url)s could not be read: %(reason)s")
    http_status = 422
