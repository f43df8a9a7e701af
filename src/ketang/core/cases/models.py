"""The tables of the loop. Rows are written by ``actions`` alone and read through ``queries`` alone."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from ketang.core.accounts.models import Department
from ketang.core.columns import CodeField

OPEN = Q(open=True)


def _by(column: str, name: str) -> models.Index:
    """A level's work list: equality on the level, order by due time, filters answered inside the index."""
    return models.Index(
        fields=[column, "due_at", "id", "kind", "state", "channel", "priority"], condition=OPEN, name=name
    )


class Case(models.Model):
    """Anything raised, in the loop. ``state`` is derived from the steps and stored with them."""

    kind = CodeField(max_length=12, blank=True, help_text="leaf of the category tree; '' = 待分类")
    profile = models.CharField(max_length=20)
    state = models.CharField(max_length=12)
    open = models.BooleanField(default=True)
    suspended = models.BooleanField(default=False)
    version = models.PositiveIntegerField(
        default=1, help_text="number of steps; the second writer sees it moved"
    )

    title = models.CharField(max_length=120)
    body = models.TextField(help_text="phones and ID numbers replaced by 〔电话1〕")
    body_secrets = models.TextField(blank=True, help_text="sealed JSON of what was replaced")
    public_summary = models.CharField(max_length=200, blank=True)
    channel = models.CharField(max_length=12)
    priority = models.PositiveSmallIntegerField(default=3)
    secrecy = models.CharField(max_length=8, blank=True)

    district = CodeField(max_length=6)
    town = CodeField(max_length=9, blank=True)
    village = CodeField(max_length=12, blank=True)
    grid = CodeField(max_length=15, blank=True)
    microgrid = CodeField(max_length=18, blank=True)
    lon = models.FloatField(null=True, blank=True, help_text="WGS-84")
    lat = models.FloatField(null=True, blank=True, help_text="WGS-84")
    spot_sealed = models.TextField(blank=True, help_text="the address in words")

    lead = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    responsible_party = models.CharField(max_length=120, blank=True)
    returns = models.PositiveSmallIntegerField(default=0)
    appointed = models.BooleanField(default=False)
    redone = models.PositiveSmallIntegerField(default=0)
    drawn = models.BooleanField(default=False, help_text="a short case drawn at random for review")
    suggested_lead = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    routing_reason = models.CharField(max_length=200, blank=True)
    escalation = models.PositiveSmallIntegerField(
        default=0, help_text="0 none · 1 town · 2 district · 3 supervisor"
    )

    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    finder = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="staff who found it on patrol",
    )
    reachable = models.BooleanField(default=False)
    receipt = models.CharField(max_length=16, unique=True, help_text="opaque; opens the status page")
    rating = models.PositiveSmallIntegerField(default=0, help_text="1–5; 0 not rated")
    called_back = models.BooleanField(
        default=False, help_text="the dissatisfied was called after this rating"
    )

    source_system = models.CharField(max_length=40, blank=True)
    source_number = models.CharField(max_length=80, blank=True)
    source_kind = models.CharField(max_length=200, blank=True)
    source_department = models.CharField(max_length=120, blank=True)
    upstream_due = models.DateTimeField(null=True, blank=True)
    import_batch = models.BigIntegerField(null=True, blank=True)
    request_key = models.CharField(max_length=64, null=True, blank=True, unique=True)

    reported_at = models.DateTimeField()
    registered_at = models.DateTimeField(null=True, blank=True)
    dispatched_at = models.DateTimeField(null=True, blank=True)
    handled_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(help_text="the one due time while open; kept after closing")
    yellow_at = models.DateTimeField()
    due_provisional = models.BooleanField(default=False)
    due_is_review = models.BooleanField(default=False, help_text="law or another authority sets the pace")
    playbook = models.CharField(max_length=16, help_text="version that registered it")

    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    split_from = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    anonymised_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            _by("district", "case_district"),
            _by("town", "case_town"),
            _by("village", "case_village"),
            _by("grid", "case_grid"),
            _by("lead", "case_lead"),
            models.Index(
                fields=["reporter", "-id"], condition=Q(reporter__isnull=False), name="case_reporter"
            ),
            # Few among the open ones: without these, these two views would walk through all of a district.
            models.Index(fields=["due_at", "id"], condition=OPEN & Q(suspended=True), name="case_suspended"),
            models.Index(
                fields=["due_at", "id"], condition=OPEN & Q(escalation__gt=0), name="case_escalated"
            ),
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="case_merged"),
            models.Index(fields=["import_batch"], condition=Q(import_batch__isnull=False), name="case_batch"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source_system", "source_number"],
                condition=~Q(source_number=""),
                name="case_source_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.title}"


class Step(models.Model):
    """One act on a case; append-only. ``(case, seq)`` is unique: the second of two writers fails here."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps", db_index=False)
    seq = models.PositiveIntegerField()
    verb = models.CharField(max_length=16)
    state = models.CharField(max_length=12, help_text="state after it")
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)
    actor_id = models.BigIntegerField(default=0)
    actor_label = models.CharField(max_length=80, blank=True)
    unit = models.CharField(
        max_length=80, blank=True, help_text="the unit residents read instead of the clerk"
    )
    text = models.TextField(blank=True)
    text_secrets = models.TextField(blank=True)
    public = models.BooleanField(default=False, help_text="the reporter may read the text")
    facts = models.JSONField(default=dict)
    request_key = models.CharField(max_length=64, null=True, blank=True, unique=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "seq"], name="step_once")]

    def __str__(self) -> str:
        return f"{self.case_id}#{self.seq} {self.verb}"


class Party(models.Model):
    """A person of a case: the reporter, or whom they speak for. All fields sealed; look-up by blind index."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="parties")
    part = models.CharField(max_length=10, default="reporter")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    name_sealed = models.TextField(blank=True)
    phone_sealed = models.TextField(blank=True)
    phone_index = models.CharField(max_length=32, blank=True)
    id_sealed = models.TextField(blank=True)
    id_index = models.CharField(max_length=32, blank=True)
    address_sealed = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["phone_index"], condition=~Q(phone_index=""), name="party_phone"),
            models.Index(fields=["id_index"], condition=~Q(id_index=""), name="party_id"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.part}"


