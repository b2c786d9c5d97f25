"""A town with the module on, and two people of its civil protection."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.towns import Town, inside, person, town

from campanile_tenants.public.registry.activation import switch_on
from campanile_tenants.public.registry.directory import directory, load_town


@pytest.fixture
def here(lecco: Town) -> Iterator[Town]:
    switch_on(town("097042"), "alerts", by="test")
    directory.forget()
    now = load_town(istat_code="097042")
    assert now is not None
    with inside(now):
        person("ada", "civil_protection")
        person("bruno", "civil_protection")
        yield now
    directory.forget()
