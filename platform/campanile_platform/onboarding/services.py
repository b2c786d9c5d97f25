"""Asking for a town and taking it in, step by step.

Each step is idempotent and commits together with its row, so a job killed anywhere goes on where it was.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterable
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from campanile_infra.database.names import PUBLIC_SCHEMA, schema_of
from campanile_infra.database.scope import in_schema
from campanile_platform.centre.models import Adhesion, Centre
from campanile_platform.onboarding.errors import AlreadyRequested, BadHost
from campanile_platform.onboarding.models import Job, Step
from campanile_platform.onboarding.official_list import boundary, find, suggested_host
from campanile_tenants.contract.errors import CampanileError
from campanile_tenants.contract.registry import registry
from campanile_tenants.public.registry import lifecycle
from campanile_tenants.public.registry.activation import switch_on
from campanile_tenants.public.registry.gate import current_town
from campanile_tenants.public.registry.models import Municipality
from campanile_tenants.town.people.models import Invitation
from campanile_tenants.town.people.models.roles import ADMINISTRATOR
from campanile_tenants.town.people.notices import mail_invitation
from campanile_tenants.town.people.services.invitations import AlreadyHere, invite
from campanile_tenants.town.site.services.adopting import adopt_all

_log = logging.getLogger(__name__)
LEASE = timedelta(minutes=2)
_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")


def request_town(
    istat_code: str, *, by: str, host: str = "", modules: Iterable[str] = (), administrator_email: str = "",
    administrator_name: str = "", **contacts: str,
) -> Job:  # fmt: skip
    """Checks everything that can be checked and commits a job that waits; makes nothing else.

    Raises UnknownMunicipality, CeasedMunicipality, AlreadyRequested, BadHost, HostTaken, UnknownModule.
    """
    official = find(istat_code)
    host = (host or suggested_host(official, settings.TOWN_HOST_SUFFIX)).strip().lower()
    if not _HOST.fullmatch(host) or host in settings.CENTRE_HOSTS:
        raise BadHost(host=host, example=suggested_host(official, settings.TOWN_HOST_SUFFIX), field="host")
    wanted = _with_requirements(modules)
    with in_schema(PUBLIC_SCHEMA):
        known = Job.objects.exclude(state=Job.State.FAILED).filter(istat_code=official.istat_code).first()
        if known is not None:
            raise AlreadyRequested(name=official.name, istat_code=official.istat_code, state=known.get_state_display())
        lifecycle.check_host_free(host, apart_from=official.istat_code)
        try:
            with transaction.atomic():
                job = Job.objects.create(
                    istat_code=official.istat_code, name=official.name, host=host, modules=wanted,
                    administrator_email=administrator_email.strip().lower(),
                    administrator_name=administrator_name.strip(), requested_by=by, **contacts,
                )  # fmt: skip
                steps = [Step(job=job, position=n, code=code) for n, code in enumerate(STEPS)]
                Step.objects.bulk_create(steps)
        except IntegrityError as error:  # somebody asked for the same town in this very moment
            raise AlreadyRequested(
                name=official.name, istat_code=official.istat_code, state=Job.State.WAITING.label
            ) from error
    return job


def claim(job: Job) -> bool:
    """Takes the job for this process for two minutes; False when another process has it or it is over."""
    now = timezone.now()
    free = Job.objects.filter(pk=job.pk).filter(
        Q(state=Job.State.WAITING) | Q(state=Job.State.RUNNING, lease_until__lt=now)
    )
    return bool(free.update(state=Job.State.RUNNING, lease_until=now + LEASE))


def release_dead_leases() -> int:
    """For the start of the only process that serves: jobs that a killed one held wait again."""
    with in_schema(PUBLIC_SCHEMA):
        return Job.objects.filter(state=Job.State.RUNNING).update(state=Job.State.WAITING, lease_until=None)


def waiting_jobs() -> list[Job]:
    """Jobs to go on with, the oldest first."""
    with in_schema(PUBLIC_SCHEMA):
        left = Q(state=Job.State.WAITING) | Q(state=Job.State.RUNNING, lease_until__lt=timezone.now())
        return list(Job.objects.filter(left))


def retry(job: Job) -> None:
    """Lets a failed job wait again, from the step that failed."""
    with in_schema(PUBLIC_SCHEMA), transaction.atomic():
        Job.objects.filter(pk=job.pk, state=Job.State.FAILED).update(state=Job.State.WAITING, error="")
        job.steps.filter(state=Step.State.FAILED).update(state=Step.State.WAITING)


def run(job: Job, on_step: Callable[[Step], None] | None = None) -> Job:
    """Does the steps that are left. Whatever goes wrong fails the job and says why; nothing is raised.

    Nothing happens when another process has the job.
    """
    with in_schema(PUBLIC_SCHEMA):
        if not claim(job):
            return job
        for step in job.steps.exclude(state=Step.State.DONE):
            _begin(step)
            if on_step:
                on_step(step)
            started = time.perf_counter()
            try:
                with transaction.atomic():
                    STEPS[step.code](job)
                    spent = round((time.perf_counter() - started) * 1000)
                    _finish(step, Step.State.DONE, spent)
            except CampanileError as error:
                _fail(job, step, str(error))
                return job
            except Exception:  # noqa: BLE001 - a bug: it may not stop the other towns, and may not be tried for ever
                _log.exception("Onboarding of %s failed at step %s", job.istat_code, step.code)
                _fail(job, step, _("Our mistake: it is in the log. Try again, and tell support if it comes back."))
                return job
            except BaseException:
                Job.objects.filter(pk=job.pk).update(state=Job.State.WAITING, lease_until=None)
                raise
        _end(job, Job.State.DONE)
    return job


def _with_requirements(codes: Iterable[str]) -> list[str]:
    ordered: list[str] = []

    def add(code: str) -> None:
        for needed in registry.get(code).requires:
            add(needed)
        if code not in ordered:
            ordered.append(code)

    for code in codes:
        add(code.strip())
    return ordered


def _fail(job: Job, step: Step, reason: str) -> None:
    with transaction.atomic():
        _finish(step, Step.State.FAILED, 0)
        _end(job, Job.State.FAILED, error=reason)


def _begin(step: Step) -> None:
    step.state, step.started_at = Step.State.RUNNING, timezone.now()
    step.save(update_fields=["state", "started_at"])


def _finish(step: Step, state: str, milliseconds: int) -> None:
    step.state, step.finished_at, step.milliseconds = state, timezone.now(), milliseconds
    step.save(update_fields=["state", "finished_at", "milliseconds"])


def _end(job: Job, state: str, error: str = "") -> None:
    job.state, job.finished_at, job.error, job.lease_until = state, timezone.now(), error[:500], None
    if state == Job.State.DONE:  # the town has them now: no personal data stays in the public schema
        job.administrator_name = job.administrator_email = ""
    job.save(
        update_fields=["state", "finished_at", "error", "lease_until", "administrator_name", "administrator_email"]
    )


# -- the steps ------------------------------------------------------------------------------------


def _town(job: Job) -> Municipality:
    return Municipality.objects.get(istat_code=job.istat_code)


def _make_schema(job: Job) -> None:
    if Municipality.objects.filter(istat_code=job.istat_code).exists():
        return
    official = find(job.istat_code)
    values = official._asdict()
    values.pop("istat_code")
    lifecycle.create_town(
        job.istat_code, job.host, boundary=boundary(official), contact_email=job.contact_email,
        contact_pec=job.contact_pec, contact_phone=job.contact_phone, address=job.address, **values,
    )  # fmt: skip


def _verify(job: Job) -> None:
    lifecycle.check_whole(_town(job))


def _join(job: Job) -> None:
    centre, _made = Centre.objects.get_or_create(name=settings.CENTRE_NAME)
    town = _town(job)
    if not Adhesion.objects.filter(municipality=town, until__isnull=True).exists():
        Adhesion.objects.create(centre=centre, municipality=town, since=timezone.localdate())


def _switch_on(job: Job) -> None:
    town = _town(job)
    for code in job.modules:
        switch_on(town, code, by=job.requested_by)


def _fill_site(job: Job) -> None:
    with in_schema(schema_of(job.istat_code)):
        adopt_all()


def _go_live(job: Job) -> None:
    lifecycle.go_live(_town(job))


def _invite(job: Job) -> None:
    if not job.administrator_email:
        return
    with in_schema(schema_of(job.istat_code)):
        if Invitation.objects.filter(email=job.administrator_email).exists():
            return
        try:
            invitation, token = invite(
                job.administrator_email, ADMINISTRATOR, full_name=job.administrator_name, by=settings.CENTRE_NAME
            )
        except AlreadyHere:
            return
        town = current_town()
        mail_invitation(invitation, token, town.host, town.full_name)


STEPS: dict[str, Callable[[Job], None]] = {
    "schema": _make_schema,
    "verify": _verify,
    "adhesion": _join,
    "modules": _switch_on,
    "site": _fill_site,
    "live": _go_live,
    "administrator": _invite,
}


def step_labels() -> dict[str, str]:
    """Words for each step."""
    return {
        "schema": _("Schema, role and address"),
        "verify": _("Check of every table, index and constraint"),
        "adhesion": _("Membership of the centre"),
        "modules": _("Modules"),
        "site": _("Services of the shared catalogue on the site"),
        "live": _("The site answers"),
        "administrator": _("Invitation of the first administrator"),
    }
