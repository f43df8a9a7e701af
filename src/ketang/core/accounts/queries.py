"""Reads: who is asking, and which department is meant."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest

from ketang.core.accounts import book, directory
from ketang.core.accounts.models import Account
from ketang.core.accounts.posts import posts_of
from ketang.core.accounts.rules import scope_for
from ketang.core.accounts.types import ROLE_NAMES, DepartmentFacts, DepartmentKind, Person, Post, Role, Scope
from ketang.kernel import clock
from ketang.kernel.actor import ANONYMOUS, Actor

NOBODY = Person(ANONYMOUS)


def person_of(request: HttpRequest) -> Person:
    """Who is asking: one query for the posts after Django's own for session and account; once a request."""
    held: Person | None = getattr(request, "_person", None)
    if held is None:
        held = _person(getattr(request, "user", None), clock.now(), str(getattr(request, "id", "")))
        request._person = held  # type: ignore[attr-defined]
    return held


def person(account_id: int, now: datetime) -> Person:
    """Somebody with the posts in force at ``now``; nobody when the account is closed or unknown."""
    return _person(Account.objects.filter(pk=account_id).first(), now, "")


def _person(account: Any, now: datetime, request_id: str) -> Person:
    if account is None or not account.is_authenticated or not account.is_active:
        return Person(Actor("anonymous", label=ANONYMOUS.label, request_id=request_id))
    if account.kind == "resident":
        actor = Actor("resident", account.pk, "居民", request_id)
        return Person(actor, (Post(0, Role.RESIDENT),))
    posts = posts_of(account.pk, now)
    return Person(Actor("staff", account.pk, label_of(account.name, posts), request_id), posts)


def label_of(name: str, posts: tuple[Post, ...]) -> str:
    """What the audit and the corner of the page show: 张三 · 百官街道 镇街中心."""
    if not posts:
        return name
    first = posts[0]
    where = " ".join(filter(None, [first.department_name, ROLE_NAMES[first.role]]))
    return f"{name} · {where}"[:80]


def scope_of(person: Person, purpose: str = "work", *, now: datetime | None = None) -> Scope:
    """What this person may read for ``purpose`` ("work", "export", "supervise", "statistics").

    ``now`` is part of the contract for rules that will depend on it; posts were already read at an instant.
    """
    return scope_for(person, purpose, book.sealed_departments())


def departments() -> dict[int, DepartmentFacts]:
    """All departments by id, closed ones too; from this process's directory, normally without a query."""
    return directory.current().by_id


def department_by_code(code: str) -> DepartmentFacts | None:
    return directory.current().by_code.get(code)


def department_by_name(name: str) -> DepartmentFacts | None:
    """By the name people read, or another name it goes by in imported orders (departments.yaml: aliases)."""
    held = directory.current()
    wanted = name.strip()
    found = held.by_name.get(wanted) or held.by_code.get(wanted)
    if found is None:
        specs = book.departments_file().departments
        found = next((held.by_code.get(s.code) for s in specs if wanted in s.aliases), None)
    return found if found and not found.closed else None


def town_department(area_code: str) -> DepartmentFacts | None:
    """The town (镇街) of an area; None above the towns."""
    return _unit(DepartmentKind.TOWN, area_code, 9)


def village_department(area_code: str) -> DepartmentFacts | None:
    """The village or community (村社区) of an area; None above the villages."""
    return _unit(DepartmentKind.VILLAGE, area_code, 12)


def committee_department(area_code: str) -> DepartmentFacts | None:
    """The village's mediation committee (人民调解委员会)."""
    return _unit(DepartmentKind.COMMITTEE, area_code, 12)


def _unit(kind: DepartmentKind, area_code: str, length: int) -> DepartmentFacts | None:
    return directory.current().by_area.get((kind, area_code[:length])) if len(area_code) >= length else None


def resolve_department(word: str, area_code: str) -> DepartmentFacts | None:
    """A unit as playbooks name it: a department's code, or a word for the unit of the case's own area
    (镇街, 居委 …). None when the dispatcher has to choose."""
    stands_for = book.departments_file().stands_for.get(word)
    if stands_for == "town":
        return town_department(area_code)
    if stands_for == "village":
        return village_department(area_code)
    if stands_for == "committee":
        return committee_department(area_code)
    return department_by_code(word)
