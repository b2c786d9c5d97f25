"""What can be refused."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from campanile_tenants.contract.errors import CampanileError


class AlreadyRequested(CampanileError):
    """There is a job for this town."""

    code = "ALREADY_REQUESTED"
    http_status = 409
    message = _("%(name)s (%(istat_code)s) is already on the platform or on its way: state “%(state)s”.")


class BadHost(CampanileError):
    """Not a host name."""

    code = "BAD_HOST"
    message = _("“%(host)s” is not a host name. Write it like %(example)s, in small letters, without spaces.")


class BadCsv(CampanileError):
    """The file cannot be read as a list of towns; nothing was begun."""

    code = "BAD_CSV"
    message = _("%(file)s: %(reason)s")
