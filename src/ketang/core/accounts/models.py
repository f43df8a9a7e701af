"""Departments, posts, people who log in, and who may do what, where, from when to when."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from ketang.core.accounts import held
from ketang.core.accounts.types import ADMINISTRATORS, DepartmentKind, Role
from ketang.core.columns import CodeField
from ketang.kernel.clock import now


class Department(models.Model):
    """A unit that can hold work: a government department, a town, a village, a committee.

    Only ``government`` and ``town`` may lead (主办); ``village`` and ``committee`` support or settle
    first; firms and owners are responsible parties and never stand here.
    """

    code = CodeField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=[(k.value, k.value) for k in DepartmentKind])
    area = CodeField(max_length=18, help_text="what it is responsible for: a code prefix")
    desk_phone = models.CharField(max_length=40, blank=True, help_text="shown to residents; never a clerk's")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    closed_on = models.DateField(null=True, blank=True)
    changed_at = models.DateTimeField(
        auto_now=True, help_text="tells every process's directory to look again"
    )

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """This process forgets its directory at once; the others notice ``changed_at`` within two seconds."""
        super().save(*args, **kwargs)
        held.departments.forget()


class AccountManager(BaseUserManager["Account"]):
    def create_staff(self, username: str, password: str | None, name: str) -> "Account":
        account = self.model(kind="staff", username=username, name=name)
        account.set_password(password)
        account.save(using=self._db)
        return account


class Account(AbstractBaseUser):
    """Somebody who logs in: staff by name and password, a resident by phone and one-time code."""

    kind = models.CharField(max_length=8, default="staff")
    username = models.CharField(max_length=60, unique=True, help_text="a resident's is a random token")
    name = models.CharField(
        max_length=60, blank=True, help_text="staff only; a resident's is encrypted below"
    )
    phone_sealed = models.TextField(blank=True)
    phone_index = models.CharField(max_length=32, blank=True)
    name_sealed = models.TextField(blank=True)
    language = models.CharField(max_length=10, blank=True)
    is_active = models.BooleanField(default=True)
    failures = models.PositiveSmallIntegerField(default=0, help_text="wrong passwords in a row")
    locked_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=now)

    objects = AccountManager()
    USERNAME_FIELD = "username"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["phone_index"], condition=~Q(phone_index=""), name="account_phone_once"
            )
        ]

    def __str__(self) -> str:
        return self.name or self.username


class Assignment(models.Model):
    """A post held: role × department × area × from–to. ``duties`` names the duty kinds this person is
    charged with (家暴, 未成年人 …); ``signs`` lets them sign a return for their unit. A ``pending`` post
    was proposed by the system administrator and waits for the security administrator's yes."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="assignments")
    role = models.CharField(max_length=20, choices=[(r.value, r.value) for r in Role])
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    area = CodeField(max_length=18, blank=True)
    area_group = CodeField(max_length=40, blank=True, help_text="a group that cuts across the tree")
    post = models.CharField(max_length=60, blank=True, help_text="the post's title, 岗位")
    duties = models.JSONField(default=list, blank=True, help_text='category codes, or ["*"]')
    signs = models.BooleanField(default=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    pending = models.BooleanField(default=False)
    proposed_by = models.BigIntegerField(default=0)
    approved_by = models.BigIntegerField(default=0)
    deputy_for = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text="代班: stands in for",
    )

    class Meta:
        indexes = [models.Index(fields=["account", "starts_at"])]
        constraints = [
            # 三员分立: administrators' posts are given without end and taken away at once, so this one index
            # refuses a second administrator's post whatever code writes it.
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(role__in=sorted(ADMINISTRATORS), ends_at=None),
                name="account_one_administrator",
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.role} {self.area}"


class OneTimeCode(models.Model):
    """A code sent to a phone. Neither the phone nor the code is stored, only keyed hashes of them."""

    phone_index = models.CharField(max_length=32)
    code_hash = models.CharField(max_length=32)
    expires_at = models.DateTimeField()
    tries_left = models.PositiveSmallIntegerField()

    class Meta:
        indexes = [models.Index(fields=["phone_index", "-id"], name="code_phone")]

    def __str__(self) -> str:
        return f"{self.pk} {self.expires_at}"


class KeptForm(models.Model):
    """What somebody was writing when their login ran out; sealed, for an hour, for the same browser."""

    token_hash = models.CharField(max_length=32, unique=True)
    path = models.CharField(max_length=300)
    body_sealed = models.TextField()
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.pk} {self.path}"


class RateCount(models.Model):
    """How often one key (hashed) did one thing in one window; shared by every process."""

    name = models.CharField(max_length=40)
    key = models.CharField(max_length=32)
    window = models.BigIntegerField(help_text="start of the window, seconds since 1970")
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "key", "window"], name="rate_once")]
        indexes = [models.Index(fields=["window"], name="rate_window")]

    def __str__(self) -> str:
        return f"{self.name} {self.count}"
