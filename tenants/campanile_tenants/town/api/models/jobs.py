"""Job, JobProblem."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7


class Job(models.Model):
    """An export or an import that takes long: a row that says where it is, so that it goes on wherever it was killed.

    `what` is the list that is exported (`reportingReports`) or the mutation that imports. `position` is the cursor
    after the last exported page, or the number of the last imported row; it commits together with what it speaks of.
    """

    class Kind(models.TextChoices):
        """Which way."""

        EXPORT = "export", _("export")
        IMPORT = "import", _("import")

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    class Format(models.TextChoices):
        """How rows are written."""

        NDJSON = "ndjson", _("NDJSON")
        CSV = "csv", _("CSV")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=8, choices=Kind)
    what = models.CharField(max_length=120)
    owner = models.ForeignKey("people.User", on_delete=models.CASCADE, related_name="+")
    language = models.CharField(max_length=8, default="it")
    document = models.TextField(default="")
    format = models.CharField(max_length=8, choices=Format)
    dry_run = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True, blank=True)
    refused = models.PositiveIntegerField(default=0)
    position = models.TextField(default="")
    parts = models.PositiveIntegerField(default=0)
    error_code = models.CharField(max_length=60, default="")
    error = models.CharField(max_length=300, default="")
    lease_until = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name = _("export or import")
        verbose_name_plural = _("exports and imports")
        ordering = ("-made_at",)
        indexes: ClassVar = [
            models.Index(
                fields=("lease_until",), name="job_unfinished", condition=models.Q(state__in=("waiting", "running"))
            ),
            models.Index(fields=("owner", "-made_at", "id"), name="job_by_owner"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="job_finished_has_a_date",
                condition=models.Q(state__in=("waiting", "running"), finished_at__isnull=True)
                | models.Q(state__in=("done", "failed", "cancelled"), finished_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.what} {self.pk}"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state not in (self.State.WAITING, self.State.RUNNING)

    def part(self, number: int) -> str:
        """The name of one part of its file in the town's file store, counted from 0; an import has only one."""
        return f"jobs/{self.pk}/{number:06}"


class JobProblem(models.Model):
    """Why a row of an import was not taken. The row's own words are not kept."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="problems")
    row = models.PositiveIntegerField()
    field = models.CharField(max_length=60, default="")
    code = models.CharField(max_length=60)
    message = models.CharField(max_length=300)

    class Meta:
        verbose_name = _("row that was not taken")
        verbose_name_plural = _("rows that were not taken")
        ordering = ("row", "id")
        indexes: ClassVar = [models.Index(fields=("job", "row", "id"), name="problem_by_row")]

    def __str__(self) -> str:
        return f"{self.row} {self.code}"
