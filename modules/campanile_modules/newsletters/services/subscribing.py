"""Asking for newsletters, proving the address, choosing anew, ending: nothing is sent before somebody confirmed."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import timedelta

from disposable_email_domains import blocklist
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from campanile_modules.newsletters.errors import (
    ConsentMissing,
    DisposableMail,
    NothingChosen,
    WrongCode,
    WrongMail,
)
from campanile_modules.newsletters.models import Issue, Subscriber, Subscription, Topic
from campanile_tenants.kit import audit, consent, events, messaging, outreach
from campanile_tenants.kit.sealing import fingerprint
from campanile_tenants.kit.town import current_town
from campanile_tenants.kit.web import absolute

VERSION = "1"
WORDS = gettext_noop(
    "I agree that my municipality writes to me by e-mail about the newsletters I chose. I can end it at any time with "
    "one tap in each mail."
)
"""What stands beside the button, and is kept as what she agreed to."""
PURPOSE = "newsletters"
MOST_TRIES = 5
CODE_LIVES = timedelta(days=3)
ONCE_A = timedelta(minutes=1)
REMIND_AFTER, FORGET_AFTER = timedelta(days=2), timedelta(days=7)
_SALT = "newsletters.reader"
_State = Subscription.State


def ask(
    email: str, codes: Sequence[str], *, words: str, language: str = "it", channel: str = "web",
    version: str = VERSION, page: str = "",
) -> Subscriber:  # fmt: skip
    """Writes down what is asked for and sends a mail with a code and a link; it counts once it is confirmed.

    Asking again sends another code, once a minute at most, and changes nothing that is confirmed: nobody can end or
    read somebody else's choice by asking for her. `page`: where she agreed. Raises WrongMail, DisposableMail,
    NothingChosen, ConsentMissing.
    """
    address, topics = _normal(email), _topics(codes)
    if not words.strip():
        raise ConsentMissing(field="words")
    with transaction.atomic():
        reader, _made = Subscriber.objects.get_or_create(email=address, defaults={"language": language})
        reader = Subscriber.objects.select_for_update().get(pk=reader.pk)
        known = {row.topic_id: row for row in reader.subscriptions.all()}
        for topic in topics:
            row = known.get(topic.pk) or Subscription(subscriber=reader, topic=topic)
            if row.state != _State.CONFIRMED or row.pk is None:
                row.state, row.asked_at, row.words, row.version, row.channel, row.page = (
                    _State.PENDING, timezone.now(), words, version, channel, page[:200],
                )  # fmt: skip
                row.ended_at = row.ended_by = None
                row.save()
        _send_code(reader, topics)
    return reader


def confirm(reader: Subscriber, code: str) -> list[Subscription]:
    """The address is hers. Each try counts before the code is looked at. Raises WrongCode."""
    digits = code.strip().replace(" ", "")
    mine = Subscriber.objects.filter(pk=reader.pk, code_tries__lt=MOST_TRIES, code_until__gt=timezone.now())
    found = mine.update(code_tries=F("code_tries") + 1)
    reader.refresh_from_db()
    if not found or not reader.code_digest or not secrets.compare_digest(reader.code_digest, _digest(reader, digits)):
        raise WrongCode(field="code")
    return confirm_all(reader)


def confirm_all(reader: Subscriber) -> list[Subscription]:
    """What waits counts from now: she gave the code, or pressed the button behind the link of the mail."""
    with transaction.atomic():
        waiting = list(reader.subscriptions.select_for_update().filter(state=_State.PENDING).select_related("topic"))
        for row in waiting:
            row.state, row.confirmed_at, row.ended_at = _State.CONFIRMED, timezone.now(), None
            row.save()
        for words, version, channel, page in {(row.words, row.version, row.channel, row.page) for row in waiting}:
            consent.give_consent(PURPOSE, words, version=version, language=reader.language, subject=reader.email,
                                 channel=channel, page=page)  # fmt: skip
        Subscriber.objects.filter(pk=reader.pk).update(code_digest="", code_until=None)
        if waiting:
            events.publish("newsletters.subscribed", topics=[row.topic.code for row in waiting])
        outreach.lift("email", reader.email)
    return waiting


def choose(reader: Subscriber, codes: Iterable[str], *, language: str) -> None:
    """Her choice from now on, by the signed link: what she adds counts at once, the address is proved."""
    wanted = {topic.pk: topic for topic in Topic.objects.filter(code__in=list(codes), is_active=True)}
    with transaction.atomic():
        now = timezone.now()
        for row in reader.subscriptions.select_for_update().exclude(topic__in=wanted):
            if row.state in (_State.CONFIRMED, _State.PENDING):
                _end(row, _State.UNSUBSCRIBED)
        for topic in wanted.values():
            row, _made = Subscription.objects.get_or_create(subscriber=reader, topic=topic)
            if row.state != _State.CONFIRMED:
                row.state, row.confirmed_at, row.ended_at, row.ended_by = _State.CONFIRMED, now, None, None
                row.words, row.version, row.channel = _(WORDS), VERSION, "web"
                row.save()
                consent.give_consent(PURPOSE, row.words, version=VERSION, language=language, subject=reader.email,
                                     channel="web", page=reverse("newsletters:subscribe"))  # fmt: skip
                outreach.lift("email", reader.email)
        Subscriber.objects.filter(pk=reader.pk).update(language=language)
        _withdraw_if_none(reader)


def chosen(reader: Subscriber) -> list[str]:
    """Codes of what she gets. 1 query."""
    mine = reader.subscriptions.filter(state=_State.CONFIRMED).order_by("topic__position", "topic__code")
    return list(mine.values_list("topic__code", flat=True))


def end(email: str, topic_code: str, *, state: str = _State.UNSUBSCRIBED, issue: Issue | None = None) -> bool:
    """Ends one newsletter for an address; False when it did not get it."""
    with transaction.atomic():
        row = (
            Subscription.objects.select_for_update(of=("self",)).select_related("subscriber")
            .filter(subscriber__email=email.lower(), topic__code=topic_code, state=_State.CONFIRMED).first()
        )  # fmt: skip
        if row is None:
            return False
        _end(row, state, issue)
        _withdraw_if_none(row.subscriber)
    return True


def write_down(email: str, codes: Sequence[str], *, agreed: str, language: str = "it", channel: str = "desk") -> None:
    """The office writes somebody down who agreed before it: counts at once, her words are kept as they were said.

    Raises WrongMail, DisposableMail, NothingChosen, ConsentMissing.
    """
    if not agreed.strip():
        raise ConsentMissing(field="agreed")
    address, topics = _normal(email), _topics(codes)
    with transaction.atomic():
        reader, _made = Subscriber.objects.get_or_create(email=address, defaults={"language": language})
        for topic in topics:
            row, _new = Subscription.objects.get_or_create(subscriber=reader, topic=topic)
            if row.state != _State.CONFIRMED:
                row.state, row.confirmed_at, row.ended_at = _State.CONFIRMED, timezone.now(), None
                row.words, row.version, row.channel = agreed, VERSION, channel
                row.save()
        consent.give_consent(PURPOSE, agreed, version=VERSION, language=language, subject=address, channel=channel)
        audit.record("newsletters.written_down", ("subscriber", str(reader.pk)), topics=len(topics))


def link_of(reader: Subscriber) -> str:
    """The page where she chooses anew: whoever has the link may choose for this address and no other."""
    return absolute(reverse("newsletters:preferences", args=[signing.dumps(reader.pk, salt=_SALT)]))


def reader_of(name: str) -> Subscriber | None:
    """Whose link it is; None when it was not made here."""
    try:
        return Subscriber.objects.filter(pk=signing.loads(name, salt=_SALT)).first()
    except signing.BadSignature:
        return None


def remind() -> int:
    """One gentle reminder to whoever did not confirm in two days; who does not in a week is forgotten. How many."""
    now, sent = timezone.now(), 0
    waiting = Subscription.objects.filter(state=_State.PENDING)
    late = Subscriber.objects.filter(
        reminded_at__isnull=True, subscriptions__in=waiting.filter(asked_at__lt=now - REMIND_AFTER)
    ).distinct()
    for reader in late[:500]:
        with transaction.atomic():
            topics = [row.topic for row in reader.subscriptions.filter(state=_State.PENDING).select_related("topic")]
            Subscriber.objects.filter(pk=reader.pk).update(reminded_at=now)
            _send_code(reader, topics, again=True)
        sent += 1
    waiting.filter(asked_at__lt=now - FORGET_AFTER).delete()
    Subscriber.objects.filter(subscriptions__isnull=True, created_at__lt=now - FORGET_AFTER).delete()
    return sent


def ask_imported(most: int = 200) -> int:
    """Writes to those whom a file brought without proof that they agreed, a few at a time; returns to how many. It
    counts once they confirm, as with anybody who asks.
    """
    first = Subscription.objects.filter(state=_State.REQUESTED).order_by("asked_at", "id")
    keys = list(dict.fromkeys(first.values_list("subscriber_id", flat=True)[: most * 3]))[:most]
    for reader in Subscriber.objects.filter(pk__in=keys):
        with transaction.atomic():
            mine = list(
                reader.subscriptions.select_for_update(of=("self",)).filter(state=_State.REQUESTED)
                .select_related("topic")
            )  # fmt: skip
            now = timezone.now()
            reader.subscriptions.filter(pk__in=[row.pk for row in mine]).update(state=_State.PENDING, asked_at=now)
            if mine:
                _send_code(reader, [row.topic for row in mine], invited=True)
    return len(keys)


def _end(row: Subscription, state: str, issue: Issue | None = None) -> None:
    row.state, row.ended_at, row.ended_by = state, timezone.now(), issue
    row.save(update_fields=("state", "ended_at", "ended_by"))


def _withdraw_if_none(reader: Subscriber) -> None:
    if not reader.subscriptions.filter(state=_State.CONFIRMED).exists():
        consent.withdraw_consent(PURPOSE, subject=reader.email)


def _normal(email: str) -> str:
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise WrongMail(address=email.strip()[:100], field="email") from None
    if address.rpartition("@")[2] in blocklist:
        raise DisposableMail(address=address[:100], field="email")
    return address


def _topics(codes: Sequence[str]) -> list[Topic]:
    found = list(Topic.objects.filter(code__in=list(codes), is_active=True))
    if not found:
        raise NothingChosen(field="topics")
    return found


def _send_code(
    reader: Subscriber, topics: Sequence[Topic], *, again: bool = False, invited: bool = False
) -> None:  # fmt: skip
    now = timezone.now()
    if not (again or invited) and reader.code_until is not None and reader.code_until - CODE_LIVES > now - ONCE_A:
        return
    code = f"{secrets.randbelow(10**6):06d}"
    reader.code_digest, reader.code_tries, reader.code_until = _digest(reader, code), 0, now + CODE_LIVES
    reader.save(update_fields=("code_digest", "code_tries", "code_until"))
    link = absolute(reverse("newsletters:confirm", args=[signing.dumps(reader.pk, salt=_SALT)]))
    with translation.override(reader.language):
        names = ", ".join(str(topic) for topic in topics)
        town = current_town().full_name
        subject = _("%(code)s: confirm the newsletters of %(town)s") % {"code": code, "town": town}
        if again:
            subject = _("Do you still want the newsletters of %(town)s?") % {"town": town}
        if invited:
            subject = _("%(town)s asks: do you want its newsletters?") % {"town": town}
        begin = (
            _("Your address stood in an older list of our newsletters: %(names)s.")
            if invited else _("You asked for: %(names)s.")
        ) % {"names": names}  # fmt: skip
        body = f"{begin}\n\n" + _(
            "Confirm with this code: %(code)s\nor with this link: %(link)s\n\n"
            "If it was not you, do nothing: without confirmation you get nothing, and in a week your address is "
            "deleted."
        ) % {"code": code, "link": link}
    messaging.send_mail(
        key=f"newsletters.code:{reader.pk}:{secrets.token_hex(8)}", purpose="newsletters.code", to=reader.email,
        subject=subject, body=f"{body}\n\n{town}\n",
    )  # fmt: skip


def _digest(reader: Subscriber, code: str) -> str:
    return fingerprint(f"newsletters/{reader.pk}/{code}")
