"""API of the module: `reportingReports`, `reportingCreateReport`."""

from __future__ import annotations

from typing import Any, ClassVar

import graphene
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from campanile_modules.reporting import services
from campanile_modules.reporting.forms import DetailsForm
from campanile_modules.reporting.models import Report
from campanile_modules.reporting.states import State
from campanile_tenants.kit.api import (
    ANYONE,
    UserError,
    connection_arguments,
    connection_type,
    keyset_connection,
    public_id,
)


class ReportingReportState(graphene.Enum):
    """Where a report stands."""

    SUBMITTED = State.SUBMITTED.value
    IN_CHARGE = State.IN_CHARGE.value
    RESOLVED = State.RESOLVED.value
    CLOSED_NO_ACTION = State.CLOSED_NO_ACTION.value


class ReportingCategory(graphene.ObjectType):
    """A kind of problem."""

    code = graphene.NonNull(graphene.String, description="Catalogue code, the same in every town.")
    name = graphene.NonNull(graphene.String, description="Name in the language of the request.")

    @staticmethod
    def resolve_name(category: Any, info: Any) -> str:
        return str(category)


class ReportingReport(graphene.ObjectType):
    """A problem reported in a place. Title and details are public once an office has taken charge."""

    id = graphene.NonNull(graphene.ID)
    code = graphene.NonNull(graphene.String, description="Public code, as on the receipt.")
    category = graphene.NonNull(ReportingCategory)
    title = graphene.String(description="Null until public; officers always see it.")
    description = graphene.String(description="Null until public; officers always see it.")
    address = graphene.NonNull(graphene.String)
    latitude = graphene.Float(description="WGS 84, degrees.")
    longitude = graphene.Float(description="WGS 84, degrees.")
    state = graphene.NonNull(ReportingReportState)
    created_at = graphene.NonNull(graphene.DateTime, description="ISO 8601 with time zone.")
    closed_at = graphene.DateTime(description="ISO 8601 with time zone.")

    @staticmethod
    def resolve_id(report: Report, info: Any) -> str:
        return public_id("ReportingReport", report.pk)

    @staticmethod
    def resolve_state(report: Report, info: Any) -> str:
        return State(report.state).value

    @staticmethod
    def resolve_title(report: Report, info: Any) -> str | None:
        return report.title if _may_read(report, info) else None

    @staticmethod
    def resolve_description(report: Report, info: Any) -> str | None:
        return report.description if _may_read(report, info) else None


def _may_read(report: Report, info: Any) -> bool:
    return report.is_published or services.may_read(info.context.user, report)


ReportingReportConnection = connection_type(ReportingReport)


class ReportingCreateReportInput(graphene.InputObjectType):
    """A new report. Either `address` or both coordinates say where it is."""

    category = graphene.NonNull(graphene.String, description="Code of the category.")
    title = graphene.NonNull(graphene.String)
    description = graphene.String()
    address = graphene.String()
    latitude = graphene.Float()
    longitude = graphene.Float()
    name = graphene.String(description="Only the office sees it.")
    email = graphene.String(description="Only the office sees it; news about the report go there.")
    idempotency_key = graphene.String(description="The same key again returns the first report.")


class ReportingCreateReport(graphene.Mutation):
    """Sends a report to the town."""

    class Arguments:
        """Arguments."""

        input = graphene.Argument(graphene.NonNull(ReportingCreateReportInput))

    report = graphene.Field(ReportingReport, description="Null when userErrors says why.")
    user_errors = graphene.NonNull(graphene.List(graphene.NonNull(UserError)))

    @staticmethod
    def mutate(root: Any, info: Any, **arguments: dict[str, Any]) -> ReportingCreateReport:
        given = arguments["input"].items()
        values: dict[str, Any] = {key: "" if value is None else value for key, value in given}
        key = values.pop("idempotency_key", "")
        if len(key) > 64:
            message = _("An idempotency key has at most 64 characters.")
            error = UserError(field=["idempotencyKey"], code="INVALID", message=message)
            return ReportingCreateReport(user_errors=[error])
        for name in ("latitude", "longitude"):
            if isinstance(values.get(name), float):
                values[name] = f"{values[name]:.6f}"
        form = DetailsForm(values)
        if not form.is_valid():
            errors = [
                UserError(field=[name], code=(error.code or "invalid").upper(), message=str(message))
                for name, problems in form.errors.as_data().items()
                for error in problems
                for message in error.messages
            ]
            return ReportingCreateReport(user_errors=errors)
        sent = {name: form.cleaned_data[name] for name in DetailsForm.stored}
        report = services.submit(
            **sent, channel=Report.Channel.API, language=get_language() or "it",
            idempotency_key=f"api:{key}"[:64] if key else None,
        )  # fmt: skip
        return ReportingCreateReport(report=report, user_errors=[])


class Query(graphene.ObjectType):
    """Root fields for reading."""

    policies: ClassVar = {"reporting_reports": ANYONE}
    reporting_reports = graphene.NonNull(
        ReportingReportConnection,
        state=graphene.Argument(ReportingReportState),
        description="The town's reports, the newest first.",
        **connection_arguments(),
    )

    @staticmethod
    def resolve_reporting_reports(
        root: Any, info: Any, first: int, after: str | None = None, state: str | None = None
    ) -> dict[str, Any]:
        reports = Report.objects.for_lists()
        if state is not None:
            reports = reports.in_state(getattr(state, "value", state))
        return keyset_connection(
            reports, list_name="reportingReports", keys=("created_at", "id"), first=first, after=after, descending=True
        )


class Mutation(graphene.ObjectType):
    """Root fields for writing."""

    policies: ClassVar = {"reporting_create_report": ANYONE}
    reporting_create_report = ReportingCreateReport.Field(description="Sends a report to the town.")
