"""Clocks that run, stand or have stopped. Lights are derived, never stored."""

from django.db import models
from django.db.models import Q

RUNNING = Q(stopped_at=None)


class Deadline(models.Model):
    """One clock of one subject, with all its due time follows from: rule, start, extensions, pauses, bounds,
    playbook version (working hours) and calendar version."""

    subject_kind = models.CharField(max_length=16)
    subject_id = models.BigIntegerField()
    name = models.CharField(max_length=20)
    party_id = models.BigIntegerField(
        default=0, help_text="the department it belongs to; 0 = the subject itself"
    )
    rule = models.CharField(max_length=40)
    roll = models.CharField(max_length=20)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="while paused: as it was when the pause began")
    yellow_at = models.DateTimeField()
    provisional = models.BooleanField()
    playbook = models.CharField(max_length=16)
    calendar = models.CharField(max_length=24)
    ring = models.BooleanField(help_text="reminders may ring at night")
    fixed = models.DateTimeField(null=True, help_text="due time set from outside")
    cap = models.DateTimeField(null=True, help_text="the latest it may be due")
    follows = models.CharField(max_length=20, blank=True, help_text="the clock whose due time is that bound")
    next_alert_at = models.DateTimeField(
        null=True, help_text="the sweeper's only question; NULL: nothing to say"
    )
    paused_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    near_sent_at = models.DateTimeField(null=True)
    passed_sent_at = models.DateTimeField(null=True)
    extensions = models.CharField(max_length=200, blank=True, default="", db_default="")
    pauses = models.TextField(
        blank=True, default="", db_default="", help_text="from/to from/to, ended pauses"
    )

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject_id"], name="deadline_subject"),
            models.Index(
                fields=["next_alert_at", "id"],
                condition=Q(next_alert_at__isnull=False),
                name="deadline_alert",
            ),
            models.Index(
                fields=["calendar", "id"], condition=RUNNING & Q(provisional=True), name="deadline_foreseen"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id", "name", "party_id"],
                condition=RUNNING,
                name="deadline_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject_kind}:{self.subject_id} {self.name} {self.rule}"


class CalendarVersion(models.Model):
    """The official years behind a calendar's version, to count an old due time again as it was."""

    version = models.CharField(max_length=24, primary_key=True)
    tables = models.TextField(help_text="a line per year: year, days off, weekends worked")
    kept_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.version
