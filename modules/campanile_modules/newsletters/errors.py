"""What can be refused, with what to do."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from campanile_tenants.kit.module import CampanileError


class WrongMail(CampanileError):
    """Nobody can be written to there."""

    code = "NEWSLETTERS_WRONG_ADDRESS"
    message = _("“%(address)s” is not an e-mail address. Look at it once more.")


class NothingChosen(CampanileError):
    """Subscribing to nothing."""

    code = "NEWSLETTERS_NOTHING_CHOSEN"
    message = _("Choose at least one newsletter.")


class ConsentMissing(CampanileError):
    """An address without the words that somebody agreed to."""

    code = "NEWSLETTERS_CONSENT_MISSING"
    message = _("Say how and when the person agreed, or send her a mail in which she confirms.")


class WrongCode(CampanileError):
    """The six digits are wrong, old, or were tried too often."""

    code = "NEWSLETTERS_WRONG_CODE"
    message = _("This code is wrong or too old. Ask for a new one.")


class WrongLink(CampanileError):
    """A link to choose that was not made here, or whose reader is gone."""

    code = "NEWSLETTERS_WRONG_LINK"
    message = _("This link does not work any more. Take the one in the last mail, or subscribe again.")


class BadBlock(CampanileError):
    """A block that cannot be drawn."""

    code = "NEWSLETTERS_BAD_BLOCK"
    message = _("Block %(number)s cannot be used: %(why)s The draft is kept.")


class ChangedMeanwhile(CampanileError):
    """Somebody else saved a newer text."""

    code = "NEWSLETTERS_CHANGED_MEANWHILE"
    http_status = 409
    message = _("A colleague changed this issue meanwhile. Your text is below: compare, then save again.")


class NotReady(CampanileError):
    """Something must be mended before anybody may approve it."""

    code = "NEWSLETTERS_NOT_READY"
    message = _("It cannot leave yet: %(why)s")


class NotTheSecond(CampanileError):
    """Whoever wrote it cannot be the one who approves it."""

    code = "NEWSLETTERS_NOT_THE_SECOND"
    http_status = 403
    message = _("Somebody else has to approve what you wrote. Whether two people are needed stands in the settings.")


class NotAsRead(CampanileError):
    """It is not what the person read who approved it."""

    code = "NEWSLETTERS_NOT_AS_READ"
    http_status = 409
    message = _("It was changed since you opened it. Read it again, then approve it.")


class PictureRefused(CampanileError):
    """A file that is no picture, or too large."""

    code = "NEWSLETTERS_PICTURE_REFUSED"
    message = _("The picture cannot be used: %(reason)s")


class WrongState(CampanileError):
    """What was asked for does not fit where the issue stands."""

    code = "NEWSLETTERS_WRONG_STATE"
    http_status = 409
    message = _("This cannot be done with an issue that is “%(state)s”. Load the page again.")


class DisposableMail(CampanileError):
    """An address of a provider that throws mails away after minutes."""

    code = "NEWSLETTERS_DISPOSABLE_ADDRESS"
    message = _("“%(address)s” is an address that lives for minutes. Write one that you read.")


class FileRefused(CampanileError):
    """A file of readers that cannot be read."""

    code = "NEWSLETTERS_FILE_REFUSED"
    message = _("The file cannot be used: %(why)s")


class NoEvidence(CampanileError):
    """A file of people of whom nobody says that they agreed."""

    code = "NEWSLETTERS_NO_EVIDENCE"
    message = _(
        "Nobody was written down: the file does not say that these people agreed. Say how they did, name the column "
        "that says it, or let us ask them by mail."
    )
