"""SMS over SMPP 3.4, the second provider: one bound session a process, over which receipts come back."""

from __future__ import annotations

import logging
import re
import select
import threading
from collections.abc import Callable
from typing import Any, ClassVar

import smpplib.client
import smpplib.consts
import smpplib.exceptions
import smpplib.gsm

from campanile_infra.channels.base import Accepted, Envelope, Heard, Transport, TransportError
from campanile_infra.channels.sms.parts import count, plainer

_log = logging.getLogger(__name__)
_THROTTLED = {smpplib.consts.SMPP_ESME_RTHROTTLED, smpplib.consts.SMPP_ESME_RMSGQFUL}
_OURS = {smpplib.consts.SMPP_ESME_RINVPASWD, smpplib.consts.SMPP_ESME_RINVSYSID, smpplib.consts.SMPP_ESME_RBINDFAIL}
_MOMENT = 0.3
"""Seconds without a word after which the centre has nothing more to say."""
_DELIVERED, _FAILED = "DELIVRD", ("EXPIRED", "DELETED", "UNDELIV", "REJECTD")
_STATES = {2: "DELIVRD", 3: "EXPIRED", 4: "DELETED", 5: "UNDELIV", 8: "REJECTD"}
_SAID = re.compile(r"(id|stat|err):(\S+)", re.IGNORECASE)
_WRONG_NUMBER = {smpplib.consts.SMPP_ESME_RINVDSTADR}


class SmppTransport(Transport):
    """Options: `host`, `port`, `system_id`, `password`, `sender`, `seconds` (patience, 10).

    A long text leaves as several parts, each with its own number; the delivery bears the first.
    """

    group = 20
    parallel: ClassVar[int] = 1

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._lock = threading.Lock()
        self._session: Any = None

    def units(self, body: str) -> int:
        """Parts: the provider's rate counts them."""
        return count(plainer(body)).parts

    def notify(self, envelope: Envelope) -> Accepted:
        """Raises TransportError: in doubt when a part left and no answer came."""
        text = plainer(envelope.body)
        parts, coding, kind = smpplib.gsm.make_parts(text)
        with self._lock:
            session = self._bound()
            numbers = [
                self._submit(session, envelope, part, coding, kind, in_doubt=True) for part in parts
            ]  # fmt: skip
        return Accepted(numbers[0], len(parts))

    def probe(self) -> None:
        """Binds, and asks whether the line is alive (enquire_link)."""
        with self._lock:
            session = self._bound()
            self._ask(session, lambda: session.send_pdu(_pdu("enquire_link", session)), "enquire_link_resp")

    def listen(self) -> int:
        """Reads what the centre has kept for us, receipts above all, until it is silent for a moment."""
        with self._lock:
            session, number = self._bound(), 0
            try:
                while select.select([session._socket], [], [], _MOMENT)[0]:
                    self._meanwhile(session, session.read_pdu())
                    number += 1
            except (smpplib.exceptions.ConnectionError, smpplib.exceptions.PDUError, OSError) as error:
                self._session = None
                session.disconnect()
                raise TransportError(type(error).__name__, permanent=False) from error
        return number

    def _submit(self, session: Any, envelope: Envelope, part: bytes, coding: int, kind: int, *, in_doubt: bool) -> str:
        sender = envelope.sender or str(self.options.get("sender", ""))
        numeric = sender.lstrip("+").isdigit()
        pdu = _pdu(
            "submit_sm", session, source_addr=sender.lstrip("+"), destination_addr=envelope.recipient.lstrip("+"),
            source_addr_ton=smpplib.consts.SMPP_TON_INTL if numeric else smpplib.consts.SMPP_TON_ALNUM,
            dest_addr_ton=smpplib.consts.SMPP_TON_INTL, dest_addr_npi=smpplib.consts.SMPP_NPI_ISDN,
            short_message=part, data_coding=coding, esm_class=kind, registered_delivery=True,
        )  # fmt: skip
        answer = self._ask(session, lambda: session.send_pdu(pdu), "submit_sm_resp", in_doubt=in_doubt)
        if answer.status != smpplib.consts.SMPP_ESME_ROK:
            raise _refusal(answer.status)
        return str(answer.message_id.decode() if isinstance(answer.message_id, bytes) else answer.message_id)

    def _bound(self) -> Any:
        if self._session is not None:
            return self._session
        session = smpplib.client.Client(
            str(self.options["host"]), int(self.options["port"]), timeout=float(self.options.get("seconds", 10)),
            allow_unknown_opt_params=True, logger_name=__name__,
        )  # fmt: skip
        try:
            session.connect()
            session.bind_transceiver(
                system_id=str(self.options["system_id"]), password=str(self.options["password"])
            )  # fmt: skip
        except smpplib.exceptions.PDUError as error:
            session.disconnect()
            raise _refusal(int(error.args[1])) from error
        except (smpplib.exceptions.ConnectionError, OSError) as error:
            session.disconnect()
            raise TransportError(type(error).__name__, permanent=False) from error
        self._session = session
        return session

    def _ask(self, session: Any, send: Callable[[], object], answer: str, *, in_doubt: bool = False) -> Any:
        """Sends, then reads until the answer comes; what the provider says meanwhile is answered."""
        try:
            send()
            while True:
                pdu = session.read_pdu()
                if pdu.command == answer:
                    return pdu
                self._meanwhile(session, pdu)
        except (smpplib.exceptions.ConnectionError, OSError) as error:
            self._session = None
            session.disconnect()
            raise TransportError(type(error).__name__, permanent=False, in_doubt=in_doubt) from error

    def _meanwhile(self, session: Any, pdu: Any) -> None:
        if pdu.command == "enquire_link":
            session.send_pdu(_pdu("enquire_link_resp", session, sequence=pdu.sequence))
        elif pdu.command == "deliver_sm":
            heard = receipt(pdu)
            if heard is not None and self.hear is not None:
                self.hear(heard)
            session.send_pdu(_pdu("deliver_sm_resp", session, sequence=pdu.sequence))
        else:
            _log.info("SMPP: %s", pdu.command)


def receipt(pdu: Any) -> Heard | None:
    """What a deliver_sm says of a message of ours; None for anything else and for states on the way.

    By the optional parameters (SMPP 3.4, 5.3.2.12 and 5.3.2.35), else by the text of appendix B, as most centres send
    it: `id:… stat:DELIVRD err:000`.
    """
    text = _words(pdu.short_message)
    said = dict(_SAID.findall(text))
    reference = _words(pdu.receipted_message_id).rstrip("\0") or said.get("id", "")
    state = _STATES.get(_number(pdu.message_state)) or said.get("stat", "").upper()
    if not reference or state not in (_DELIVERED, *_FAILED):
        return None
    return Heard(
        reference, state == _DELIVERED, "" if state == _DELIVERED else f"{state} {said.get('err', '')}".strip()
    )


def _words(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value or "")


def _number(value: object) -> int:
    return value if isinstance(value, int) else int.from_bytes(value, "big") if isinstance(value, bytes) else 0


def _pdu(command: str, session: Any, sequence: int | None = None, **values: Any) -> Any:
    from smpplib import smpp

    pdu = smpp.make_pdu(command, client=session, **values)
    if sequence is not None:
        pdu.sequence = sequence
    return pdu


def _refusal(status: int) -> TransportError:
    name = f"SMPP {status:#x}"
    if status in _THROTTLED:
        return TransportError(name, permanent=False, retry_after=1.0)
    if status in _OURS:
        return TransportError(f"{name}: the provider does not let us in", permanent=False, ours=True)
    return TransportError(name, permanent=status in _WRONG_NUMBER, dead_address=False)
