"""Job and Step: every onboarding is a row that says where it is."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7


class Job(models.Model):
    """Taking one town in. At most one unfinished or done job a town."""

    class State(models.TextChoices):
        """Where the job stands."""

        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    istat_code = models.CharField(_("ISTAT code"), max_length=6)
    name = models.CharField(_("name"), max_length=120)
    host = models.CharField(_("host name"), max_length=253)
    modules = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    contact_email = models.EmailField(_("e-mail"), blank=True)
    contact_pec = models.EmailField(_("certified e-mail (PEC)"), blank=True)
    contact_phone = models.CharField(_("telephone"), max_length=30, blank=True)
    address = models.CharField(_("address of the town hall"), max_length=200, blank=True)
    administrator_name = models.CharField(_("first administrator"), max_length=150, blank=True)
    administrator_email = models.EmailField(_("her e-mail"), blank=True)
    requested_by = models.CharField(_("asked by"), max_length=200)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    lease_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(_("asked"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    error = models.CharField(_("what went wrong"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("onboarding")
        verbose_name_plural = _("onboardings")
        ordering = ("created_at",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("istat_code",), condition=~models.Q(state="failed"), name="job_one_a_town"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.get_state_display()})"


class Step(models.Model):
    """One step of a job."""

    class State(models.TextChoices):
        """Where the step stands."""

        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=20)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    milliseconds = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ("position",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("job", "code"), name="step_once_a_job"),
        ]

    def __str__(self) -> str:
        return str(self.code)
