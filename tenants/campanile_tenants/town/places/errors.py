"""What can be wrong with places."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from campanile_tenants.contract.errors import CampanileError


class BadArea(CampanileError):
    """A geometry that is no area inside the town."""

    code = "BAD_AREA"
    message = _("The area cannot be used: %(why)s")


class BadRegister(CampanileError):
    """A file that is no list of streets or house numbers."""

    code = "BAD_REGISTER"
    message = _("This file cannot be read as a list of streets: %(why)s")


class NameTaken(CampanileError):
    """Two zones of one name."""

    code = "NAME_TAKEN"
    message = _("There is a zone of this name already. Choose another name.")


class ZoneInUse(CampanileError):
    """A zone that a rule still names."""

    code = "ZONE_IN_USE"
    message = _("This zone is still named by a rule. Change the rule first.")
