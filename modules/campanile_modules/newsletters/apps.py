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
    SharedKind,
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
    embed_on: str = dataclasses.field(
        default="",
        metadata={
            "label": _("Sites that show the form to subscribe"),
            "help": _("Their addresses, with spaces between them: https://www.proloco.example"),
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
        Schedule("campanile_modules.newsletters.tasks.ask_imported", every_seconds=300),
        Schedule("campanile_modules.newsletters.tasks.compose", every_seconds=1800),
    )
    personal_data = (
        PersonalData(
            "newsletters.Import",
            ("sealed",),
            purpose=_("To look at a file of readers before it is taken in"),
            keep_days=1,
            since="created_at",
            found_by=(("text", "sealed"),),
        ),
        PersonalData(
            "newsletters.Subscriber",
            ("email",),
            purpose=_("To send the newsletters that the person asked for"),
            keep_days=None,
            found_by=(("email", "email"),),
            legal_basis=_("Consent (GDPR art. 6.1.a)"),
        ),
    )
    shared = (
        SharedKind(
            "newsletters.topic",
            _("Newsletters for all towns"),
            form="campanile_modules.newsletters.forms_shared.SharedTopicForm",
            first="campanile_modules.newsletters.services.sharing.first_topics",
        ),
        SharedKind(
            "newsletters.issue",
            _("Issues for all towns"),
            form="campanile_modules.newsletters.forms_shared.SharedIssueForm",
            first="campanile_modules.newsletters.services.sharing.no_issues",
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
