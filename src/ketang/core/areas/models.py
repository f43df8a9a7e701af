"""Areas, groups that cut across them, teams, and the token that tells caches to look again."""

from django.db import models

from ketang.core.areas.types import AreaKind, GroupKind, Level, TeamRole
from ketang.core.columns import CodeField


class Area(models.Model):
    """One area for one span of time. A code is never reused; a split gives new codes and ``successors``."""

    code = CodeField(max_length=18, primary_key=True)
    level = models.CharField(max_length=10, choices=[(v.value, v.value) for v in Level])
    name = models.CharField(max_length=80)
    kind = models.CharField(
        max_length=10, default=AreaKind.ORDINARY, choices=[(v.value, v.value) for v in AreaKind]
    )
    place = models.CharField(max_length=80, blank=True, help_text="of a dedicated grid: whose gate it is")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True, help_text="the first day it no longer holds")
    successors = models.JSONField(default=list, blank=True, help_text="codes that took over on valid_to")
    outline = models.BinaryField(blank=True, default=b"", help_text="WKB, WGS-84 degrees")
    datum = models.CharField(max_length=5, blank=True, help_text="datum of the source, before conversion")

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class AreaGroup(models.Model):
    """综合网格, 片区, 园区: areas of any level under one name."""

    code = CodeField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=14, choices=[(v.value, v.value) for v in GroupKind])
    members = models.JSONField(default=list)
    escalates_to = CodeField(
        max_length=40, blank=True, help_text="department code that its cases escalate to"
    )
    carries_scope = models.BooleanField(default=True, help_text="posts may be held over this group")

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class TeamMember(models.Model):
    """A place in a grid's team. The account is a plain id: accounts stand above areas."""

    area = CodeField(max_length=18)
    role = models.CharField(max_length=14, choices=[(v.value, v.value) for v in TeamRole])
    account_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["account_id"], name="team_account")]
        constraints = [
            models.UniqueConstraint(fields=["area", "role", "account_id"], name="team_place_once"),
            models.UniqueConstraint(
                fields=["area", "role"],
                condition=models.Q(role__in=[TeamRole.GRID_HEAD.value, TeamRole.MICROGRID_HEAD.value]),
                name="team_one_head",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area} {self.role} {self.account_id}"


class Revision(models.Model):
    """One row. Its random token changes with every write, so that every process rebuilds its picture."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    token = models.CharField(max_length=16)

    def __str__(self) -> str:
        return self.token
