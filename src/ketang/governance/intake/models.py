"""One table: how far each import came, so that a killed one goes on where it stood."""

from django.db import models


class ImportRun(models.Model):
    """An import of one file. Its columns move in the transaction of each batch, so they never lie."""

    source_system = models.CharField(max_length=40)
    mapping = models.CharField(max_length=60)
    mode = models.CharField(max_length=8)
    file_name = models.CharField(max_length=200)
    file_digest = models.CharField(max_length=64, help_text="keyed hash of the file's bytes")
    last_row = models.PositiveBigIntegerField(default=0, help_text="everything up to this row is done")
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    errors_size = models.PositiveBigIntegerField(
        default=0, help_text="bytes of the error file that belong to it"
    )
    actor_label = models.CharField(max_length=80, blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["file_digest"], condition=models.Q(finished_at=None), name="run_unfinished")
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.file_name}"
