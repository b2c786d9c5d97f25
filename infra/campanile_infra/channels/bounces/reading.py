"""A mail that came back, read: whom it is about, what happened, and which of our messages it was.

RFC 3464 and 5965 first; for the many forms of before and beside them flufl.bounce finds the addresses, and what a
server says decides what it means (`words.py`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import Message
from html import unescape

from flufl.bounce import all_failures

from campanile_infra.channels.bounces.words import Kind, code_in, kind_of, says_why

MOST_TEXT = 200_000
_TICKET = re.compile(r"(?<![\w.])([a-z][a-z0-9_]{0,62}\.\d{1,18}\.[0-9a-f]{16})(?=[@.])")
_RETURNED = re.compile(
    r"^.*(original message (follows|as received)|copy of the (original )?message|returned (mail|message)|"
    r"below this line|unsent message|start of returned|header of the source mail|message header|"
    r"-----\s*original message|"
    r"old message:|intestazioni del messaggio|^content-type:\s*message/rfc822|^received: from ).*$",
    re.IGNORECASE | re.MULTILINE,
)
_QUOTED = re.compile(r"^\s*(subject|oggetto|betreff|objet):.*$", re.IGNORECASE | re.MULTILINE)
"""Our own subject, quoted: it says nothing of why."""
_ADDRESS = re.compile(r"[\w.+%=-]+@[\w-]+(\.[\w-]+)+")
_DAEMON = re.compile(r"mailer-daemon|postmaster|mail delivery|mdaemon|^\s*<>\s*$", re.IGNORECASE)
_FAILED = re.compile(
    r"undeliver|not (be )?deliver|delivery (status|fail|problem|report)|fail(ure|ed)|returned mail|mail error|"
    r"non[- ]delivery|mancata consegna|non consegnat|impossibile (consegnare|recapitare)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Told:
    """What is said of one address: `status` is an enhanced code or empty, `detail` never holds the address."""

    kind: Kind
    status: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Reading:
    """`overall`: what it means for the message when no address is named; None: it is no bounce (a person wrote, or a
    program that says she is away). `tickets`: names of our deliveries that stand in it. `number`: the same for the
    same mail.
    """

    number: str
    overall: Kind | None
    told: Mapping[str, Told] = field(default_factory=dict)
    tickets: tuple[str, ...] = ()

    def about(self, address: str) -> Told | None:
        """What it says of an address of ours; when it names others only (she has her mail forwarded), the gravest of
        them, because hers is the address to which we write.
        """
        if self.overall is None:
            return None
        known = self.told.get(address.lower())
        if known is not None:
            return known
        order = list(Kind)
        return min(self.told.values(), key=lambda one: order.index(one.kind), default=Told(self.overall))


def read(content: bytes) -> Reading:
    """Reads a mail as it arrived. Never raises for what is in it."""
    message = message_from_bytes(content, policy=policy.compat32)
    number = hashlib.sha256(content).hexdigest()[:32]
    tickets = tuple(dict.fromkeys(_TICKET.findall(_everything(message))))
    if complained := _complaint(message):
        return Reading(number, Kind.COMPLAINT, complained, tickets)
    told = _by_report(message)
    if told is not None:
        return Reading(number, _gravest(told), told, tickets)
    told = _by_words(message)
    overall = _gravest(told) or (_unnamed(message) if _is_bounce(message) else None)
    return Reading(number, overall, told, tickets)


def _gravest(told: Mapping[str, Told]) -> Kind | None:
    order = list(Kind)
    return min((one.kind for one in told.values()), key=order.index, default=None)


# -- RFC 5965: somebody pressed “this is spam” -------------------------------------------------------


def _complaint(message: Message) -> dict[str, Told]:
    if str(message.get_param("report-type", "")).lower() != "feedback-report":
        return {}
    for part in message.walk():
        if part.get_content_type() == "message/feedback-report":
            lines = _fields(_text(part))
            kind = lines.get("feedback-type", "abuse").lower()
            if kind in ("not-spam", "auth-failure"):
                return {}
            return {_bare(lines.get("original-rcpt-to", "")): Told(Kind.COMPLAINT, detail=kind[:40])}
    return {}


# -- RFC 3464: a report with fields for each recipient -----------------------------------------------


def _by_report(message: Message) -> dict[str, Told] | None:
    """What a report says of each recipient, nothing of those who got it; None: there is no report to read."""
    told: dict[str, Told] = {}
    seen = False
    human = _human(message)
    for part in message.walk():
        if part.get_content_type() not in ("message/delivery-status", "message/global-delivery-status"):
            continue
        blocks = part.get_payload()
        for block in blocks if isinstance(blocks, list) else []:
            if not isinstance(block, Message):
                continue
            lines = {str(name).lower(): " ".join(str(value).split()) for name, value in block.items()}
            action = lines.get("action", "").lower()
            named = [_bare(lines.get(name, "")) for name in ("original-recipient", "final-recipient")]
            addresses = [address for address in named if "@" in address]
            if not addresses or not action:
                continue
            seen = True
            if action.startswith(("delivered", "relayed", "expanded")):
                continue
            found = _of_block(action, lines, human)
            told.update(dict.fromkeys(addresses[:1], found))
            told.setdefault(addresses[-1], found)
    return told if seen else None


def _of_block(action: str, lines: Mapping[str, str], human: str) -> Told:
    said = f"{lines.get('diagnostic-code', '')} {lines.get('status', '')} {action}"
    status = code_in(lines.get("status", "")) or code_in(said)
    if status.endswith(".0.0") and code_in(lines.get("diagnostic-code", "")):
        status = code_in(lines["diagnostic-code"])
    if action.startswith("delayed"):
        return Told(Kind.DELAYED, status, _detail(said))
    general = status in ("", "5.0.0", "5.3.0", "5.7.1") and not lines.get("diagnostic-code", "").strip()
    return Told(kind_of(status, f"{said} {human}" if general else said), status, _detail(said))


# -- everything else: addresses by flufl.bounce, meaning by what stands beside them --------------------


def _by_words(message: Message) -> dict[str, Told]:
    if not _looks_sent_by_a_machine(message):
        return {}
    later, failed = _addresses(message)
    human = _human(message)
    told = {_plain(address): Told(Kind.DELAYED, code_in(human), _detail(human)) for address in later}
    for address in map(_plain, failed):
        near = _near(human, address) if len(failed) > 1 else human
        status = code_in(near)
        reason = near if status or says_why(near) else str(message.get("subject", ""))
        told[address] = Told(kind_of(status, reason), status, _detail(near))
    return told


def _addresses(message: Message) -> tuple[Collection[bytes], Collection[bytes]]:
    try:
        return all_failures(message)
    except Exception:  # noqa: BLE001 - some of its detectors expect headers that rubbish lacks; then it names nobody
        return (), ()


def _plain(address: bytes | str) -> str:
    text = address.decode("ascii", "replace") if isinstance(address, bytes) else address
    return text.strip("<> ").lower()


def _near(human: str, address: str) -> str:
    """What stands from an address to the next one: each recipient has a reason of her own."""
    start = human.lower().find(address)
    if start < 0:
        return human
    before = human.rfind("\n\n", 0, start) + 1
    after = human.find("\n\n", start + len(address))
    second = human.find("\n\n", after + 2) if after >= 0 else -1
    piece = human[before : after if after >= 0 else None]
    if len(piece) < len(address) + 25 and second >= 0:  # the address stands alone, the reason below it
        piece = human[before:second]
    return piece


def _looks_sent_by_a_machine(message: Message) -> bool:
    """Not a person, nor a program that answers for one: those quote words that look like a bounce."""
    auto, sender = str(message.get("auto-submitted", "")).lower(), str(message.get("from", ""))
    if auto.startswith("auto-replied") and "rejected" not in auto and not _DAEMON.search(sender):
        return message.get_content_type() == "multipart/report"
    return str(message.get("precedence", "")).lower() != "auto_reply" and message.get("x-autoreply") is None


def _is_bounce(message: Message) -> bool:
    """A bounce that names nobody: from a mail system, about something that failed."""
    if not _looks_sent_by_a_machine(message):
        return False
    sender = f"{message.get('from', '')} {message.get('return-path', '')}"
    return bool(_FAILED.search(str(message.get("subject", ""))) and
                (_DAEMON.search(sender) or _FAILED.search(_human(message)[:500])))  # fmt: skip


def _unnamed(message: Message) -> Kind:
    human = _human(message)
    return kind_of(code_in(human), human)


# -- texts of a mail ---------------------------------------------------------------------------------


def _human(message: Message) -> str:
    """What the mail system says to people, without the mail that it returns."""
    parts: list[str] = []
    for part in _own(message):
        text = _text(part)
        if part.get_content_type() == "text/html":
            text = unescape(re.sub(r"<[^>]*>", " ", text))
        parts.append(text)
        if sum(map(len, parts)) > 40:
            break
    whole = _QUOTED.sub("", "\n".join(parts).replace("\r", ""))
    cut = _RETURNED.search(whole)
    return whole[: cut.start()] if cut and len(whole[: cut.start()].strip()) > 20 else whole[:4_000]


def _own(message: Message) -> Iterator[Message]:
    """The text parts that are not inside a returned message."""
    if message.get_content_maintype() == "message":
        return
    if message.is_multipart():
        for part in message.get_payload():
            if isinstance(part, Message):
                yield from _own(part)
    elif message.get_content_type() in ("text/plain", "text/html"):
        yield message


def _everything(message: Message) -> str:
    """All texts and headers, those of returned messages too: our own number stands somewhere in them."""
    found: list[str] = []
    for part in message.walk():
        found += [f"{name}: {value}" for name, value in part.items()]
        if not part.is_multipart():
            found.append(_text(part))
    return "\n".join(found)[:MOST_TEXT]


def _text(part: Message) -> str:
    if part.is_multipart():
        return "\n".join(_fields_as_text(one) for one in part.get_payload() if isinstance(one, Message))
    content = part.get_payload(decode=True) or b""
    try:
        return content.decode(part.get_content_charset() or "utf-8", "replace") if isinstance(content, bytes) else ""
    except LookupError:
        return content.decode("latin-1") if isinstance(content, bytes) else ""


def _fields_as_text(part: Message) -> str:
    return "\n".join(f"{name}: {value}" for name, value in part.items())


def _fields(text: str) -> dict[str, str]:
    pairs = (line.partition(":") for line in text.splitlines() if ":" in line)
    return {name.strip().lower(): value.strip() for name, _colon, value in pairs}


def _bare(value: str) -> str:
    """`rfc822; <Anna@Example.org>` without its type and brackets."""
    return value.rpartition(";")[2].strip().strip("<>").strip().lower()


def _detail(text: str) -> str:
    """A few words for whoever looks, without addresses."""
    return " ".join(_ADDRESS.sub("…", text).split())[:100]
