"""What citizens, officers and machines do to a report over the API. Each is the service behind the page."""

from __future__ import annotations

from typing import Any, ClassVar

import graphene
from django.utils.translation import get_language

from campanile_modules.reporting import services
from campanile_modules.reporting.errors import NotTheSame, UnknownReport, WhomMissing
from campanile_modules.reporting.forms import MeTooForm
from campanile_modules.reporting.models import Report
from campanile_modules.reporting.services import duplicates, following, keys, moves, opinions
from campanile_modules.reporting.services.reading import visible
from campanile_modules.reporting.states import Reason, State
from campanile_tenants.kit.api import ANYONE, Audience, InputError, MutationInput, MutationType, Policy
from campanile_tenants.kit.limits import require_within_limit
from campanile_tenants.kit.people import Office, User

ANSWER, CLOSE = "reporting.answer_report", "reporting.close_report"
_REPORT = "campanile_modules.reporting.schema.ReportingReport"


class ReportingOutcome(graphene.Enum):
    """How a report ends."""

    RESOLVED = State.RESOLVED.value
    CLOSED_NO_ACTION = State.CLOSED_NO_ACTION.value


ReportingReason = graphene.Enum(
    "ReportingReason", [(one.name, one.value) for one in Reason], description="Why nothing is done."
)


class ReportingTakeChargeInput(MutationInput):
    """Which report, and whether its words become public."""

    code = graphene.NonNull(graphene.String, description="Public code of the report.")
    publish = graphene.Boolean(description="Show text and photos on the site; yes when absent.")


class ReportingTextInput(MutationInput):
    """Which report, and the words."""

    code = graphene.NonNull(graphene.String, description="Public code of the report.")
    text = graphene.NonNull(graphene.String, description="4,000 characters at most.")


class ReportingCloseInput(ReportingTextInput):
    """How it ends."""

    outcome = graphene.NonNull(ReportingOutcome, description="Solved, or closed without action.")
    reason = ReportingReason(description="Needed when it is closed without action.")


class ReportingAssignInput(MutationInput):
    """To whom."""

    code = graphene.NonNull(graphene.String, description="Public code of the report.")
    office = graphene.NonNull(graphene.String, description="Code of the office.")
    text = graphene.String(description="Words for the citizen.")


class ReportingPlanInput(MutationInput):
    """For when."""

    code = graphene.NonNull(graphene.String, description="Public code of the report.")
    day = graphene.NonNull(graphene.Date, description="Day of the works, today or later.")
    text = graphene.String(description="Words for the citizen.")
    worksite = graphene.String(description="Name of the works.")


class ReportingForwardInput(ReportingTextInput):
    """To whose task it is."""

    whom = graphene.NonNull(graphene.String, description="A utility, the Province, another town.")


class ReportingMergeInput(MutationInput):
    """Which is the same."""

    code = graphene.NonNull(graphene.String, description="Public code of the duplicate.")
    into = graphene.NonNull(graphene.String, description="Code of the report that goes on.")
    text = graphene.String(description="Words for the citizen.")


class ReportingReopenInput(MutationInput):
    """Which report."""

    code = graphene.NonNull(graphene.String, description="Public code of the report.")


def _within(user: User, code: str, permission: str) -> Report:
    """The report within this person's reach. Raises UnknownReport."""
    reports = Report.objects.within(user.reach(permission)).select_related("category", "duplicate_of")
    report = reports.filter(code=code.strip().upper()).first()
    if report is None:
        raise UnknownReport(code=code[:40], field="code")
    return report


class _OfficeVerb(MutationType):
    """A verb of the office on one report within reach, which is given back as it is now."""

    permission: ClassVar[str] = ANSWER
    report = graphene.Field(_REPORT, description="As it is now; null when userErrors says why not.")

    class Meta:
        abstract = True

    @classmethod
    def perform(cls, context: Any, **given: Any) -> Any:
        """Finds it, does it. Raises UnknownReport and what the verb raises."""
        user: User = context.user
        report = _within(user, given.pop("code"), cls.permission)
        cls.do(report, user, given)
        return cls(report=Report.objects.get(pk=report.pk))

    @classmethod
    def do(cls, report: Report, user: User, given: dict[str, Any]) -> None:
        """The verb itself."""
        raise NotImplementedError


class ReportingTakeCharge(_OfficeVerb):
    """Takes charge of a report; its author is told."""

    Input = ReportingTakeChargeInput

    @classmethod
    def do(cls, report: Report, user: User, given: dict[str, Any]) -> None:
        services.take_charge(report, by=user, publish=given.get("publish", True))


