"""Asking to be told, proving that an address is one's own, choosing, and stopping."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import time, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from campanile_infra.channels.base import channels
from campanile_infra.sealing import fingerprint
from campanile_tenants.public.registry.gate import current_town
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.contacts import topics as topic_list
from campanile_tenants.town.contacts.addresses import normal
from campanile_tenants.town.contacts.errors import ChannelNotSetUp, ConsentMissing, WrongCode
from campanile_tenants.town.contacts.models import Channel, Contact, Endpoint, Preference
from campanile_tenants.town.delivery import tasks
from campanile_tenants.town.delivery.models import Suppression
from campanile_tenants.town.delivery.services import enqueue
from campanile_tenants.town.delivery.services.receiving import lift, suppress
from campanile_tenants.town.privacy.services import give_consent, withdraw_consent

MOST_TRIES = 5
CODE_LIVES = {Channel.EMAIL: timedelta(days=1)}
_CODE_LIVES = timedelta(minutes=20)
ONCE_A = timedelta(minutes=1)
PURPOSE = "contacts"
_BY_CODE = (Channel.EMAIL, Channel.SMS, Channel.VOICE)


@dataclass(frozen=True)
class Wish:
    """What somebody asks for. `wording` is the text she agreed to, `version` its version."""

    channel: str
    address: str
    topics: Sequence[str]
    wording: str
    version: str
    language: str = "it"
    street: str = ""
    house_number: str = ""
    quiet: tuple[time, time] | None = None
    breaks_quiet: bool = True


def ask(wish: Wish, *, contact: Contact | None = None) -> Endpoint:
    """Writes the wish down and sends a code to the address; nothing else is sent to it before it is confirmed.

    Asking again for the same address changes nothing before the new code is given, so that nobody can ask for others;
    a code is sent once a minute at most. Raises WrongAddress, NotAMobile, NoSuchTopic, ChannelNotSetUp.
    """
    address, codes = normal(wish.channel, wish.address), topic_list.known(wish.topics)
    if wish.channel not in channels():
        raise ChannelNotSetUp(channel=Channel(wish.channel).label, field="channel")
    with transaction.atomic():
        endpoint = Endpoint.objects.filter(
            channel=wish.channel, address=address, contact__source=Contact.Source.SELF, retired_at__isnull=True
        ).first()
        if endpoint is None:
            contact = contact or Contact.objects.create(
                language=wish.language, street=wish.street, house_number=wish.house_number
            )
            endpoint = Endpoint.objects.create(contact=contact, channel=wish.channel, address=address)
        if endpoint.verified_at is None:
            _write_quiet(endpoint, wish.quiet, breaks_quiet=wish.breaks_quiet)
        endpoint.pending = {
            "topics": codes, "wording": wish.wording, "version": wish.version, "language": wish.language,
        }  # fmt: skip
        endpoint.save(update_fields=("pending",))
        if wish.channel in _BY_CODE:
            _send_code(endpoint)
        elif wish.channel in (Channel.PUSH, Channel.IO):  # the browser or the identity provider answers for it
            _verify(endpoint)
    return endpoint


def confirm(key: int, code: str) -> Endpoint:
    """The address is hers, and what she asked for holds. Each try counts before the code is looked at.

    Raises WrongCode.
    """
    now = timezone.now()
    mine = Endpoint.objects.filter(pk=key, code_tries__lt=MOST_TRIES, code_until__gt=now)
    found = mine.update(code_tries=F("code_tries") + 1)
    endpoint = Endpoint.objects.filter(pk=key).first() if found else None
    digest = _digest(key, code.strip().replace(" ", ""))
    if endpoint is None or not endpoint.code_digest or not secrets.compare_digest(endpoint.code_digest, digest):
        raise WrongCode(field="code")
    with transaction.atomic():
        _verify(endpoint)
    return endpoint


def telegram_token(endpoint_topics: Iterable[str], language: str = "it") -> str:
    """What a deep link carries (`t.me/<bot>?start=<token>`, 64 characters at most): an endpoint without a chat yet."""
    codes = topic_list.known(endpoint_topics)
    token = secrets.token_urlsafe(24)
    with transaction.atomic():
        contact = Contact.objects.create(language=language)
        endpoint = Endpoint.objects.create(
            contact=contact, channel=Channel.TELEGRAM, address=f"start:{fingerprint(token)[:40]}",
            code_until=timezone.now() + timedelta(days=1),
        )  # fmt: skip
        _prefer(endpoint, codes)
    return token


def start_telegram(token: str, chat: int, wording: str, version: str) -> Endpoint | None:
    """Somebody pressed start behind a link of ours: the chat is hers. None: the link is old or not ours."""
    with transaction.atomic():
        waiting = Endpoint.objects.select_for_update().filter(
            channel=Channel.TELEGRAM, address=f"start:{fingerprint(token)[:40]}", code_until__gt=timezone.now()
        )
        endpoint = waiting.first()
        if endpoint is None:
            return None
        before = Endpoint.objects.filter(
            channel=Channel.TELEGRAM, address=str(chat), retired_at__isnull=True
        ).first()  # fmt: skip
        if before is not None:  # she was here before: one chat, all her topics
            _prefer(before, endpoint.preferences.values_list("topic", flat=True))
            endpoint.contact.delete()
            endpoint = before
        endpoint.address = str(chat)
        give_consent(PURPOSE, wording, version=version, language=endpoint.contact.language, subject=str(chat),
                     channel=Channel.TELEGRAM)  # fmt: skip
        _verify(endpoint)
    return endpoint


def choose(endpoint: Endpoint, topics: Iterable[str], *, quiet: tuple[time, time] | None, breaks_quiet: bool) -> None:
    """Her choice from now on. Without any topic nothing is sent to the address any more. Raises NoSuchTopic."""
    codes = topic_list.known(topics)
    with transaction.atomic():
        endpoint.preferences.exclude(topic__in=codes).delete()
        _prefer(endpoint, codes)
        _write_quiet(endpoint, quiet, breaks_quiet=breaks_quiet)


def stop(channel: str, address: str) -> int:
    """No more messages over this channel to this address, at once; returns how many endpoints it had."""
    with transaction.atomic():
        suppress(channel, address, reason=Suppression.Reason.OPT_OUT)
        withdraw_consent(PURPOSE, subject=address)
        mine = Endpoint.objects.filter(channel=channel, address=address, retired_at__isnull=True)
        record("contacts.stopped", ("channel", channel))
        return mine.update(retired_at=timezone.now())


@dataclass(frozen=True)
class Written:
    """Somebody whom the town writes down, mostly because nothing digital reaches her.

    `agreed`: how and when she (or who stands in for her) agreed, in the officer's words; without it nobody's frailty
    is noted. Her telephone counts as verified: an officer spoke to her.
    """

    name: str
    phone: str
    street: str
    house_number: str
    agreed: str
    topics: Sequence[str]
    language: str = "it"
    fragile: bool = False
    fragile_note: str = ""
    relative_name: str = ""
    relative_phone: str = ""


def write_down(person: Written, *, source: str = Contact.Source.TOWN) -> Contact:
    """Makes the contact. Raises WrongAddress, ConsentMissing, NoSuchTopic."""
    if not person.agreed.strip():
        raise ConsentMissing(field="agreed")
    phone, codes = normal(Channel.VOICE, person.phone), topic_list.known(person.topics)
    relative = normal(Channel.VOICE, person.relative_phone) if person.relative_phone.strip() else ""
    with transaction.atomic():
        contact = Contact.objects.create(
            source=source, name=person.name.strip(), street=person.street.strip(),
            house_number=person.house_number.strip(), language=person.language, fragile=person.fragile,
            fragile_note=person.fragile_note if person.fragile else "", relative_name=person.relative_name.strip(),
        )  # fmt: skip
        now = timezone.now()
        for address, of_relative in ((phone, False), (relative, True)):
            if address and (not of_relative or address != phone):
                endpoint = Endpoint.objects.create(
                    contact=contact, channel=Channel.VOICE, address=address, verified_at=now, of_relative=of_relative
                )
                _prefer(endpoint, codes)
        give_consent(PURPOSE, person.agreed, version="1", language=person.language, subject=phone, channel="desk")
        record("contacts.written_down", contact, fragile=person.fragile)
    return contact


def _prefer(endpoint: Endpoint, codes: Iterable[str]) -> None:
    Preference.objects.bulk_create(
        [Preference(endpoint=endpoint, topic=code) for code in codes], ignore_conflicts=True
    )  # fmt: skip


def _write_quiet(endpoint: Endpoint, quiet: tuple[time, time] | None, *, breaks_quiet: bool) -> None:
    endpoint.quiet_from, endpoint.quiet_to = quiet or (None, None)
    endpoint.breaks_quiet = breaks_quiet
    endpoint.save(update_fields=("quiet_from", "quiet_to", "breaks_quiet"))


def _verify(endpoint: Endpoint) -> None:
    asked = endpoint.pending
    if asked:
        _prefer(endpoint, asked["topics"])
        give_consent(PURPOSE, asked["wording"], version=asked["version"], language=asked["language"],
                     subject=endpoint.address, channel=endpoint.channel)  # fmt: skip
    endpoint.verified_at, endpoint.code_digest, endpoint.code_until = timezone.now(), "", None
    endpoint.pending = {}
    endpoint.save(update_fields=("address", "verified_at", "code_digest", "code_until", "pending"))
    lift(endpoint.channel, endpoint.address)


def _send_code(endpoint: Endpoint) -> None:
    channel, now = Channel(endpoint.channel), timezone.now()
    lives = CODE_LIVES.get(channel, _CODE_LIVES)
    if endpoint.code_until is not None and endpoint.code_until - lives > now - ONCE_A:
        return
    code = f"{secrets.randbelow(10**6):06d}"
    endpoint.code_digest, endpoint.code_tries = _digest(endpoint.pk, code), 0
    endpoint.code_until = now + lives
    endpoint.save(update_fields=("code_digest", "code_tries", "code_until"))
    spoken = ", ".join(code) if channel == Channel.VOICE else code
    with translation.override(endpoint.contact.language):
        subject = _("%(code)s confirms your address") % {"code": code}
        body = _("Your code for the notices of %(town)s is %(code)s. If you did not ask for it, do nothing.") % {
            "town": current_town().full_name, "code": spoken,
        }  # fmt: skip
    enqueue(
        key=f"contact:{endpoint.pk}:{secrets.token_hex(8)}", purpose="contacts.code", recipient=endpoint.address,
        subject=subject, body=body, channel=endpoint.channel, language=endpoint.contact.language,
    )  # fmt: skip
    tasks.drain_transactional.wake_on_commit()


def _digest(key: int, code: str) -> str:
    return fingerprint(f"contact/{key}/{code}")
