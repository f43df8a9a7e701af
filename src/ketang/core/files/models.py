"""One table: what was uploaded, what it belongs to, and the proof of what was removed."""

import uuid

from django.db import models
from django.db.models import Q


class File(models.Model):
    """A photo, recording or PDF. The bytes lie under ``MEDIA_ROOT`` by ``sha256`` and are shared by rows of
    the same content. ``subject_kind`` '' = uploaded, not yet sent with a form."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sha256 = models.CharField(max_length=64, help_text="of the bytes kept")
    source_sha256 = models.CharField(
        max_length=64, help_text="of the bytes as they came, before metadata went"
    )
    kind = models.CharField(max_length=5)
    media_type = models.CharField(max_length=40)
    extension = models.CharField(max_length=5)
    name = models.CharField(max_length=100)
    size = models.PositiveIntegerField(help_text="bytes kept")
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    lon = models.FloatField(null=True, blank=True, help_text="WGS-84, only where the person shared it")
    lat = models.FloatField(null=True, blank=True)
    subject_kind = models.CharField(max_length=20, blank=True)
    subject_id = models.BigIntegerField(default=0)
    step_seq = models.IntegerField(null=True, blank=True)
    uploader_kind = models.CharField(max_length=10)
    uploader_id = models.BigIntegerField(default=0)
    at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_why = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "step_seq"], name="file_subject"),
            models.Index(fields=["at"], condition=Q(subject_kind=""), name="file_waiting"),
            models.Index(fields=["sha256"], name="file_content"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
