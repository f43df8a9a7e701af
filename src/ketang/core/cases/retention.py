"""Which cases have been kept long enough, and the proof of what was removed. Reads only."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypedDict

from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from ketang.core.accounts.models import Account
from ketang.core.audit import api as audit
from ketang.core.cases.models import Case, Follower, Hold, Party, Step
from ketang.core.cases.playbook import RetentionFile, RetentionRule
from ketang.core.cases.types import Verb
from ketang.core.playbooks import api as playbooks
from ketang.core.sealed import about_of, sealed_columns

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

HISTORY = Q(import_batch__isnull=False, registered_at=None, dispatched_at=None)


class Ended(TypedDict):
    ended: datetime


@dataclass(frozen=True, slots=True)
class Expired:
    case_id: int
    rule: RetentionRule


def retention_file() -> RetentionFile:
    return playbooks.current().section(RetentionFile)


def due(now: datetime, *, after: int = 0) -> Iterator[Expired]:
    """Cases whose time is up, by id. Where a source gave no time of closing, the report's counts."""
    file = retention_file()
    ends = {rule.code: now - timedelta(days=rule.days) for rule in file.rules}
    rows = _closed(file).filter(pk__gt=after, ended__lt=max(ends.values())).order_by("pk")
    for case_id, kind, secrecy, ended in rows.values_list("pk", "kind", "secrecy", "ended").iterator(1000):
        rule = file.of(kind, secrecy)
        if ended < ends[rule.code]:
            yield Expired(case_id, rule)


def _closed(file: RetentionFile) -> "QuerySet[WithAnnotations[Case, Ended]]":
    held = Hold.objects.filter(case=OuterRef("pk"), lifted_at=None)
    rows = Case.objects.annotate(ended=Coalesce(F("closed_at"), F("reported_at")))
    rows = rows.filter(~Exists(held), open=False, suspended=False, anonymised_at=None)
    rows = rows.exclude(merged_into__open=True)
    return rows if file.history else rows.exclude(HISTORY)


def still_due(case: Case, now: datetime) -> RetentionRule | None:
    """The rule by which ``case``, just locked, is due: between the list and the lock things happen."""
    file = retention_file()
    found = _closed(file).filter(pk=case.pk).values_list("ended", flat=True).first()
    rule = file.of(case.kind, case.secrecy)
    return rule if found and found < now - timedelta(days=rule.days) else None


def idle_accounts(now: datetime) -> QuerySet[Account]:
    """Residents without a case that is still kept who have not logged in for the period."""
    before = now - timedelta(days=retention_file().account_days)
    rows = Account.objects.filter(kind="resident", is_active=True, created_at__lt=before)
    rows = rows.exclude(last_login__gte=before)
    for model, column in ((Case, "reporter"), (Party, "account"), (Follower, "account")):
        rows = rows.filter(~Exists(model._default_manager.filter(**{column: OuterRef("pk")})))
    return rows


def personal_columns() -> Iterator[tuple[type[Model], str, list[str]]]:
    """(table, how it names its case, columns) of every sealed column and blind index that hangs on a case.

    Found by name, so that a table added later is emptied as well.
    """
    for model, sealed in sealed_columns():
        names = [*sealed, *(f.name for f in model._meta.concrete_fields if f.name.endswith("_index"))]
        fields = {f.name: f for f in model._meta.concrete_fields}
        if model is Case:
            yield model, "pk", names
        elif "case" in fields and fields["case"].related_model is Case:
            yield model, "case", names


@dataclass(frozen=True, slots=True)
class Proof:
    """What was removed from a case, and what a look at the tables finds now. ``left`` should be empty."""

    at: datetime
    facts: dict[str, Any]
    audited: bool
    left: list[str]


def proof_of(case: Case) -> Proof | None:
    """None while nothing was removed."""
    if case.anonymised_at is None:
        return None
    steps = Step.objects.filter(case=case, verb=Verb.UPDATE).order_by("-seq")
    step = next(step for step in steps if "retention" in step.facts)
    said = {"seq": step.seq, **step.facts["retention"]}
    rows = audit.find(subject=f"case:{case.pk}", verb="case.anonymise")
    return Proof(
        case.anonymised_at, step.facts["retention"], any(row.detail == said for row in rows), left_in(case)
    )


def left_in(case: Case) -> list[str]:
    """Columns of the case that still hold something they should not."""
    return [
        about_of(model, name)
        for model, key, names in personal_columns()
        for name in names
        if model._default_manager.filter(**{key: case.pk}).exclude(**{name: ""}).exists()
    ]
