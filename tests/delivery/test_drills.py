"""A drill leaves over credentials of its own, where there are some, and nothing real leaves over those."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import environ
import pytest

from campanile_infra.channels.sms.fake import FakeAwsMessaging
from campanile_platform.config.settings.channels import lines_from
from campanile_tenants.town.contacts.models import Contact
from campanile_tenants.town.delivery.models import Attempt, Lane
from campanile_tenants.town.delivery.services import Audience, broadcast, drain, freeze
from tests.delivery.conftest import aws_line, set_lines
from tests.delivery.posting import many
from tests.towns import Town, inside

pytestmark = pytest.mark.django_db


def drill() -> Any:
    """A drill to the one who takes part."""
    contact = Contact.objects.create(kind=Contact.Kind.DRILL, name="Volontaria")
    message = broadcast(key="drill", purpose="test", lane=Lane.EMERGENCY, subject="", body="Prova", exercise=True)
    person = f"SELECT 1::bigint AS id, {contact.pk}::bigint AS person, 'sms' AS channel, '+393331234567' AS address"
    freeze(message, Audience(f"{person}, 'it' AS language, 0 AS step, NULL::timestamptz AS due_at"))
    return message


def test_each_goes_over_its_own_line(lecco: Town, settings: Any) -> None:
    with FakeAwsMessaging() as real, FakeAwsMessaging() as drills:
        set_lines(settings, "sms", aws_line(real, "real"), replace(aws_line(drills, "drill-aws"), drill=True))
        with inside(lecco):
            message = drill()
            many(2)
            assert drain(Lane.EMERGENCY) == 3
            over = Attempt.objects.filter(delivery__message=message).values_list("provider", flat=True)
            assert set(over) == {"drill-aws"}
        assert (len(drills.taken), len(real.taken)) == (1, 2)


def test_without_a_line_of_their_own_drills_leave_as_everything_does(lecco: Town, settings: Any) -> None:
    with FakeAwsMessaging() as real:
        set_lines(settings, "sms", aws_line(real, "real"))
        with inside(lecco):
            drill()
            assert drain(Lane.EMERGENCY) == 1
        assert len(real.taken) == 1


def test_the_environment_names_them() -> None:
    env = environ.Env()
    env.ENVIRON = {"DRILL_SMPP_URL": "smpp://a:b@localhost:2775", "SMPP_URL": "smpp://c:d@localhost:2775"}
    lines = lines_from(env, local=False)
    assert [(line.name, line.drill) for line in lines["sms"]] == [("smpp", False), ("drill-smpp", True)]
    assert dict(lines["sms"][1].options)["system_id"] == "a"
    assert [line.name for line in lines["email"]] == ["smtp"], "nothing of drills where nothing was said"
