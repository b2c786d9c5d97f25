"""Alerts: warnings to the population, by two people, over every channel, exactly as approved."""

from __future__ import annotations

import dataclasses

from django.utils.translation import gettext_lazy as _

from campanile_tenants.kit.module import (
    Erase,
    Event,
    Excerpt,
    MenuEntry,
    Meter,
    ModuleConfig,
    Permission,
    PersonalData,
    Schedule,
    ServiceEntry,
    Topic,
    WidgetSlot,
)


@dataclasses.dataclass(frozen=True)
class AlertsSettings:
    """What a town may choose."""

    sms_after: int = dataclasses.field(
        default=3,
        metadata={
            "label": _("Minutes before SMS"), "least": 0, "most": 60,
            "help": _("Notifications, Telegram, app IO and mail go first. Who answers one of them gets no SMS."),
        },
    )  # fmt: skip
    voice_after: int = dataclasses.field(
        default=8,
        metadata={
            "label": _("Minutes before calls"), "least": 0, "most": 120,
            "help": _("Calls go to those who have not answered by then, and to landlines."),
        },
    )  # fmt: skip
    most_euro: int = dataclasses.field(
        default=0,
        metadata={
            "label": _("Most euro for one alert"), "least": 0, "most": 100_000,
            "help": _("An alert that would cost more is not sent until a channel is left out. 0: no limit."),
        },
    )  # fmt: skip


class AlertsConfig(ModuleConfig):
    """The module `alerts`."""

    name = "campanile_modules.alerts"
    label = "alerts"
    code = "alerts"
    url_prefix = "allerte"
    verbose_name = _("Alerts")
    summary = _("Warn everybody in minutes over every channel, by two people; proposals from the national bulletins.")
    menu = (MenuEntry(_("Alerts"), "alerts:office", permission="alerts.view_alerts", icon="it-warning-circle"),)
    portal = (
        ServiceEntry(
            _("Alerts and warnings"), "alerts:list", icon="it-warning-circle",
            summary=_("What holds now, the colours of today and tomorrow, and what was sent before."),
        ),
    )  # fmt: skip
    permissions = (
        Permission("alerts.view_alerts", _("Read alerts, also drafts"),
                   roles=("civil_protection", "communications", "officer", "desk", "reader")),
        Permission("alerts.write_alert", _("Write alerts and correct them"), roles=("civil_protection",
                                                                                    "communications"),
                   second_factor=True),
        Permission("alerts.approve_alert", _("Approve and send alerts"), roles=("civil_protection",),
                   second_factor=True,
                   own_hands=True),
        Permission("alerts.break_glass", _("Send an alert alone in an emergency"), roles=("civil_protection",),
                   second_factor=True, own_hands=True),
        Permission("alerts.delegate", _("Agree beforehand to what one person or the centre may send"),
                   second_factor=True, own_hands=True),
        Permission("alerts.run_drill", _("Run drills"), roles=("civil_protection",)),
        Permission("alerts.give_help", _("Work off the list of who needs help"),
                   roles=("civil_protection", "officer", "desk")),
        Permission("alerts.import_cap", _("Hand in CAP messages of other systems"), roles=("civil_protection",)),
    )  # fmt: skip
    meters = (Meter("alerts.sent", unit=_("alert")),)
    widgets = (
        WidgetSlot("banner", "alerts/widget_banner.html", "campanile_modules.alerts.widgets.banner"),
        WidgetSlot("home", "alerts/widget_home.html", "campanile_modules.alerts.widgets.home"),
        WidgetSlot("today", "alerts/widget_today.html", "campanile_modules.alerts.widgets.today"),
    )
    schedules = (Schedule("campanile_modules.alerts.tasks.look_after", every_seconds=60),)
    topics = (
        Topic("alerts.weather", _("Weather and rivers"), _("Snow, ice, heat, storms, wind, rivers in flood."),
              urgent=True),
        Topic("alerts.danger", _("Danger"), _("Fires, water that must not be drunk, missing persons."), urgent=True),
        Topic("alerts.roads", _("Roads and schools"), _("Closed roads, closed schools."), urgent=False),
    )  # fmt: skip
    events = (
        Event("alerts.moved", subject="alert_id"),
        Event("alerts.released", subject="alert_id"),
        Event("alerts.proposed", subject="proposal_id"),
    )
    personal_data = (
        PersonalData(
            "alerts.Revision",
            ("texts",),
            purpose=_("To warn the population, and to show what was said"),
            keep_days=None,
            found_by=(("text", "texts"),),
            erase=Erase.KEEP,
            keep_reason=_("A warning to the population is kept as it was sent: it is evidence of a public duty."),
        ),
    )
    excerpts = (Excerpt("alerts.newest", _("Newest alerts"), "campanile_modules.alerts.querysets.newest"),)
    search = "campanile_modules.alerts.querysets.search"
    settings = AlertsSettings

    def ready(self) -> None:
        super().ready()
        from campanile_modules.alerts import hearing  # noqa: F401 - hears the bus

    def on_enabled(self) -> None:
        """Makes the key that signs the town's CAP messages, if there is none."""
        from campanile_modules.alerts.services.capping import signing_key

        signing_key()
