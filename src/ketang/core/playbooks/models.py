"""Versions that were applied, whole: a case is judged by the version that registered it, for ever."""

from django.db import models


class PlaybookVersion(models.Model):
    """A resolved playbook. The newest ``applied_at`` is in force; applying an old one again renews it."""

    hash = models.CharField(max_length=16, unique=True)
    name = models.CharField(max_length=60)
    title = models.CharField(max_length=80)
    content = models.JSONField(help_text="file name → resolved content")
    applied_at = models.DateTimeField(db_index=True)
    applied_by = models.CharField(max_length=80)
    note = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.hash} {self.name}"
