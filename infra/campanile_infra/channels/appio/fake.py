"""A fake of the app IO API for sending bodies; what comes is checked by the schema it is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from campanile_infra.channels.fakes import FakeProvider, Reply, Request

KEY = "key-of-the-test"


class FakeAppIo(FakeProvider):
    """`people`: tax code -> whether she takes messages of this service; others are not on IO.

    `check(definition, value)` raises ValueError when a value is not as the official OpenAPI says.
    """

    def __init__(self, people: Mapping[str, bool], check: Callable[[str, Any], None]) -> None:
        super().__init__()
        self._people, self._check = people, check

    def take(self, request: Request) -> Reply:
        """404 for strangers, 403 with another key, 400 for what the schema refuses, 201 with a number."""
        if request.headers.get("Ocp-Apim-Subscription-Key") != KEY:
            return Reply(401, {"title": "Unauthorized", "status": 401})
        code = request.data.get("fiscal_code")
        if code not in self._people:
            return Reply(404, {"title": "Not Found", "status": 404})
        if request.path.endswith("/profiles"):
            return Reply(200, {"sender_allowed": self._people[code], "preferred_languages": ["it_IT"]})
        try:
            self._check("NewMessage", request.data)
        except ValueError as error:
            return Reply(400, {"title": "Bad Request", "status": 400, "detail": str(error)})
        if not self._people[code]:
            return Reply(403, {"title": "Forbidden", "status": 403})
        self.taken.append(request.data)
        return Reply(201, {"id": f"01{len(self.taken):024d}"})
