"""API of the module: `reportingReports`, `reportingCategories`, `reportingCreateReport`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import graphene
from django.core.files.base import File
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language

from campanile_modules.reporting import photos, services
from campanile_modules.reporting.forms import DetailsForm
from campanile_modules.reporting.models import Category, Draft, Photo, Report, ReportEvent
from campanile_modules.reporting.models.reports import INTERNAL
from campanile_modules.reporting.schema_verbs import Verbs
from campanile_modules.reporting.services.reading import visible
from campanile_modules.reporting.states import State
from campanile_tenants.kit.api import (
    ANYONE,
    Audience,
    Children,
    Column,
    Connection,
    DateTime,
    GlobalId,
    ImportMutation,
    InputError,
    Live,
    MutationInput,
    MutationType,
    Node,
    Policy,
    Related,
    RowType,
    take,
)
from campanile_tenants.kit.web import absolute


class ReportingReportState(graphene.Enum):
    """Where a report stands."""

    PENDING_EMAIL = State.PENDING_EMAIL.value
    SUBMITTED = State.SUBMITTED.value
    HELD = State.HELD.value
    ASSIGNED = State.ASSIGNED.value
    IN_CHARGE = State.IN_CHARGE.value
    PLANNED = State.PLANNED.value
    WAITING_CITIZEN = State.WAITING_CITIZEN.value
    FORWARDED = State.FORWARDED.value
    RESOLVED = State.RESOLVED.value
    CLOSED_NO_ACTION = State.CLOSED_NO_ACTION.value
    DUPLICATE = State.DUPLICATE.value
    REJECTED = State.REJECTED.value
    REOPEN_REQUESTED = State.REOPEN_REQUESTED.value
    WITHDRAWN = State.WITHDRAWN.value


class ReportingEventKind(graphene.Enum):
    """What an event tells."""

    RECEIVED = ReportEvent.Kind.RECEIVED.value
    MOVED = ReportEvent.Kind.MOVED.value
    ANSWER = ReportEvent.Kind.ANSWER.value
    CITIZEN = ReportEvent.Kind.CITIZEN.value
    OPINION = ReportEvent.Kind.OPINION.value
    MERGED = ReportEvent.Kind.MERGED.value


class ReportingCategory(RowType):
    """A kind of problem."""

    class Meta:
        interfaces = (Node,)

    id = GlobalId("ReportingCategory", "id")
    code = Column(graphene.NonNull(graphene.String), "code", description="Catalogue code, the same in every town.")
    name = Column(
        graphene.NonNull(graphene.String), "name", "name_en", description="Name in the language of the request.",
        make_for=lambda _context: services.category_namer(),
    )  # fmt: skip

    @classmethod
    def objects(cls, context: Any) -> QuerySet:
        """Those that are offered."""
        return Category.objects.filter(is_active=True)


class ReportingPhoto(RowType):
    """A picture of the problem, without the data that cameras hide in it."""

    url = Column(
        graphene.NonNull(graphene.String), "id", description="Address of the picture (JPEG).",
        make=lambda _context, pk: absolute(reverse("reporting:photo", args=[pk])),
    )  # fmt: skip
    width = Column(graphene.NonNull(graphene.Int), "width", description="Pixels.")
    height = Column(graphene.NonNull(graphene.Int), "height", description="Pixels.")

    @classmethod
    def objects(cls, context: Any) -> QuerySet:
        """Those of published reports, and those of reports that this officer may read."""
        return Photo.objects.filter(report__in=services.readable(context.user))


class ReportingEvent(RowType):
    """Something that happened to a report; notes of the office are not told."""

    kind = Column(graphene.NonNull(ReportingEventKind), "kind", description="What happened.")
    happened_at = Column(graphene.NonNull(DateTime), "happened_at", description="When.")
    text = Column(graphene.NonNull(graphene.String), "public_text", description="Words for the citizen; may be empty.")

    @classmethod
    def objects(cls, context: Any) -> QuerySet:
        """Public ones of published reports and of those that this officer may read."""
        return ReportEvent.objects.exclude(kind__in=INTERNAL).filter(report__in=services.readable(context.user))


def _if_readable(context: Any) -> Callable[[str, bool, int | None, str], str | None]:
    may_read = services.reader(context.user)
    return lambda text, published, office, category: text if published or may_read(office, category) else None


_GUARDS = ("is_published", "office_id", "category__code")


class ReportingReport(RowType):
    """A problem reported in a place. Title and details are public once an office has taken charge."""

    class Meta:
        interfaces = (Node,)

    id = GlobalId("ReportingReport")
    code = Column(graphene.NonNull(graphene.String), "code", description="Public code, as on the receipt.")
    category = Related(ReportingCategory, "category", required=True, description="What kind of problem.")
    title = Column(
        graphene.String,
        "title",
        *_GUARDS,
        make_for=_if_readable,
        description="Null until public; officers always see it.",
    )
    description = Column(
        graphene.String, "description", *_GUARDS, make_for=_if_readable,
        description="Null until public; officers always see it.",
    )  # fmt: skip
    address = Column(graphene.NonNull(graphene.String), "address", description="Where, in words; may be empty.")
    latitude = Column(graphene.Float, "latitude", description="WGS 84, degrees.")
    longitude = Column(graphene.Float, "longitude", description="WGS 84, degrees.")
    state = Column(graphene.NonNull(ReportingReportState), "state", description="Where it stands.")
    created_at = Column(graphene.NonNull(DateTime), "created_at", description="When it came in.")
    closed_at = Column(DateTime, "closed_at", description="When it was closed; null while it is open.")
    answer_due_at = Column(DateTime, "answer_due_at", description="By when the town answers, as the receipt says.")
    close_due_at = Column(DateTime, "close_due_at", description="By when it should be closed.")
    planned_for = Column(graphene.Date, "planned_for", description="Day of the works; null while none is planned.")
    events = Children(
        ReportingEvent, ReportingEvent.objects, link="report_id", keys=("happened_at", "id"),
        description="What happened, the first event first.",
    )  # fmt: skip
    photos = Children(
        ReportingPhoto, ReportingPhoto.objects, link="report_id", keys=("position", "id"), description="Pictures."
    )

    @classmethod
    def objects(cls, context: Any) -> QuerySet:
        """Category, place, state and dates are public from the start; what is held or private only the office sees."""
        return visible(context.user)


class ReportingReportFilter(graphene.InputObjectType):
    """Which reports."""

    state = graphene.List(graphene.NonNull(ReportingReportState), description="In one of these states.")
    category = graphene.List(graphene.NonNull(graphene.String), description="Of one of these categories, by code.")
    created_from = DateTime(description="Received at this moment or later.")
    created_before = DateTime(description="Received before this moment.")


def _reports(context: Any, **wanted: Any) -> QuerySet:
    return _filtered(Report.objects.all().public(), wanted)


def _inbox(context: Any, **wanted: Any) -> QuerySet:
    return _filtered(_in_reach(context), wanted)


def _filtered(reports: QuerySet, wanted: dict[str, Any]) -> QuerySet:
    if wanted.get("state") is not None:
        reports = reports.filter(state__in=[getattr(state, "value", state) for state in wanted["state"]])
    if wanted.get("category") is not None:
        reports = reports.filter(category__code__in=wanted["category"])
    if wanted.get("created_from") is not None:
        reports = reports.filter(created_at__gte=wanted["created_from"])
    if wanted.get("created_before") is not None:
        reports = reports.filter(created_at__lt=wanted["created_before"])
    return reports


class ReportingAnswerInput(graphene.InputObjectType):
    """The answer to a question of the category."""

    code = graphene.NonNull(graphene.String, description="Code of the question.")
    value = graphene.NonNull(graphene.String, description="500 characters at most; true or false for yes and no.")


class ReportingCreateReportInput(MutationInput):
    """A new report. Either `address` or both coordinates say where it is."""

    category = graphene.NonNull(graphene.String, description="Code of the category.")
    title = graphene.NonNull(graphene.String, description="In a few words, 100 characters at most.")
    description = graphene.String(description="Details, 2,000 characters at most.")
    address = graphene.String(description="Where, in words.")
    latitude = graphene.Float(description="WGS 84, degrees.")
    longitude = graphene.Float(description="WGS 84, degrees.")
    name = graphene.String(description="Only the office sees it.")
    email = graphene.String(description="Only the office sees it; news about the report go there.")
    phone = graphene.String(description="Only the office sees it; without an e-mail address news go there by SMS.")
    in_town = graphene.Boolean(description="The point is near the border, and in this town.")
    answers = graphene.List(
        graphene.NonNull(ReportingAnswerInput), description="To the questions of the category, by their codes."
    )
    photos = graphene.List(
        graphene.NonNull(graphene.ID), description="Ids of uploads of the kind REPORTING_PHOTO, the first shown first."
    )


class ReportingCreateReport(MutationType):
    """Sends a report to the town."""

    Input = ReportingCreateReportInput
    report = graphene.Field(ReportingReport, description="What was received; null when userErrors says why not.")
    secret = graphene.String(description="With the code it opens the report to its author; told only now.")

    @classmethod
    def perform(cls, context: Any, **given: Any) -> ReportingCreateReport:
        """Checks it like the form of the site does, and receives it."""
        pictures = given.pop("photos", None) or []
        answers = {f"answer_{one['code']}": one["value"] for one in given.pop("answers", None) or []}
        values = {name: "" if value is None else value for name, value in given.items()}
        for name in ("latitude", "longitude"):
            if isinstance(values.get(name), float):
                values[name] = f"{values[name]:.6f}"
        form = DetailsForm({**values, **answers})
        if not form.is_valid():
            raise InputError(form)
        sent = {name: form.cleaned_data[name] for name in DetailsForm.stored}
        draft = _draft_with(context, pictures) if pictures else None
        language = get_language() or "it"
        report = services.submit(
            **sent, channel=Report.Channel.API, language=language, draft=draft, answers=form.answers()
        )
        return cls(report=report, secret=report.secret or None)


def _draft_with(context: Any, pictures: list[str]) -> Draft:
    """A draft that holds the pictures sent ahead. Raises BadId, UnknownUpload, PhotoRefused, TooManyPhotos."""
    draft = Draft.objects.create()
    for number in pictures:
        taken = take(context, "reporting.photo", number)
        with taken.file as file:
            photos.add(draft, File(file, name=taken.name))
    return draft


class ReportingImportReports(ImportMutation):
    """Takes reports from a file: category (its code), title, description, address, latitude, longitude."""

    columns = ("category", "title", "description", "address", "latitude", "longitude")

    @classmethod
    def take_row(cls, context: Any, row: dict[str, str]) -> None:
        """One report, checked like the form of the site does. Nobody is written to."""
        form = DetailsForm({name: row.get(name, "") for name in cls.columns})
        if not form.is_valid():
            raise InputError(form)
        sent = {name: form.cleaned_data[name] for name in cls.columns}
        services.submit(**sent, channel=Report.Channel.API, language=get_language() or "it")


nodes = {ReportingReport: ANYONE, ReportingCategory: ANYONE}


class Query(graphene.ObjectType):
    """Root fields for reading."""

    policies: ClassVar = {
        "reporting_reports": ANYONE, "reporting_categories": ANYONE,
        "reporting_inbox": Policy(Audience.SIGNED_IN, permission="reporting.view_report"),
    }  # fmt: skip
    reporting_inbox = Connection(
        ReportingReport, _inbox, filters=ReportingReportFilter, newest_first=True,
        orders={"CREATED_AT": ("created_at", "id"), "CODE": ("code",)},
        description="The reports of one's offices and categories, also those that are not public.",
    )  # fmt: skip
    reporting_reports = Connection(
        ReportingReport, _reports, filters=ReportingReportFilter, newest_first=True, same_for_all=True,
        orders={"CREATED_AT": ("created_at", "id"), "CODE": ("code",)},
        description="The public reports of the town, the newest first.",
    )  # fmt: skip
    reporting_categories = Connection(
        ReportingCategory, ReportingCategory.objects, orders={"POSITION": ("position", "id")}, same_for_all=True,
        description="The kinds of problems that can be reported here.",
    )  # fmt: skip


def _in_reach(context: Any) -> QuerySet:
    return Report.objects.within(context.user.reach("reporting.view_report"))


class Subscription(graphene.ObjectType):
    """Root fields for listening."""

    policies: ClassVar = {"reporting_report_changed": Policy(Audience.SIGNED_IN, permission="reporting.view_report")}
    reporting_report_changed = Live(
        ReportingReport, _in_reach, events=("reporting.received", "reporting.moved", "reporting.written"),
        description="A report of one's offices and categories, each time it came in, was answered, noted or moved.",
    )  # fmt: skip


class Mutation(Verbs, graphene.ObjectType):
    """Root fields for writing."""

    policies: ClassVar = {
        **Verbs.policies,
        "reporting_create_report": ANYONE,
        "reporting_import_reports": Policy(Audience.SIGNED_IN, permission="reporting.import_reports"),
    }
    reporting_create_report = ReportingCreateReport.Field(description="Sends a report to the town.")
    reporting_import_reports = ReportingImportReports.Field(
        description="Takes reports from a file, in the background."
    )