class ReportingAnswerReport(_OfficeVerb):
    """Writes to the author without changing the state."""

    Input = ReportingTextInput

    @classmethod
    def do(cls, report: Report, user: User, given: dict[str, Any]) -> None:
        services.answer(report, by=user, text=given["text"])


class ReportingNote(_OfficeVerb):
    """Writes a note that only colleagues read."""

    Input = ReportingTextInput

    @classmethod
    def do(cls, report: Report, user: User, given: dict[str, Any]) -> None:
        services.note(report, by=user, text=given["text"])


class ReportingAskCitizen(_OfficeVerb):
    """Asks the author something; the clock stands until she answers."""

    Input = ReportingTextInput

    @classmethod
    def do(cls, report: Report, user: User, given: dict[str, Any]) -> None:
        services.ask_citizen(report, by=user, text=given["text"])


class ReportingAssign(_OfficeVerb):
    """Gives a report to an office."""

    Input = ReportingAssignInput

    @classmethod
    def do(cls, report: Report, user: User, given: dict[str, Any]) -> None:
        office = Office.objects.filter(code=given["office"], is_active=True).first()
        if office is None:
            raise WhomMissing(field="office")
        services.assign(report, by=user, office_id=office.pk, text=given.get("text") or "")


class ReportingPlan(_OfficeVerb):
    """Says on which day the work is done."""

    Input = ReportingPlanInput

    @classmethod
    def do(cls, report: Report, user: User, given: dict[str, Any]) -> None:
        services.plan(report, by=user, day=given["day"], text=given.get("text") or "",
                      worksite=(given.get("worksite") or "")[:80])  # fmt: skip


class ReportingForward(_OfficeVerb):
    """Sends a report on to whose task it is."""

    Input = ReportingForwardInput

    @classmethod
    def do(cls, report: Report, user: User, given: dict[str, Any]) -> None:
        services.forward(report, by=user, whom=given["whom"], text=given["text"])


class ReportingMerge(_OfficeVerb):
    """Makes a report the duplicate of another; its author follows that one."""

    Input = ReportingMergeInput

    @classmethod
    def do(cls, report: Report, user: User, given: dict[str, Any]) -> None:
        reports = Report.objects.within(user.reach(ANSWER)).select_related("duplicate_of", "category")
        other = reports.filter(code=given["into"].strip().upper()).first()
        if other is None:
            raise NotTheSame(field="into")
        duplicates.merge(report, other, by=user, text=given.get("text") or "")


class ReportingClose(_OfficeVerb):
    """Closes a report, always with words for its author."""

    Input = ReportingCloseInput
    permission = CLOSE

    @classmethod
    def do(cls, report: Report, user: User, given: dict[str, Any]) -> None:
        state = State(getattr(given["outcome"], "value", given["outcome"]))
        reason = given.get("reason")
        services.close(
            report, by=user, state=state, text=given["text"], reason=str(getattr(reason, "value", reason) or "")
        )


class ReportingReopen(_OfficeVerb):
    """Takes a closed report up again, or takes a merge back."""

    Input = ReportingReopenInput

    @classmethod
    def do(cls, report: Report, user: User, given: dict[str, Any]) -> None:
        services.reopen(report, by=user)


class ReportingMeTooInput(MutationInput):
    """Which report, and an address if she wants to hear of it."""

    code = graphene.NonNull(graphene.String, description="Public code of the report.")
    device = graphene.NonNull(graphene.String, description="Whatever knows the person's device again; not kept.")
    email = graphene.String(description="News about the report go there.")
    agreed_to = graphene.String(
        description="With an address: the exact words that she read and agreed to; kept as proof."
    )


class ReportingMeToo(MutationType):
    """Counts somebody with the same problem, once."""

    Input = ReportingMeTooInput
    report = graphene.Field(_REPORT, description="The report; null when userErrors says why not.")

    @classmethod
    def perform(cls, context: Any, **given: Any) -> ReportingMeToo:
        """Only for public, open reports. Raises UnknownReport, ConsentMissing, TooOften."""
        require_within_limit(context, "me_too")
        form = MeTooForm({"email": given.get("email") or ""})
        if not form.is_valid():
            raise InputError(form)
        report = visible(None).open().filter(code=given["code"].strip().upper()).first()
        if report is None:
            raise UnknownReport(code=given["code"], field="code")
        following.me_too(report, browser=given["device"][:200], email=form.cleaned_data["email"],
                         words=given.get("agreed_to") or "",
                         language=(get_language() or "it")[:2])  # fmt: skip
        return cls(report=report)


