"""Newsletters: what people asked for, written in ten minutes, approved by two, without spying on who reads it."""

from __future__ import annotations

import dataclasses

from django.utils.translation import gettext_lazy as _

from campanile_tenants.kit.module import (
    Event,
    MenuEntry,
    Meter,
    ModuleConfig,
    Permission,
    PersonalData,
    Schedule,
    ServiceEntry,
    WidgetSlot,
)


@dataclasses.dataclass(frozen=True)
class NewslettersSettings:
    """What a town may choose."""

    two_people: bool = dataclasses.field(
        default=True,
        metadata={
            "label": _("A second person approves"),
            "help": _("Whoever wrote an issue cannot send it alone."),
        },
    )  # fmt: skip


class NewslettersConfig(ModuleConfig):
    """The module `newsletters`."""

    name = "campanile_modules.newsletters"
    label = "newsletters"
    code = "newsletters"
    url_prefix = "newsletter"
    verbose_name = _("Newsletters")
    summary = _(
        "Write to citizens who asked for it: issues made from your own news, approved by two, counted without spying."
    )
    menu = (MenuEntry(_("Newsletters"), "newsletters:office", permission="newsletters.write_issues", icon="it-mail"),)
    portal = (
        ServiceEntry(
            _("Newsletters"), "newsletters:subscribe", icon="it-mail",
            summary=_("News of the municipality by e-mail: choose what interests you, end it with one tap."),
        ),
    )  # fmt: skip
    permissions = (
        Permission("newsletters.write_issues", _("Write newsletters"), roles=("communications",)),
        Permission("newsletters.approve_issues", _("Approve newsletters of others"), roles=("communications",)),
        Permission(
            "newsletters.manage_readers", _("Write readers of newsletters down"), roles=("communications", "desk")
        ),
        Permission("newsletters.set_up", _("Set up newsletters")),
    )
    meters = (Meter("newsletters.issue", unit=_("issue")),)
    widgets = (WidgetSlot("today", "newsletters/widget_today.html", "campanile_modules.newsletters.widgets.today"),)
    schedules = (
        Schedule("campanile_modules.newsletters.tasks.remind", every_seconds=3600),
        Schedule("campanile_modules.newsletters.tasks.finish", every_seconds=300),
    )
    personal_data = (
        PersonalData(
            "newsletters.Subscriber",
            ("email",),
            purpose=_("To send the newsletters that the person asked for"),
            keep_days=None,
            found_by=(("email", "email"),),
            legal_basis=_("Consent (GDPR art. 6.1.a)"),
        ),
    )
    events = (Event("newsletters.subscribed"), Event("newsletters.sent", subject="issue"))
    search = "campanile_modules.newsletters.services.counting.search"
    settings = NewslettersSettings
    stops = "campanile_modules.newsletters.services.stopping.stop"

    def on_enabled(self) -> None:
        """Puts the first newsletter in, if the town has none."""
        from campanile_modules.newsletters.services.topics import put_first

        put_first()
