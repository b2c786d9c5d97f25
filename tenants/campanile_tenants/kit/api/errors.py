"""What a request can get wrong."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from campanile_tenants.contract.errors import CampanileError


class BadPageSize(CampanileError):
    """One of `first` and `last` is required, between 1 and 100."""

    code = "BAD_PAGE_SIZE"
    message = _("Ask for between 1 and %(most)s items, with either “first” or “last”.")


class BadCursor(CampanileError):
    """`after` or `before` is not a cursor of this list."""

    code = "BAD_CURSOR"
    message = _("This is not a cursor of this list. Use a cursor of one of its pages, with the same order.")


class BadId(CampanileError):
    """A global id of another type or another town, or none at all: the same answer for all."""

    code = "NOT_FOUND"
    http_status = 404
    message = _("There is nothing with this id here.")
