"""A mailbox to which bounces go, read over IMAP (RFC 3501): what is new since the last look, by UID."""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

_PATIENCE = 30
AT_ONCE = 200


class MailboxAway(OSError):
    """The server is not there, or does not let us in; the text says which and holds no password."""


@dataclass(frozen=True)
class Look:
    """One look: the numbering in force (`UIDVALIDITY`), and mails as (UID, content) in ascending order."""

    validity: int
    mails: list[tuple[int, bytes]]


def look(url: str, *, validity: int, after: int) -> Look:
    """Mails above UID `after`, at most 200; all of them when the server has numbered anew since. Nothing is changed
    there. `url`: `imaps://user:password@host:993/INBOX`. Raises MailboxAway.
    """
    with _open(url) as (server, folder):
        answer, _data = server.select(_quoted(folder), readonly=True)
        if answer != "OK":
            raise MailboxAway("there is no such folder")
        now = _number(server.response("UIDVALIDITY")[1])
        start = after if now == validity else 0
        answer, data = server.uid("SEARCH", "UID", f"{start + 1}:*")
        found = sorted(int(word) for word in (data[0] or b"").split()) if answer == "OK" else []
        new = [uid for uid in found if uid > start][:AT_ONCE]  # `n:*` always names the last one
        return Look(now, [(uid, _content(server, uid)) for uid in new])


def _content(server: imaplib.IMAP4, uid: int) -> bytes:
    answer, data = server.uid("FETCH", str(uid), "(BODY.PEEK[])")
    if answer != "OK":
        raise MailboxAway("a mail was not given to us")
    return next((part[1] for part in data if isinstance(part, tuple)), b"")


@contextmanager
def _open(url: str) -> Iterator[tuple[imaplib.IMAP4, str]]:
    parts = urlsplit(url)
    host, folder = parts.hostname or "localhost", unquote(parts.path.strip("/")) or "INBOX"
    server: imaplib.IMAP4
    try:
        if parts.scheme == "imaps":
            server = imaplib.IMAP4_SSL(host, parts.port or 993, ssl_context=ssl.create_default_context(),
                                       timeout=_PATIENCE)  # fmt: skip
        else:
            server = imaplib.IMAP4(host, parts.port or 143, timeout=_PATIENCE)
    except OSError as error:
        raise MailboxAway(type(error).__name__) from error
    try:
        server.login(unquote(parts.username or ""), unquote(parts.password or ""))
        yield server, folder
    except imaplib.IMAP4.error as error:
        raise MailboxAway("the server does not let us in") from error
    finally:
        try:
            server.logout()
        except (imaplib.IMAP4.error, OSError):
            server.shutdown()


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _number(data: list[bytes | None]) -> int:
    found = re.search(rb"\d+", data[0] or b"") if data else None
    return int(found[0]) if found else 0
