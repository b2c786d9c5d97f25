"""What runs in every town: one that is broken is named, and the others go on."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from campanile_infra.database.scope import current, in_schema
from campanile_tenants.public.registry.everywhere import in_every_town
from campanile_tenants.town.delivery import tasks
from tests.delivery.posting import many

pytestmark = pytest.mark.django_db(transaction=False)


def test_one_broken_town_does_not_stop_the_others(lecco: Any, merate: Any, caplog: pytest.LogCaptureFixture) -> None:
    seen = []

    def work() -> int:
        schema = current().schema
        with connection.cursor() as cursor:
            if schema == "c_097042":
                from django.db import transaction

                with transaction.atomic():
                    cursor.execute("SELECT * FROM a_table_that_is_gone")
            seen.append(schema)
        return 1

    assert in_every_town(work) == len(seen) >= 2
    assert "c_097042" not in seen
    assert "c_097042" in caplog.text


def test_the_sweeper_wakes_each_town_and_lane_in_which_something_is_due(
    lecco: Any, merate: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[tuple[str, str]] = []
    for lane, drain in tasks.DRAINS.items():
        monkeypatch.setattr(drain, "wake", lambda lane=lane, **_: woken.append((current().schema, lane)))
    with in_schema("c_097042"):
        many(3, lane="emergency", key="a")
        many(3, lane="bulk", key="b")
    with in_schema("c_097048"):
        many(1, lane="bulk", key="c")
    with in_schema("public"):
        assert tasks.sweep() == 3
    assert set(woken) == {("c_097042", "emergency"), ("c_097042", "bulk"), ("c_097048", "bulk")}
