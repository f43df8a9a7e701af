"""The log and the head of its chain. Rows are only ever added; the seal fills the last three columns once."""

from django.db import models
from django.db.models import Q

from ketang.core.columns import CodeField


class AuditRow(models.Model):
    """Who did what to what, when. The id sorts by time (rules.new_id), so a period is a range of ids."""

    id = CodeField(max_length=25, primary_key=True)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)
    actor_id = models.BigIntegerField()
    actor_label = models.CharField(max_length=120, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    verb = models.CharField(max_length=60)
    subject = CodeField(max_length=120)
    detail = models.TextField(help_text="canonical JSON as text: its bytes are what the MAC covers")
    key_id = models.CharField(max_length=20)
    mac = models.CharField(max_length=64)
    position = models.BigIntegerField(null=True, help_text="given after commit, without gaps")
    algorithm = models.CharField(max_length=10, blank=True, default="", db_default="")
    digest = models.CharField(max_length=64, blank=True, default="", db_default="")

    class Meta:
        db_table = "audit_row"
        indexes = [
            models.Index(fields=["subject", "id"], name="audit_row_subject"),
            models.Index(fields=["actor_id", "id"], name="audit_row_actor"),
            models.Index(fields=["id"], name="audit_row_unsealed", condition=Q(position=None)),
        ]
        # Partial: writing a row does not touch it.
        constraints = [
            models.UniqueConstraint(
                fields=["position"], condition=~Q(position=None), name="audit_row_position_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.verb} {self.subject}"


class AuditHead(models.Model):
    """One row: where the chain ends. Its lock excludes sealers from each other, never writers."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    position = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    key_id = models.CharField(max_length=20)
    mac = models.CharField(max_length=64)

    class Meta:
        db_table = "audit_head"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="audit_head_one")]

    def __str__(self) -> str:
        return f"{self.position}:{self.digest}"
