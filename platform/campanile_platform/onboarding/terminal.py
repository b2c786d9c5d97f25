"""Onboarding as the terminal shows it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from campanile_infra.errors import OperationalProblem
from campanile_infra.terminal import console, errors
from campanile_platform.onboarding import services
from campanile_platform.onboarding.csv_file import Row, read_csv
from campanile_platform.onboarding.errors import AlreadyRequested
from campanile_platform.onboarding.models import Job
from campanile_platform.onboarding.official_list import find
from campanile_tenants.contract.errors import CampanileError
from campanile_tenants.public.registry.models import Municipality
from campanile_tenants.public.registry.provisioning import pool


def find_town(istat_code: str) -> Municipality:
    """The town. Raises OperationalProblem, or says that the code is wrong."""
    town = Municipality.objects.defer("boundary").filter(istat_code=istat_code).first()
    if town is None:
        official = find(istat_code)
        raise OperationalProblem(
            f"{official.name} ({istat_code}) is not on the platform. Take it in with: campanile onboard {istat_code}"
        )
    return town


def onboard_one(istat_code: str, *, by: str, modules: str, **values: Any) -> None:
    """One town. Raises what refuses it."""
    labels = services.step_labels()
    wanted = [code for code in modules.replace(",", " ").split() if code]
    try:
        job = services.request_town(istat_code, by=by, modules=wanted, **values)
    except AlreadyRequested:
        left = [job for job in services.waiting_jobs() if job.istat_code == istat_code.strip()]
        if not left:
            raise
        job = left[0]
    services.run(job, on_step=lambda step: console.print(f"  {labels[step.code]}"))
    job.refresh_from_db()
    if job.state != Job.State.DONE:
        raise OperationalProblem(f"{job.name}: {job.error or 'another process is taking it in'}")
    console.print(f"[green]✓[/green] {job.name} is live at {job.host}.")
    pool.refill()


def onboard_file(path: Path, *, by: str, show: bool = True) -> int:
    """A CSV of towns; returns the exit code: 0 also when towns that are already here were skipped."""
    rows = read_csv(path)
    skipped, refused = _request(rows, by)
    jobs = services.waiting_jobs()
    failed = []
    with Progress(
        TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=console, disable=not show,
    ) as progress:  # fmt: skip
        task = progress.add_task("", total=len(jobs))
        for job in jobs:
            progress.update(task, description=job.name)
            services.run(job)
            job.refresh_from_db()
            if job.state == Job.State.FAILED:
                failed.append(f"{job.istat_code} {job.name}: {job.error}")
            progress.advance(task)
        progress.update(task, description="")
    done = len(jobs) - len(failed)
    console.print(
        f"[green]✓[/green] {done} towns taken in, {len(skipped)} skipped, {len(refused) + len(failed)} refused."
    )
    for line in skipped:
        console.print(f"  [dim]skipped[/dim] {line}")
    for line in (*refused, *failed):
        errors.print(f"  [red]refused[/red] {line}")
    pool.refill()
    return 1 if refused or failed else 0


def _request(rows: list[Row], by: str) -> tuple[list[str], list[str]]:
    """Makes the jobs; returns lines about towns that are already here, and about rows that are wrong."""
    skipped, refused = [], []
    seen: dict[str, int] = {}
    for row in rows:
        if row.istat_code in seen:
            refused.append(f"line {row.line}: {row.istat_code} is already on line {seen[row.istat_code]}")
            continue
        seen[row.istat_code] = row.line
        try:
            services.request_town(row.istat_code, by=by, modules=row.modules, **row.values)
        except AlreadyRequested as error:
            skipped.append(f"line {row.line}: {error}")
        except CampanileError as error:
            refused.append(f"line {row.line}: {error}")
    return skipped, refused
