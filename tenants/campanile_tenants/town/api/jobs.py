"""Exports and imports as rows: asked for, claimed under a lease, moved on with what they did, ended, swept away."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.files.storage import default_storage
from django.db.models import Q, QuerySet
from django.utils import timezone

from campanile_infra.database import live
from campanile_infra.storage.town import forget_strays
from campanile_tenants.contract.errors import CampanileError
from campanile_tenants.town.api.errors import TooManyJobs
from campanile_tenants.town.api.models import Job, JobProblem, Upload

LEASE = timedelta(seconds=60)
KEPT_FOR = timedelta(days=2)
MOST_AT_ONCE = 3
MOST_PROBLEMS = 1_000
CHANGED = "api.job_changed"
"""Told to open subscriptions."""
_State = Job.State


def ask(**values: Any) -> Job:
    """Commits a job that waits, with the caller's transaction. Raises TooManyJobs. 2 queries."""
    waiting = Job.objects.filter(owner_id=values["owner_id"], state__in=(_State.WAITING, _State.RUNNING)).count()
    if waiting >= MOST_AT_ONCE:
        raise TooManyJobs(most=MOST_AT_ONCE)
    return Job.objects.create(expires_at=timezone.now() + KEPT_FOR, **values)


def claimable(now: datetime | None = None) -> QuerySet[Job]:
    """Jobs that wait, and those whose worker is gone, the oldest first."""
    now = now or timezone.now()
    left = Q(state=_State.WAITING) | Q(state=_State.RUNNING, lease_until__lt=now)
    return Job.objects.filter(left).order_by("made_at")


def claim(job: Job) -> bool:
    """Takes the job for a minute; False when another worker has it or it is over. 1 query."""
    until = timezone.now() + LEASE
    return bool(claimable().filter(pk=job.pk).update(state=_State.RUNNING, lease_until=until))


def moved(job: Job, **values: Any) -> bool:
    """Writes how far it is, and holds it for another minute; False when it was cancelled meanwhile. 2 queries."""
    until = timezone.now() + LEASE
    for name, value in values.items():
        setattr(job, name, value)
    live.tell(CHANGED, str(job.pk))
    return bool(Job.objects.filter(pk=job.pk, state=_State.RUNNING).update(lease_until=until, **values))


def end(job: Job, state: str, error: CampanileError | None = None) -> None:
    """Says that it is over. An ended job stays as it ended. 1 query."""
    said = {"error_code": error.code, "error": str(error)[:300]} if error is not None else {}
    open_jobs = Job.objects.filter(pk=job.pk, state__in=(_State.WAITING, _State.RUNNING))
    if open_jobs.update(state=state, finished_at=timezone.now(), lease_until=None, **said):
        live.tell(CHANGED, str(job.pk))


def cancel(job: Job) -> None:
    """Stops it before its next page. Twice changes nothing."""
    end(job, _State.CANCELLED)


def refuse_row(job: Job, row: int, problems: list[tuple[str, str, str]]) -> None:
    """Keeps why a row was not taken, for the first thousand rows: field, code, message."""
    if job.refused < MOST_PROBLEMS:
        JobProblem.objects.bulk_create(
            JobProblem(job=job, row=row, field=field[:60], code=code[:60], message=message[:300])
            for field, code, message in problems
        )


def wants_care() -> bool:
    """Whether a job waits for a worker, or something is past its time. 2 queries."""
    now = timezone.now()
    over = Job.objects.filter(expires_at__lte=now)
    return (claimable(now) | over).exists() or Upload.objects.filter(expires_at__lte=now).exists()


def purge() -> int:
    """Deletes jobs past their time with their files, and files that lost their row; returns how many."""
    over = list(Job.objects.filter(expires_at__lte=timezone.now()))
    for job in over:
        forget_files(job)
        job.delete()
    return len(over) + forget_strays("jobs", _with_rows)


def _with_rows(names: set[str]) -> set[str]:
    return {str(pk) for pk in Job.objects.filter(pk__in=names).values_list("pk", flat=True)}


def forget_files(job: Job) -> None:
    """Deletes what it wrote, or read."""
    for number in range(job.parts + 1):
        default_storage.delete(job.part(number))
