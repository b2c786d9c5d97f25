"""What the API refuses by itself."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from campanile_tenants.contract.errors import CampanileError


class KeyUsedOtherwise(CampanileError):
    """The idempotency key came before with another input."""

    code = "IDEMPOTENCY_KEY_REUSED"
    http_status = 409
    message = _("This idempotency key was used for something else. Make a new key for a new request.")


class TooManyDocuments(CampanileError):
    """An app registers more queries than it may."""

    code = "TOO_MANY_DOCUMENTS"
    message = _("An app registers at most %(most)s queries. Revoke its token and make a new one to start again.")


class BadDocument(CampanileError):
    """A query that cannot be registered: it is wrong, or too expensive."""

    code = "BAD_DOCUMENT"
    message = _("Query number %(number)s cannot be registered: %(reason)s")


class UnknownUpload(CampanileError):
    """There is no such file: never sent, of another kind, of somebody else, or past its hour."""

    code = "UPLOAD_UNKNOWN"
    http_status = 404
    message = _("There is no such file, or it was not sent within the hour. Ask for a new address and send it again.")


class UploadTooLarge(CampanileError):
    """Larger than this kind of file may be, or than was announced."""

    code = "UPLOAD_TOO_LARGE"
    http_status = 413
    message = _("A file of this kind has at most %(most)s bytes.")


class UploadType(CampanileError):
    """A media type that this kind of file does not accept."""

    code = "UPLOAD_TYPE"
    http_status = 415
    message = _("Send one of these types: %(accept)s.")


class UploadRefused(CampanileError):
    """The file is not what it says it is."""

    code = "UPLOAD_REFUSED"
    http_status = 422
    message = _("This file cannot be used: %(reason)s")


class TooManyUploads(CampanileError):
    """One network announces more files than people send."""

    code = "TOO_MANY_UPLOADS"
    http_status = 429
    permanent = False
    message = _("Too many files at once. Wait a minute.")


class TooManyJobs(CampanileError):
    """Somebody has several jobs on their way already."""

    code = "TOO_MANY_JOBS"
    http_status = 429
    permanent = False
    message = _("You have %(most)s exports and imports on their way already. Wait until one is over.")


class NotExportable(CampanileError):
    """The query of an export is not one list of columns."""

    code = "NOT_EXPORTABLE"
    message = _("%(reason)s")


class JobBroken(CampanileError):
    """A mistake of ours stopped a job."""

    code = "JOB_BROKEN"
    http_status = 500
    message = _("Our mistake: it is in the log. Ask again, and tell support if it comes back.")
