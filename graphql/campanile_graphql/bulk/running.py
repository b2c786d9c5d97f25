"""Running the jobs of the present town, one after another."""

from __future__ import annotations

import logging

from django.utils import translation

from campanile_graphql.acting import on_behalf_of
from campanile_graphql.bulk import exports, imports
from campanile_tenants.contract.errors import CampanileError
from campanile_tenants.town.api import jobs
from campanile_tenants.town.api.errors import JobBroken
from campanile_tenants.town.api.models import Job
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.people.models import ApiToken, Kind, User

_log = logging.getLogger(__name__)


def run_waiting() -> int:
    """Goes on with every job that waits or whose worker is gone; returns how many it took."""
    taken = 0
    for job in jobs.claimable():
        if jobs.claim(job):
            taken += 1
            job.refresh_from_db()
            run(job)
    return taken


def run(job: Job) -> None:
    """Does what is left of a claimed job as the person who asked for it, with what she may do now."""
    user = _as_now(job.owner_id)
    with on_behalf_of(user, job.language) as context:
        try:
            (exports if job.kind == Job.Kind.EXPORT else imports).run(job, context)
        except CampanileError as error:
            jobs.end(job, Job.State.FAILED, error)
        except Exception:  # noqa: BLE001 - a bug: it is not tried for ever, and does not stop the others
            _log.exception("Job %s failed", job.pk)
            with translation.override(job.language):
                jobs.end(job, Job.State.FAILED, JobBroken())
        job.refresh_from_db()
        if job.is_over:
            record(f"api.{job.kind}_over", job, what=job.what, rows=job.done, state=job.state)


def _as_now(pk: int) -> User:
    """The owner with her rights of now: a machine with its token, unless that was revoked."""
    user = User.objects.get(pk=pk)
    if user.kind == Kind.MACHINE:
        user.token = ApiToken.objects.filter(user=user).first()
    return user
