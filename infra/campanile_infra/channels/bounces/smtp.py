"""The endpoint to which other mail servers bring back what could not be delivered: SMTP (RFC 5321) or LMTP (RFC 2033).

It takes mail for `bounce+<ticket>@<our domain>` and nothing else, from anybody: the ticket is what nobody can make up.
A mail is answered with 250 only when what it says is committed; when that cannot be done it is told to come again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP

_log = logging.getLogger(__name__)
MOST_BYTES = 3_000_000
"""A newsletter weighs 100 kB at most; those who return it add less than as much again, or a lot of rubbish."""
PREFIX = "bounce+"

Knows = Callable[[str], bool]
Take = Callable[[bytes, str], object]


class Returns:
    """What aiosmtpd asks. `knows(ticket)` says whether it was made here; `take(content, ticket)` commits what a mail
    says, and raises when it cannot.
    """

    def __init__(self, domain: str, knows: Knows, take: Take) -> None:
        self._domain, self._knows, self._take = domain.lower(), knows, take

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """550 at once for what is not ours, so that no rubbish is ever read."""
        if not self._knows(self._ticket(address)):
            return "550 5.1.1 Nobody is read here"
        if envelope.rcpt_tos:  # each bounce has an address of its own; LMTP would want an answer for each
            return "452 4.5.3 One recipient a mail"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """One that fails brings the mail again, which changes nothing twice."""
        try:
            await asyncio.to_thread(self._take, envelope.content, self._ticket(envelope.rcpt_tos[0]))
        except Exception:  # noqa: BLE001 - whatever it is: the other side keeps the mail and comes again
            _log.exception("A mail that came back could not be written down")
            return "451 4.3.0 Not now, come again"
        return "250 2.0.0 OK"

    def _ticket(self, address: str) -> str:
        local, _at, domain = address.strip("<>").rpartition("@")
        return local[len(PREFIX) :] if local.lower().startswith(PREFIX) and domain.lower() == self._domain else ""


class Endpoint(Controller):
    """Listens in a thread of its own until `stop`."""

    def __init__(self, returns: Returns, host: str, port: int, *, lmtp: bool = False) -> None:
        self._server_class = LMTP if lmtp else SMTP
        super().__init__(returns, hostname=host, port=port)

    def factory(self) -> Any:
        """One conversation."""
        return self._server_class(
            self.handler, data_size_limit=MOST_BYTES, ident="Campanile", timeout=120, decode_data=False,
            enable_SMTPUTF8=True,
        )  # fmt: skip
