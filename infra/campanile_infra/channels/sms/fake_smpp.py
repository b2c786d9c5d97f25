"""A fake of an SMS centre that speaks SMPP 3.4 on a socket."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import Any, Self

from smpplib import command_codes as commands
from smpplib import consts, smpp

from campanile_infra.embedded.ports import LOOPBACK

PASSWORD = "secret"  # noqa: S105 - of the fake
_HEADER = 16


@dataclass(frozen=True)
class Treat:
    """How the next submit_sm is answered: with `status`, or taken and never answered (`silent`), or `cut`."""

    status: int = consts.SMPP_ESME_ROK
    silent: bool = False
    cut: bool = False


class _Numbers:
    """What the library asks for numbers when it reads a request."""

    sequence = 0

    def next_sequence(self) -> int:
        self.sequence += 1
        return self.sequence


class FakeSmsCentre:
    """`taken` holds the submit_sm that were taken; `binds` how many sessions there were; `answered` how many receipts
    we answered.
    """

    def __init__(self) -> None:
        self.taken: list[Any] = []
        self.orders: deque[Treat] = deque()
        self.binds = 0
        self.receipts: list[str] = []
        self.answered = 0
        self._sessions: list[socket.socket] = []
        self._server = socket.create_server((LOOPBACK, 0))
        self._open = True

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.getsockname()[1])

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._open = False
        self._server.close()

    def say(self, reference: str, state: str = "DELIVRD", error: str = "000") -> None:
        """Sends a receipt over the latest session, as appendix B of the specification writes it."""
        text = f"id:{reference} sub:001 dlvrd:001 submit date:2601012330 done date:2601012331 stat:{state} err:{error}"
        addresses = b"\0\x01\x01393331234567\0\0\x01COMUNE\0"
        flags = bytes((consts.SMPP_MSGTYPE_DELIVERYACK, 0, 0)) + b"\0\0" + bytes((0, 0, 0, 0))
        body = addresses + flags + bytes((len(text),)) + text.encode()
        _say(self._sessions[-1], "deliver_sm", 7_000 + len(self.receipts), body=body)
        self.receipts.append(reference)

    def _accept(self) -> None:
        while self._open:
            try:
                session, _ = self._server.accept()
            except OSError:
                return
            self._sessions.append(session)
            threading.Thread(target=self._serve, args=(session,), daemon=True).start()

    def _serve(self, session: socket.socket) -> None:
        with session:
            while (content := _read(session)) is not None:
                if not self._answer(session, content):
                    return

    def _answer(self, session: socket.socket, content: bytes) -> bool:
        number, sequence = struct.unpack(">4xL4xL", content[:_HEADER])
        name = commands.get_command_name(number)
        if name == "bind_transceiver":
            self.binds += 1
            good = f"\0{PASSWORD}\0".encode() in content
            _say(session, "bind_transceiver_resp", sequence, 0 if good else consts.SMPP_ESME_RINVPASWD, b"fake\0")
            return good
        if name == "submit_sm":
            return self._submit(session, content, sequence)
        if name == "deliver_sm_resp":
            self.answered += 1
        if name == "enquire_link":
            _say(session, "enquire_link_resp", sequence)
        return name != "unbind"

    def _submit(self, session: socket.socket, content: bytes, sequence: int) -> bool:
        order = self.orders.popleft() if self.orders else Treat()
        if order.status != consts.SMPP_ESME_ROK:
            _say(session, "submit_sm_resp", sequence, order.status)
            return True
        self.taken.append(smpp.parse_pdu(content, client=_Numbers(), allow_unknown_opt_params=True))
        if order.cut:
            return False
        if order.silent:
            time.sleep(3)
            return False
        _say(session, "enquire_link", 9_000 + len(self.taken))  # asks whether we are still there, before it answers
        _say(session, "submit_sm_resp", sequence, body=f"{len(self.taken):08x}\0".encode())
        return True


def _read(session: socket.socket) -> bytes | None:
    try:
        head = session.recv(4, socket.MSG_WAITALL)
        if len(head) < 4:
            return None
        rest = session.recv(struct.unpack(">L", head)[0] - 4, socket.MSG_WAITALL)
    except OSError:
        return None
    return head + rest


def _say(session: socket.socket, name: str, sequence: int, status: int = 0, body: bytes = b"") -> None:
    head = struct.pack(">LLLL", _HEADER + len(body), commands.get_command_code(name), status, sequence)
    session.sendall(head + body)
