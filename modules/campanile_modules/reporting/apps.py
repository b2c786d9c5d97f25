"""Problem reports: a citizen says what is wrong and where, an office answers."""

from __future__ import annotations

import dataclasses

from django.utils.translation import gettext_lazy as _

from campanile_tenants.kit.module import (
    Erase,
    Event,
    Excerpt,
    Figure,
    MenuEntry,
    Meter,
    ModuleConfig,
    Permission,
    PersonalData,
    Ratio,
    Schedule,
    ServiceEntry,
    SharedKind,
    UploadKind,
    WidgetSlot,
)


@dataclasses.dataclass(frozen=True)
class ReportingSettings:
    """What a town may choose."""

    most_photos: int = dataclasses.field(
        default=4, metadata={"label": _("Photos a report may carry"), "least": 0, "most": 10}
    )
    keep_author_days: int = dataclasses.field(
        default=365,
        metadata={
            "label": _("Days after closing for which we keep who reported"), "least": 1, "most": 3650,
            "help": _("Afterwards the name and the address are erased; the report stays."),
        },
    )  # fmt: skip


class ReportingConfig(ModuleConfig):
    """The module `reporting`."""

    name = "campanile_modules.reporting"
    label = "reporting"
    code = "reporting"
    url_prefix = "segnalazioni"
    verbose_name = _("Problem reports")
    summary = _("Citizens report a problem with place and photo, follow it by its code, and hear your answer.")
    menu = (MenuEntry(_("Reports"), "reporting:inbox", permission="reporting.view_report", icon="it-inbox"),)
    portal = (
        ServiceEntry(
            _("Report a problem"),
            "reporting:new",
            summary=_("A hole in the road, a street lamp that is out: tell us where, in two minutes."),
            hook="report-inefficiency",
            icon="it-error",
        ),
        ServiceEntry(
            _("Reports in town"),
            "reporting:list",
            summary=_("What others have reported, and what became of it."),
            icon="it-map-marker",
        ),
    )
    permissions = (
        Permission("reporting.view_report", _("Read reports"), roles=("officer", "desk", "reader", "communications")),
        Permission("reporting.answer_report", _("Take charge of reports and answer"), roles=("officer",)),
        Permission(
            "reporting.write_for_others",
            _("Write down reports at the counter or on the telephone"),
            roles=("officer", "desk"),
        ),
        Permission("reporting.close_report", _("Close reports"), roles=("officer",)),
        Permission("reporting.set_up", _("Set up kinds of problems, rules, hours and ready answers")),
        Permission("reporting.oversee", _("Hear of reports that are late for days")),
        Permission("reporting.send_by_open311", _("Send reports over Open311 (for other systems)")),
        Permission("reporting.import_reports", _("Import reports from a file")),
    )
    meters = (Meter("reporting.report", unit=_("report")),)
    widgets = (
        WidgetSlot("home", "reporting/widget_home.html", "campanile_modules.reporting.widgets.home"),
        WidgetSlot("mine", "reporting/widget_mine.html", "campanile_modules.reporting.widgets.mine"),
        WidgetSlot("today", "reporting/widget_today.html", "campanile_modules.reporting.widgets.today"),
    )
    schedules = (
        Schedule("campanile_modules.reporting.tasks.purge", every_seconds=3600),
        Schedule("campanile_modules.reporting.tasks.escalate", every_seconds=900),
        Schedule("campanile_modules.reporting.tasks.carry", every_seconds=60),
    )
    personal_data = (
        PersonalData(
            "reporting.Reporter",
            ("name", "email", "phone"),
            purpose=_("To tell the author what became of the report"),
            keep_days=0,
            since="purge_on",
            found_by=(("name", "name"), ("email", "email"), ("phone", "phone"), ("user", "user_id")),
        ),
        PersonalData(
            "reporting.Follow",
            ("email",),
            purpose=_("To tell those with the same problem what became of the report"),
            keep_days=0,
            since="purge_on",
            found_by=(("email", "email"),),
        ),
        PersonalData(
            "reporting.Feedback",
            ("comment",),
            purpose=_("To learn from what people say of our answers"),
            keep_days=None,
            found_by=(("email", "report__reporter__email"), ("phone", "report__reporter__phone"), ("text", "comment")),
            erase=Erase.MASK,
        ),
        PersonalData(
            "reporting.Report",
            ("title", "description", "address"),
            purpose=_("To mend what was reported, and to show what became of it"),
            keep_days=None,
            found_by=(
                ("name", "reporter__name"),
                ("email", "reporter__email"),
                ("phone", "reporter__phone"),
                ("text", "title"),
                ("text", "description"),
                ("text", "address"),
            ),
            erase=Erase.MASK,
        ),
        PersonalData(
            "reporting.ReportEvent",
            ("public_text", "internal_text", "author_name"),
            purpose=_("To answer, and to show what was done about a report"),
            keep_days=None,
            found_by=(("text", "public_text"), ("text", "internal_text"), ("text", "author_name")),
            erase=Erase.MASK,
        ),
        PersonalData(
            "reporting.Draft",
            ("values",),
            purpose=_("To keep a report that is being written"),
            keep_days=0,
            since="expires_at",
            found_by=(("text", "values"),),
        ),
    )
    events = (
        Event("reporting.received", subject="report_id"),
        Event("reporting.moved", subject="report_id"),
        Event("reporting.written", subject="report_id"),
        Event("reporting.followed", subject="report_id"),
    )
    uploads = (
        UploadKind(
            "reporting.photo",
            _("Photo of a report"),
            accept=("image/jpeg", "image/png", "image/webp", "image/heic", "image/heif"),
            most_bytes=15 * 1024 * 1024,
            is_picture=True,
        ),
    )
    figures = (
        Figure("reporting.submitted", _("Reports waiting")),
        Figure("reporting.assigned", _("Reports assigned")),
        Figure("reporting.in_charge", _("Reports in charge")),
        Figure("reporting.planned", _("Reports planned")),
        Figure("reporting.waiting_citizen", _("Reports that wait for the citizen")),
        Figure("reporting.forwarded", _("Reports forwarded")),
        Figure("reporting.reopen_requested", _("Reports not solved, says the author")),
        Figure("reporting.resolved", _("Reports solved")),
        Figure("reporting.closed_no_action", _("Reports closed without action")),
        Figure("reporting.duplicate", _("Reports of the same")),
        Figure("reporting.promise.kept", _("Promises kept")),
        Figure("reporting.promise.broken", _("Promises not kept")),
        Figure("reporting.overdue.3", _("Reports late for a week")),
    )
    ratios = (
        Ratio(
            "reporting.promise",
            _("Answers in time"),
            good="reporting.promise.kept",
            bad="reporting.promise.broken",
        ),
    )
    shared = (
        SharedKind(
            "reporting.category",
            _("Kinds of problems"),
            form="campanile_modules.reporting.forms_shared.SharedCategoryForm",
            first="campanile_modules.reporting.catalogue.first_kinds",
        ),
    )
    count_figures = "campanile_modules.reporting.services.figures"
    excerpts = (
        Excerpt("reporting.newest", _("Newest reports"), "campanile_modules.reporting.services.reading.newest"),
        Excerpt(
            "reporting.figures", _("Reports of a month in numbers"),
            "campanile_modules.reporting.services.counting.in_short",
        ),
    )  # fmt: skip
    search = "campanile_modules.reporting.services.reading.search"
    settings = ReportingSettings
    categories = "campanile_modules.reporting.services.category_choices"

    def on_enabled(self) -> None:
        """Puts the first categories in, if the town has none."""
        from campanile_modules.reporting.services import put_first_categories

        put_first_categories()
