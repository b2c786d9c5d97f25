"""A fake of the telephony gateway: takes calls, "rings", asks us what to say, presses keys."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import threading
import time
import urllib.request
from typing import Any
from urllib.parse import urlsplit

from campanile_infra.channels.fakes import FakeProvider, Reply, Request

_CALLS = re.compile(r"/v1/Accounts/([\w-]+)/Calls")
TOKEN, SECRET, ACCOUNT = "token-of-the-test", "secret-of-the-test", "account"


class FakeGateway(FakeProvider):
    """`keys`: number -> what is pressed when it is called; a missing number does not answer, `busy` ones are busy.

    `said` holds (number, speech); every call goes through the real hooks over a socket, signed as the gateway signs.
    `resolve` maps a hook's host to an address to ask, because test hosts have no DNS.
    """

    def __init__(self, keys: dict[str, str], *, resolve: dict[str, str] | None = None) -> None:
        super().__init__()
        self.keys, self.resolve = keys, resolve or {}
        self.said: list[tuple[str, str]] = []
        self.problems: list[str] = []

    def take(self, request: Request) -> Reply:
        """201 with the call's number; the call itself goes on in a thread."""
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return Reply(401, {"msg": "unauthorized"})
        if not _CALLS.fullmatch(request.path):
            return Reply(200, {"account_sid": ACCOUNT})
        call = request.data
        if call.get("to", {}).get("type") != "phone" or not call.get("call_hook", {}).get("url"):
            return Reply(422, {"msg": "missing to or call_hook"})
        self.taken.append(call)
        sid = f"call-{len(self.taken)}"
        threading.Thread(target=self._call, args=(sid, call), daemon=True).start()
        return Reply(201, {"sid": sid})

    def _call(self, sid: str, call: dict[str, Any]) -> None:
        number = call["to"]["number"]
        time.sleep(0.05)
        try:
            if number not in self.keys:
                self._tell(call["call_status_hook"]["url"], sid, call, call_status="no-answer", sip_status=480)
                return
            self._tell(call["call_status_hook"]["url"], sid, call, call_status="in-progress", sip_status=200)
            verbs = self._tell(call["call_hook"]["url"], sid, call, call_status="in-progress")
            for verb in verbs or []:
                if verb["verb"] == "gather":
                    self.said.append((number, verb["say"]["text"]))
                    self._tell(verb["actionHook"], sid, call, digits=self.keys[number], reason="dtmfDetected")
            self._tell(call["call_status_hook"]["url"], sid, call, call_status="completed", sip_status=200)
        except OSError as error:
            self.problems.append(str(error))

    def _tell(self, url: str, sid: str, call: dict[str, Any], **more: Any) -> Any:
        content = json.dumps({"call_sid": sid, "to": call["to"]["number"], "tag": call["tag"], **more}).encode()
        stamp = str(int(time.time()))
        mark = hmac.new(SECRET.encode(), f"{stamp}.".encode() + content, hashlib.sha256).hexdigest()
        parts = urlsplit(url)
        address = self.resolve.get(parts.netloc, parts.netloc)
        headers = {"Host": parts.netloc, "Content-Type": "application/json",
                   "Jambonz-Signature": f"t={stamp},v1={mark}"}  # fmt: skip
        request = urllib.request.Request(f"http://{address}{parts.path}", content, headers)
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - http
            text = answer.read()
        return json.loads(text) if text else None
