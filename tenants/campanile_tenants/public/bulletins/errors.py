"""What is wrong with a file of bulletins."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from campanile_tenants.contract.errors import CampanileError


class NotABulletin(CampanileError):
    """The file is none of the shapes that are known, or one of its rows is damaged."""

    code = "BULLETINS_NOT_A_BULLETIN"
    message = _("This is not a national bulletin: %(reason)s. Nothing was taken in.")
