"""API of the module: `alertsAlerts`, `alertsColours`, `alertsImportCap`, and what to listen to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import graphene
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language

from campanile_modules.alerts import querysets
from campanile_modules.alerts.models import Alert
from campanile_modules.alerts.services import proposals
from campanile_modules.alerts.states import LIVE, Colour, Hazard
from campanile_modules.alerts.widgets import ColourDay, colour_days
from campanile_tenants.kit.api import (
    ANYONE,
    Audience,
    Column,
    Connection,
    DateTime,
    GlobalId,
    Live,
    MutationInput,
    MutationType,
    Node,
    Policy,
    RowType,
)
from campanile_tenants.kit.outreach import Message
from campanile_tenants.kit.web import absolute

AlertsHazard = graphene.Enum(
    "AlertsHazard", [(one.name, one.value) for one in Hazard], description="What an alert is about."
)
AlertsColour = graphene.Enum(
    "AlertsColour", [(one.name, one.value) for one in Colour], description="Colour codes of the national system."
)


def _text(name: str) -> Callable[[Any], Callable[[dict[str, Any]], str]]:
    """The part of a text in the language of the request, in Italian where there is none."""

    def for_request(_context: Any) -> Callable[[dict[str, Any]], str]:
        language = (get_language() or "it")[:2]
        return lambda texts: str((texts.get(language) or texts.get("it") or {}).get(name, ""))

    return for_request


class AlertsAlert(RowType):
    """A warning to the population that was sent. Drills are not told."""

    class Meta:
        interfaces = (Node,)

    id = GlobalId("AlertsAlert")
    code = Column(graphene.NonNull(graphene.String), "code", description="Public code, also in its address.")
    hazard = Column(graphene.NonNull(AlertsHazard), "hazard", description="What it is about.")
    colour = Column(graphene.NonNull(AlertsColour), "current__colour", description="Its colour now.")
    message_type = Column(
        graphene.NonNull(graphene.String), "current__msg_type",
        description="Of the last message: Alert, Update or Cancel.",
    )  # fmt: skip
    headline = Column(
        graphene.NonNull(graphene.String),
        "current__texts",
        make_for=_text("headline"),
        description="In the request's language.",
    )
    description = Column(
        graphene.NonNull(graphene.String), "current__texts", make_for=_text("description"), description="What happens."
    )
    instruction = Column(
        graphene.NonNull(graphene.String), "current__texts", make_for=_text("instruction"),
        description="What to do, one thing a line.",
    )  # fmt: skip
    onset = Column(graphene.NonNull(DateTime), "current__onset", description="When it begins.")
    expires_at = Column(graphene.NonNull(DateTime), "current__expires_at", description="Until when it holds.")
    sent_at = Column(graphene.NonNull(DateTime), "current__sent_at", description="When its last message was sent.")
    closed_at = Column(DateTime, "closed_at", description="When it ended; null while it is in force.")
    cap_url = Column(
        graphene.NonNull(graphene.String), "code", "current__number", description="Its last CAP 1.2 message, signed.",
        make=lambda _context, code, number: absolute(reverse("alerts:cap", args=[code, number])),
    )  # fmt: skip

    @classmethod
    def objects(cls, context: Any) -> QuerySet:
        """What everybody may read."""
        return querysets.public().select_related(None)


class AlertsAlertFilter(graphene.InputObjectType):
    """Which alerts."""

    in_force = graphene.Boolean(description="Only those that hold now, or only those that are over.")
    hazard = graphene.List(graphene.NonNull(AlertsHazard), description="About one of these.")


def _alerts(context: Any, **wanted: Any) -> QuerySet:
    rows = AlertsAlert.objects(context)
    if wanted.get("in_force") is not None:
        rows = rows.filter(closed_at__isnull=wanted["in_force"])
        rows = rows.filter(current__state__in=LIVE) if wanted["in_force"] else rows
    if wanted.get("hazard") is not None:
        rows = rows.filter(hazard__in=[getattr(one, "value", one) for one in wanted["hazard"]])
    return rows


class AlertsRisk(graphene.ObjectType):
    """One risk of a day. `before` is the colour of the issue before, where it changed."""

    name = graphene.NonNull(graphene.String, description="In the language of the request.")
    colour = graphene.NonNull(AlertsColour, description="Its colour.")
    before = AlertsColour(description="What it was in the issue before; null when it is the same.")


class AlertsColourDay(graphene.ObjectType):
    """The national bulletin for this town and one day."""

    day = graphene.NonNull(graphene.Date, description="A day of Europe/Rome.")
    zone = graphene.NonNull(graphene.String, description="The warning zone.")
    colour = graphene.NonNull(AlertsColour, description="The worst one.")
    published_at = graphene.NonNull(DateTime, description="When the bulletin was published.")
    risks = graphene.NonNull(graphene.List(graphene.NonNull(AlertsRisk)), description="Risk by risk.")


def _day(day: ColourDay) -> AlertsColourDay:
    risks = [AlertsRisk(name=name, colour=colour, before=before) for name, colour, before in day.risks]
    return AlertsColourDay(
        day=day.day, zone=day.zone, colour=day.colour, published_at=day.published_at, risks=risks
    )  # fmt: skip


class AlertsImportCapInput(MutationInput):
    """A CAP 1.2 message."""

    document = graphene.NonNull(graphene.String, description="The XML document, two million bytes at most.")


class AlertsImportCap(MutationType):
    """Hands in another authority's CAP message: it becomes a proposal, and people decide. Nothing is sent."""

    Input = AlertsImportCapInput
    title = graphene.String(description="The headline of the proposal; null when userErrors says why not.")

    @classmethod
    def perform(cls, context: Any, **given: Any) -> AlertsImportCap:
        """Checks it and keeps it. The same message again changes nothing."""
        return cls(title=proposals.from_cap(given["document"].encode()).title)


