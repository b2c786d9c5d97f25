"""A town's own accounts on channels: kept sealed, opened for sending."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils import timezone

from campanile_infra.addresses import address
from campanile_infra.sealing import seal, unseal
from campanile_tenants.public.registry.gate import current_town
from campanile_tenants.town.delivery.models import Account

HOOKS = "/consegne/"
"""Below it answer the pages that providers and recipients come back to (`contacts.urls`)."""


def of(channel: str) -> Mapping[str, Any]:
    """The town's credentials on a channel; empty when it uses the centre's. 1 query."""
    account = Account.objects.filter(channel=channel).first()
    return {} if account is None else json.loads(unseal(account.sealed))


def keep(channel: str, name: str, values: Mapping[str, Any]) -> Account:
    """Seals and keeps the town's credentials."""
    sealed = seal(json.dumps(dict(values)))
    made, _ = Account.objects.update_or_create(
        channel=channel, defaults={"name": name, "sealed": sealed, "changed_at": timezone.now(), "problem": ""}
    )
    return made


def hooks() -> str:
    """The full address below which the town's pages for recipients and providers answer."""
    return address(current_town().host, HOOKS)


def options(channel: str) -> Mapping[str, Any]:
    """What a channel's transport has to know of us: where the telephone gateway asks what to say."""
    if channel != "voice":
        return {}
    return {"hook": f"{hooks()}voce/"}


def sender(channel: str, account: Mapping[str, Any]) -> str:
    """Who a message is from: the town's address for mails, its sender name elsewhere."""
    if channel == "email":
        town = current_town()
        name = town.full_name.replace('"', "")
        return f'"{name}" <{settings.SENDER_LOCAL_PART}@{town.host or "localhost"}>'
    return str(account.get("sender", ""))