class ReportingAuthorInput(MutationInput):
    """A report by the code and the secret of its receipt."""

    code = graphene.NonNull(graphene.String, description="Public code of the report.")
    secret = graphene.NonNull(graphene.String, description="Secret of the receipt.")


class ReportingWriteInput(ReportingAuthorInput):
    """What the author writes."""

    text = graphene.NonNull(graphene.String, description="4,000 characters at most.")


class ReportingOpinionInput(ReportingAuthorInput):
    """What the author thinks of the end."""

    solved = graphene.NonNull(graphene.Boolean, description="Whether it is really solved.")
    stars = graphene.Int(description="From 1, not at all satisfied, to 5.")
    comment = graphene.String(description="1,000 characters at most.")


class ReportingWrite(MutationType):
    """The author writes to the office; where she was asked, the clock runs again."""

    Input = ReportingWriteInput
    report = graphene.Field(_REPORT, description="The report; null when userErrors says why not.")

    @classmethod
    def perform(cls, context: Any, **given: Any) -> ReportingWrite:
        """Raises WrongSecret, TextMissing."""
        report = keys.open_with(given["code"], given["secret"])
        moves.say(report, given["text"][:4_000])
        return cls(report=Report.objects.get(pk=report.pk))


class ReportingWithdraw(MutationType):
    """The author takes her report back."""

    Input = ReportingAuthorInput
    done = graphene.NonNull(graphene.Boolean, default_value=False, description="Whether it was taken back.")

    @classmethod
    def perform(cls, context: Any, **given: Any) -> ReportingWithdraw:
        """Raises WrongSecret, IllegalMove."""
        moves.withdraw(keys.open_with(given["code"], given["secret"]))
        return cls(done=True)


class ReportingGiveOpinion(MutationType):
    """The author says whether it is really solved; “no” takes the report up again, once."""

    Input = ReportingOpinionInput
    report = graphene.Field(_REPORT, description="The report; null when userErrors says why not.")

    @classmethod
    def perform(cls, context: Any, **given: Any) -> ReportingGiveOpinion:
        """Raises WrongSecret, AlreadySaid."""
        report = keys.open_with(given["code"], given["secret"])
        stars = given.get("stars")
        opinions.give(report, solved=given["solved"], stars=None if stars is None else min(5, max(1, stars)),
                      comment=(given.get("comment") or "")[:1_000])  # fmt: skip
        return cls(report=Report.objects.get(pk=report.pk))


_STAFF = Policy(Audience.SIGNED_IN, permission=ANSWER)


class Verbs(graphene.ObjectType):
    """Root fields for what is done to reports."""

    policies: ClassVar = {
        "reporting_take_charge": _STAFF, "reporting_answer_report": _STAFF, "reporting_note": _STAFF,
        "reporting_ask_citizen": _STAFF, "reporting_assign": _STAFF, "reporting_plan": _STAFF,
        "reporting_forward": _STAFF, "reporting_merge": _STAFF, "reporting_reopen": _STAFF,
        "reporting_close": Policy(Audience.SIGNED_IN, permission=CLOSE), "reporting_me_too": ANYONE,
        "reporting_write": ANYONE, "reporting_withdraw": ANYONE, "reporting_give_opinion": ANYONE,
    }  # fmt: skip
    reporting_take_charge = ReportingTakeCharge.Field(description="Takes charge of a report.")
    reporting_answer_report = ReportingAnswerReport.Field(description="Writes to the author.")
    reporting_note = ReportingNote.Field(description="Writes a note for colleagues.")
    reporting_ask_citizen = ReportingAskCitizen.Field(description="Asks the author something.")
    reporting_assign = ReportingAssign.Field(description="Gives a report to an office.")
    reporting_plan = ReportingPlan.Field(description="Says when the work is done.")
    reporting_forward = ReportingForward.Field(description="Sends a report on.")
    reporting_merge = ReportingMerge.Field(description="Joins a report with another.")
    reporting_reopen = ReportingReopen.Field(description="Takes a report up again.")
    reporting_close = ReportingClose.Field(description="Closes a report.")
    reporting_me_too = ReportingMeToo.Field(description="Counts somebody with the same problem.")
    reporting_write = ReportingWrite.Field(description="The author writes to the office.")
    reporting_withdraw = ReportingWithdraw.Field(description="The author takes a report back.")
    reporting_give_opinion = ReportingGiveOpinion.Field(description="The author says what she thinks of the end.")
