"""API of the module: `reportingReports`, `reportingCategories`, `reportingCreateReport`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import graphene
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language

from campanile_modules.reporting import services
from campanile_modules.reporting.forms import DetailsForm
from campanile_modules.reporting.models import Category, Photo, Report, ReportEvent
from campanile_modules.reporting.states import State
from campanile_tenants.kit.api import (
    ANYONE,
    Children,
    Column,
    Connection,
    DateTime,
    GlobalId,
    InputError,
    MutationInput,
    MutationType,
    Node,
    Related,
    RowType,
)
from campanile_tenants.kit.web import absolute


class ReportingReportState(graphene.Enum):
    """Where a report stands."""

    SUBMITTED = State.SUBMITTED.value
    IN_CHARGE = State.IN_CHARGE.value
    RESOLVED = State.RESOLVED.value
    CLOSED_NO_ACTION = State.CLOSED_NO_ACTION.value


class ReportingEventKind(graphene.Enum):
    """What an event tells."""

    RECEIVED = ReportEvent.Kind.RECEIVED.value
    MOVED = ReportEvent.Kind.MOVED.value
    ANSWER = ReportEvent.Kind.ANSWER.value


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
        return ReportEvent.objects.exclude(kind=ReportEvent.Kind.NOTE).filter(
            report__in=services.readable(context.user)
        )


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
    events = Children(
        ReportingEvent, ReportingEvent.objects, link="report_id", keys=("happened_at", "id"),
        description="What happened, the first event first.",
    )  # fmt: skip
    photos = Children(
        ReportingPhoto, ReportingPhoto.objects, link="report_id", keys=("position", "id"), description="Pictures."
    )

    @classmethod
    def objects(cls, context: Any) -> QuerySet:
        """All of the town: category, place, state and dates are public from the start."""
        return Report.objects.all()


class ReportingReportFilter(graphene.InputObjectType):
    """Which reports."""

    state = graphene.List(graphene.NonNull(ReportingReportState), description="In one of these states.")
    category = graphene.List(graphene.NonNull(graphene.String), description="Of one of these categories, by code.")
    created_from = DateTime(description="Received at this moment or later.")
    created_before = DateTime(description="Received before this moment.")


def _reports(context: Any, **wanted: Any) -> QuerySet:
    reports = ReportingReport.objects(context)
    if wanted.get("state") is not None:
        reports = reports.filter(state__in=[getattr(state, "value", state) for state in wanted["state"]])
    if wanted.get("category") is not None:
        reports = reports.filter(category__code__in=wanted["category"])
    if wanted.get("created_from") is not None:
        reports = reports.filter(created_at__gte=wanted["created_from"])
    if wanted.get("created_before") is not None:
        reports = reports.filter(created_at__lt=wanted["created_before"])
    return reports


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


class ReportingCreateReport(MutationType):
    """Sends a report to the town."""

    Input = ReportingCreateReportInput
    report = graphene.Field(ReportingReport, description="What was received; null when userErrors says why not.")

    @classmethod
    def perform(cls, context: Any, **given: Any) -> ReportingCreateReport:
        """Checks it like the form of the site does, and receives it."""
        values = {name: "" if value is None else value for name, value in given.items()}
        for name in ("latitude", "longitude"):
            if isinstance(values.get(name), float):
                values[name] = f"{values[name]:.6f}"
        form = DetailsForm(values)
        if not form.is_valid():
            raise InputError(form)
        sent = {name: form.cleaned_data[name] for name in DetailsForm.stored}
        report = services.submit(**sent, channel=Report.Channel.API, language=get_language() or "it")
        return cls(report=report)


nodes = {ReportingReport: ANYONE, ReportingCategory: ANYONE}


class Query(graphene.ObjectType):
    """Root fields for reading."""

    policies: ClassVar = {"reporting_reports": ANYONE, "reporting_categories": ANYONE}
    reporting_reports = Connection(
        ReportingReport, _reports, filters=ReportingReportFilter, newest_first=True, same_for_all=True,
        orders={"CREATED_AT": ("created_at", "id"), "CODE": ("code",)},
        description="The town's reports, the newest first.",
    )  # fmt: skip
    reporting_categories = Connection(
        ReportingCategory, ReportingCategory.objects, orders={"POSITION": ("position", "id")}, same_for_all=True,
        description="The kinds of problems that can be reported here.",
    )  # fmt: skip


class Mutation(graphene.ObjectType):
    """Root fields for writing."""

    policies: ClassVar = {"reporting_create_report": ANYONE}
    reporting_create_report = ReportingCreateReport.Field(description="Sends a report to the town.")
