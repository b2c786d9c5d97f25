"""Sentry without personal data: no users, cookies, bodies, query strings or local variables."""

from __future__ import annotations

from typing import Any

import sentry_sdk

from campanile_infra.database import scope


def start_sentry(dsn: str, environment: str, release: str) -> None:
    """Does nothing without a DSN."""
    if dsn:
        sentry_sdk.init(
            dsn=dsn,
            environment=environment,
            release=release,
            send_default_pii=False,
            include_local_variables=False,
            max_request_body_size="never",
            before_send=scrub,
        )


def scrub(event: Any, hint: Any) -> Any:
    """Takes out of an event what could name a person, and adds the town."""
    event.pop("user", None)
    request = event.get("request")
    if request:
        for part in ("cookies", "data", "query_string", "headers", "env"):
            request.pop(part, None)
        if "url" in request:
            request["url"] = str(request["url"]).split("?")[0]
    event.pop("breadcrumbs", None)
    event.setdefault("tags", {})["town"] = scope.current().schema
    return event
