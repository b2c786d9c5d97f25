"""What author and followers hear: one message an event and person, over the way she left us."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from campanile_modules.reporting.models import Follow, Report, Reporter, ReportEvent
from campanile_modules.reporting.services.keys import key_of
from campanile_modules.reporting.states import State
from campanile_tenants.kit import messaging, outreach
from campanile_tenants.kit.dates import in_words
from campanile_tenants.kit.people import User
from campanile_tenants.kit.town import current_town
from campanile_tenants.kit.web import absolute


@dataclass(frozen=True)
class Words:
    """A message before it is filled in: `%(code)s`, `%(title)s`, `%(place)s`, `%(state)s`, `%(text)s`, `%(link)s`,
    `%(whom)s`, `%(day)s`.
    """

    subject: str
    body: str


MOVED: dict[State, Words] = {
    State.SUBMITTED: Words(_("Your report %(code)s was received"), _(
        "Thank you. We received your report “%(title)s” (%(place)s).\n\n"
        "Its code is %(code)s. We answer by %(day)s. Follow it here:\n%(link)s\n\n"
        "We write to you again when an office takes charge of it.")),
    State.PENDING_EMAIL: Words(_("Confirm your report %(code)s"), _(
        "You wrote a report: “%(title)s” (%(place)s).\n\nConfirm that it is yours, or nobody reads it:\n%(link)s\n\n"
        "If it was not you, do nothing: in three days it is deleted.")),
    State.ASSIGNED: Words(_("Your report %(code)s was given to an office"), _(
        "Your report “%(title)s” (%(place)s) is with %(whom)s now.\n\nFollow it here:\n%(link)s")),
    State.IN_CHARGE: Words(_("Your report %(code)s is in charge of the office"), _(
        "Your report “%(title)s” (%(place)s) is now in charge of our office.\n\nFollow it here:\n%(link)s")),
    State.PLANNED: Words(_("Your report %(code)s: we come on %(day)s"), _(
        "For your report “%(title)s” (%(place)s) the work is planned for %(day)s.\n\n%(text)s\n\n%(link)s")),
    State.WAITING_CITIZEN: Words(_("Your report %(code)s: we need something from you"), _(
        "About your report “%(title)s” (%(place)s):\n\n%(text)s\n\nAnswer here; until then we wait:\n%(link)s")),
    State.FORWARDED: Words(_("Your report %(code)s was forwarded"), _(
        "We sent your report “%(title)s” (%(place)s) on to %(whom)s, whose task it is.\n\n%(text)s\n\n%(link)s")),
    State.RESOLVED: Words(_("Your report %(code)s: %(state)s"), _(
        "About your report “%(title)s” (%(place)s):\n\n%(text)s\n\n"
        "Is it really solved? Tell us in one tap:\n%(link)s")),
    State.CLOSED_NO_ACTION: Words(_("Your report %(code)s: %(state)s"), _(
        "About your report “%(title)s” (%(place)s):\n\n%(text)s\n\nTell us what you think of it:\n%(link)s")),
    State.DUPLICATE: Words(_("Your report %(code)s joins another one"), _(
        "Others told us of “%(title)s” (%(place)s) too. We go on with the first report, and you hear of each step."
        "\n\n%(text)s\n\n%(link)s")),
    State.REJECTED: Words(_("Your report %(code)s is not published"), _(
        "We cannot take your report “%(title)s”:\n\n%(text)s\n\n%(link)s")),
}  # fmt: skip
REOPENED = Words(_("Your report %(code)s was taken up again"), _(
    "We took your report “%(title)s” (%(place)s) up again.\n\nFollow it here:\n%(link)s"))  # fmt: skip
ANSWERED = Words(_("An answer to your report %(code)s"), "%(text)s\n\n%(link)s")
FOLLOWED = Words(_("You follow the report %(code)s"), _(
    "You have the same problem: “%(title)s” (%(place)s). You hear of each step.\n\nHere you see it, and stop our "
    "messages:\n%(link)s"))  # fmt: skip


@dataclass(frozen=True)
class _Recipient:
    address: str
    channel: str
    language: str
    follow: Follow | None = None


def tell(report: Report, event: ReportEvent, words: Words, *, followers: bool = True) -> int:
    """Writes to the author, and to those who follow; returns to how many. Once an event, however often called."""
    recipients = list(_recipients(report, followers=followers))
    for recipient in recipients:
        write(report, event, words, recipient)
    return len(recipients)


def tell_mentioned(report: Report, event: ReportEvent, people: Iterable[User]) -> None:
    """Writes at once to colleagues whom a note names; what it says stands behind the sign-in only."""
    link = absolute(reverse("reporting:office_detail", args=[report.code]))
    for person in people:
        with translation.override(person.language):
            messaging.send_mail(
                key=f"reporting.mention:{event.pk}:{person.pk}", purpose="reporting.mention", to=person.email,
                subject=gettext("%(who)s wrote a note for you: report %(code)s")
                % {"who": event.author_name, "code": report.code},
                body=gettext("It is about %(kind)s, %(place)s. Read it and answer here:\n%(link)s")
                % {"kind": report.category, "place": report.place, "link": link},
            )  # fmt: skip


def tell_follower(report: Report, follow: Follow, words: Words = FOLLOWED) -> None:
    """Writes to one who follows; once."""
    if follow.email:
        write(report, None, words, _Recipient(follow.email, "email", follow.language, follow))


def write(report: Report, event: ReportEvent | None, words: Words, to: _Recipient) -> None:
    """One message, in the recipient's language."""
    with translation.override(to.language):
        values = _values(report, event, to)
        about = f"{event.kind}:{event.pk}" if event else "follow"
        key = f"reporting.{about}:{to.follow.pk if to.follow else 0}"
        subject = gettext(words.subject) % values
        town = current_town().full_name
        if to.channel == "sms":
            outreach.enqueue(key=key, purpose=f"reporting.{event.kind if event else 'follow'}", recipient=to.address,
                             subject="", body=f"{town}: {subject}. {values['link']}", channel="sms",
                             language=to.language)  # fmt: skip
            outreach.wake("transactional")
            return
        messaging.send_mail(
            key=key, purpose=f"reporting.{event.kind if event else 'follow'}", to=to.address, subject=subject,
            body=f"{gettext(words.body) % values}\n\n{town}\n",
        )  # fmt: skip


def link_of(report: Report, follow: Follow | None = None) -> str:
    """The page of a report as its author, or one who follows, opens it from a message."""
    return f"{absolute(reverse('reporting:detail', args=[report.code]))}?chiave={key_of(report, follow)}"


def _recipients(report: Report, *, followers: bool) -> Iterator[_Recipient]:
    reporter = Reporter.objects.filter(report=report).first()
    if reporter is not None and reporter.email:
        yield _Recipient(reporter.email, "email", reporter.language)
    elif reporter is not None and outreach.takes_sms(reporter.phone):
        yield _Recipient(reporter.phone, "sms", reporter.language)
    if followers:
        for follow in report.follows.exclude(email=""):
            yield _Recipient(follow.email, "email", follow.language, follow)


def _values(report: Report, event: ReportEvent | None, to: _Recipient) -> dict[str, object]:
    day = report.planned_for or (localtime(report.answer_due_at).date() if report.answer_due_at else None)
    return {
        "code": report.code, "title": report.title, "place": report.place, "state": report.word.label,
        "text": event.public_text if event else "", "link": link_of(report, to.follow),
        "whom": report.forwarded_to or (report.office.name if report.office else current_town().full_name),
        "day": in_words(day, "j F Y") if day else "",
    }  # fmt: skip