class Unit(models.Model):
    """A department's part in a case, from hand-over to hand-over; one open lead at a time."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="units", db_index=False)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+", db_index=False)
    part = models.CharField(max_length=8)
    since = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    basis = models.CharField(max_length=200, blank=True)
    funding = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["case"], name="unit_case"),
            models.Index(fields=["department", "part", "case"], condition=Q(ended_at=None), name="unit_open"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_at=None, part="lead"), name="unit_one_lead"
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.part} {self.department_id}"


class Approval(models.Model):
    """A request that waits for somebody's yes: extension, suspension, 依法不能办 (two approvers)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="approvals")
    what = models.CharField(max_length=12)
    rule = models.CharField(max_length=40, blank=True, help_text="clock:amount asked for")
    reason = models.TextField()
    upstream_consent = models.CharField(max_length=200, blank=True)
    asked_by = models.BigIntegerField()
    asked_at = models.DateTimeField()
    decided_by = models.BigIntegerField(default=0)
    decided_at = models.DateTimeField(null=True, blank=True)
    verdict = models.CharField(max_length=8, blank=True)
    second_by = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.case_id} {self.what} {self.verdict}"


class Follower(models.Model):
    """Somebody who wants to be told of a case that another person raised."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="followers")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    from_case = models.ForeignKey(Case, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "account"], condition=Q(account__isnull=False), name="follow_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} ← {self.account_id}"


class Notice(models.Model):
    """A line told to a person or a unit; at night only what rings is shown at once (quiet hours)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    role = models.CharField(
        max_length=20, blank=True, help_text="with area: everybody of that role there; group: posts over it"
    )
    area = CodeField(max_length=40, blank=True)
    topic = models.CharField(max_length=30)
    text = models.CharField(max_length=300)
    rings = models.BooleanField(default=False)
    visible_at = models.DateTimeField()
    key = models.CharField(max_length=80, unique=True)

    class Meta:
        indexes = [
            models.Index(fields=["department", "-visible_at"], name="notice_department"),
            models.Index(fields=["account", "-visible_at"], name="notice_account"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.topic}"


class UpstreamOrder(models.Model):
    """The row as the source sent it, sealed, so that the answer leaves in the source's own columns."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="upstream")
    mapping = models.CharField(max_length=60)
    row_sealed = models.TextField()
    row_hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.case_id} {self.mapping}"


class Hold(models.Model):
    """Keep this case's personal fields whatever the retention rules say: a lawsuit, an inspection."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="holds")
    basis = models.CharField(max_length=200, help_text="who asked, by which document")
    placed_at = models.DateTimeField()
    placed_by = models.CharField(max_length=80)
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(lifted_at=None), name="hold_one_in_force")
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.basis}"