class AlertsHelp(RowType):
    """A message to which somebody answered that she needs help. Who it is stands in the office's list only."""

    headline = Column(graphene.NonNull(graphene.String), "subject", description="What she was warned of.")

    @classmethod
    def objects(cls, context: Any) -> QuerySet:
        """Messages of this town."""
        return Message.objects.all()


nodes = {AlertsAlert: ANYONE}


class Query(graphene.ObjectType):
    """Root fields for reading."""

    policies: ClassVar = {"alerts_alerts": ANYONE, "alerts_colours": ANYONE}
    alerts_alerts = Connection(
        AlertsAlert, _alerts, filters=AlertsAlertFilter, newest_first=True, same_for_all=True,
        orders={"CREATED_AT": ("created_at", "id")}, description="The town's alerts, the newest first; never a drill.",
    )  # fmt: skip
    alerts_colours = graphene.NonNull(
        graphene.List(graphene.NonNull(AlertsColourDay)),
        description="Colours of today and tomorrow by the national bulletin; empty where none speaks of this town.",
    )

    @staticmethod
    def resolve_alerts_colours(root: Any, info: Any) -> list[AlertsColourDay]:
        """3 queries."""
        return [_day(day) for day in colour_days()]


class AlertsMatter(RowType):
    """An alert at the office, from its first draft on; what it says is read on its page."""

    code = Column(graphene.NonNull(graphene.String), "code", description="Its code, also in its address.")

    @classmethod
    def objects(cls, context: Any) -> QuerySet:
        """All of the town, drafts and drills among them."""
        return Alert.objects.all()


class Subscription(graphene.ObjectType):
    """Root fields for listening."""

    policies: ClassVar = {
        "alerts_alert_changed": Policy(Audience.SIGNED_IN, permission="alerts.view_alerts"),
        "alerts_help_asked": Policy(Audience.SIGNED_IN, permission="alerts.give_help"),
    }
    alerts_alert_changed = Live(
        AlertsMatter,
        AlertsMatter.objects,
        events=("alerts.moved",),
        description="An alert of the office, each time that it was written, submitted, approved, sent or ended.",
    )
    alerts_help_asked = Live(
        AlertsHelp, AlertsHelp.objects, events=("delivery.help_asked",), description="Somebody asks for help."
    )


class Mutation(graphene.ObjectType):
    """Root fields for writing."""

    policies: ClassVar = {"alerts_import_cap": Policy(Audience.SIGNED_IN, permission="alerts.import_cap")}
    alerts_import_cap = AlertsImportCap.Field(description="Hands in another authority's CAP message.")
