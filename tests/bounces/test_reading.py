"""Mails that came back, told apart: by real samples of others, and by the forms of today."""

from __future__ import annotations

import os
from email import message_from_bytes
from pathlib import Path

import pytest
from flufl.bounce import all_failures
from hypothesis import given, settings
from hypothesis import strategies as st

from campanile_infra.channels.bounces.reading import read
from campanile_infra.channels.bounces.words import Kind
from tests.bounces.labels import DELAYED, HARD, NO_BOUNCE

SAMPLES = Path(__file__).parents[2] / "build/bounces/flufl_bounce-6.0.0/tests/data"
TICKET = "c_097042.17.0123456789abcdef"


def wanted(name: str) -> str | None:
    if name in NO_BOUNCE:
        return None
    return "hard" if name in HARD else "delayed" if name in DELAYED else "soft"


def test_recall_and_precision_on_a_public_corpus() -> None:
    """Of hard bounces, beside flufl.bounce alone, which calls hard whatever is not called a delay."""
    files = sorted(SAMPLES.glob("*.txt"))
    if not files and os.environ.get("CI") != "true":
        pytest.skip("The samples are not here: sh tests/bounces/install.sh fetches them.")
    assert len(files) == 117
    ours = {file.stem: read(file.read_bytes()).overall for file in files}
    theirs = {file.stem for file in files if all_failures(message_from_bytes(file.read_bytes()))[1]}
    hard = {name for name, kind in ours.items() if kind == Kind.HARD}
    assert len(hard & HARD) / len(HARD) >= 0.98, sorted(HARD - hard)
    assert len(hard & HARD) / len(hard) >= 0.98, sorted(hard - HARD)
    assert len(theirs & HARD) / len(theirs) < 0.6, "flufl.bounce alone got better: look whether our rules are needed"
    wrong = {name: kind for name, kind in ours.items() if kind != wanted(name)}
    assert len(wrong) <= 2, wrong


def report(
    action: str, status: str, diagnostic: str = "", human: str = "", address: str = "anna@example.org"
) -> bytes:
    """A report of RFC 3464 with a mail of ours in it."""
    return f"""From: Mail Delivery System <MAILER-DAEMON@mx.example.org>
To: bounce+{TICKET}@bounces.example.net
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=utf-8

{human}

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; {address}
Original-Recipient: rfc822;{address}
Action: {action}
Status: {status}
{f"Diagnostic-Code: smtp; {diagnostic}" if diagnostic else "Remote-MTA: dns; mx"}

--b
Content-Type: message/rfc822

Message-ID: <{TICKET}@lecco.example.org>
Subject: Notizie: quota della mensa, utente sconosciuto

Ciao
--b--
""".encode()


@pytest.mark.parametrize(
    ("status", "diagnostic", "kind"),
    [
        ("5.1.1", "550-5.1.1 The email account that you tried to reach does not exist. NoSuchUser - gsmtp", "hard"),
        ("5.2.1", "550 5.2.1 The email account that you tried to reach is disabled. - gsmtp", "hard"),
        ("5.2.2", "552-5.2.2 The recipient's inbox is out of storage space. OverQuotaPerm - gsmtp", "soft"),
        ("5.7.26", "550-5.7.26 Your email has been blocked because the sender is unauthenticated. - gsmtp", "soft"),
        ("5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", "hard"),
        ("5.4.1", "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)", "soft"),
        ("5.7.1", "550 5.7.1 Service unavailable, Client host blocked using Spamhaus", "soft"),
        ("5.0.0", "550 Utente sconosciuto (libero.it)", "hard"),
        ("5.0.0", "550 sorry, no mailbox here by that name", "hard"),
        ("5.0.0", "552 casella piena / mailbox full", "soft"),
        ("5.3.0", "550 5.1.1 <…> User unknown; rejecting", "hard"),
        ("5.7.1", "554 5.7.1 Message rejected due to content restrictions: spam", "soft"),
        ("4.4.7", "Message expired: connection timed out", "soft"),
        ("5.1.2", "Host or domain name not found. Name service error for name=exmaple.org type=A: NXDOMAIN", "hard"),
        ("5.0.0", "", "soft"),
    ],
)
def test_the_forms_of_today(status: str, diagnostic: str, kind: str) -> None:
    found = read(report("failed", status, diagnostic))
    told = found.about("Anna@example.org")
    assert told is not None
    assert (str(told.kind), found.tickets) == (kind, (TICKET,))
    assert "anna@" not in told.detail


def test_delayed_delivered_and_forwarded() -> None:
    assert read(report("delayed", "4.4.1")).overall == Kind.DELAYED
    assert read(report("delivered", "2.0.0")).overall is None
    forwarded = read(report("failed", "5.1.1", "user unknown", address="anna@other.example.com"))
    told = forwarded.about("anna@example.org")
    assert told is not None
    assert told.kind == Kind.HARD, "hers is the address to which we write"


def test_a_complaint() -> None:
    mail = report("failed", "5.0.0").replace(b"report-type=delivery-status", b"report-type=feedback-report")
    mail = mail.replace(b"message/delivery-status", b"message/feedback-report")
    mail = mail.replace(
        b"Reporting-MTA: dns; mx.example.org\n",
        b"Feedback-Type: abuse\nUser-Agent: x\nOriginal-Rcpt-To: <anna@example.org>\n",
    )
    found = read(mail)
    assert (found.overall, list(found.told), found.tickets) == (Kind.COMPLAINT, ["anna@example.org"], (TICKET,))


@pytest.mark.parametrize(
    "headers",
    [
        "Auto-Submitted: auto-replied\nSubject: Fuori ufficio: undeliverable until Monday",
        "From: Ugo <ugo@example.org>\nSubject: Re: Notizie\nX-Autoreply: yes",
        "From: Ugo <ugo@example.org>\nSubject: La mail a mia zia e' tornata: user unknown",
    ],
)
def test_people_and_programs_that_answer_for_them_are_no_bounce(headers: str) -> None:
    body = (
        f"\n\nSono via. La casella e' piena? <anna@example.org>: 550 User unknown, disse.\nMessage-ID: <{TICKET}@x>\n"
    )
    assert read((headers + body).encode()).overall is None


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.integers(0, 900))
def test_nothing_that_arrives_makes_it_stumble(noise: bytes, place: int) -> None:
    mail = report("failed", "5.1.1", "user unknown")
    read(mail[:place] + noise + mail[place:])
    read(noise)
