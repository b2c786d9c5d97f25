"""People and pages for the sites' tests."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from campanile_tenants.town.site.models import Page
from tests.portal.writing import CARD
from tests.towns import client, inside, person


@pytest.fixture
def writer(lecco: Any) -> Client:
    with inside(lecco):
        person("redazione", "communications")
    return client(lecco, "redazione")


@pytest.fixture
def card(lecco: Any) -> Page:
    with inside(lecco):
        return Page.objects.get(slug=CARD)
