"""A fake of AWS End User Messaging: its JSON protocol, checked against the service model that botocore ships."""

from __future__ import annotations

import json
from typing import Any

import botocore.session
from botocore.validate import ParamValidator

from campanile_infra.channels.fakes import FakeProvider, Reply, Request

_SERVICE = "pinpoint-sms-voice-v2"


class FakeAwsMessaging(FakeProvider):
    """Takes SendTextMessage and SendVoiceMessage. `taken` holds the parameters of what was taken (no dry runs)."""

    def __init__(self) -> None:
        super().__init__()
        self._model = botocore.session.get_session().get_service_model(_SERVICE)
        self._validator = ParamValidator()

    def take(self, request: Request) -> Reply:
        """400 with the errors of the model when a parameter is not as AWS wants it."""
        target = request.headers.get("X-Amz-Target", "")
        prefix, _, operation = target.partition(".")
        if prefix != self._model.metadata["targetPrefix"] or "AWS4-HMAC-SHA256" not in request.headers.get(
            "Authorization", ""
        ):
            return error("ValidationException", "unsigned, or for another service")
        values = json.loads(request.content)
        report = self._validator.validate(values, self._model.operation_model(operation).input_shape)
        if report.has_errors():
            return error("ValidationException", report.generate_report())
        if not values.get("DryRun"):
            self.taken.append(values | {"operation": operation})
        return Reply(200, {"MessageId": f"aws-{len(self.requests):08d}"})


def error(code: str, message: str = "", status: int = 400) -> Reply:
    """An error as AWS words it."""
    return Reply(status, {"__type": f"com.amazonaws#{code}", "message": message or code})


def event(ticket: str, kind: str, number: str, **more: Any) -> dict[str, Any]:
    """An event of a message, as AWS publishes it (`eventVersion` 1.0): `TEXT_DELIVERED`, `TEXT_CARRIER_BLOCKED`..."""
    return {
        "eventType": kind, "eventVersion": "1.0", "eventTimestamp": 1764057600000, "isFinal": True,
        "messageId": number, "context": {"ticket": ticket}, **more,
    }  # fmt: skip
