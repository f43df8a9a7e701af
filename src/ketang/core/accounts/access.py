"""THE permission filter. Rows that it narrows carry the columns of ``types.Branch``, ``kind``, ``secrecy``.

Every list, detail, search, export, map, board and stream goes through ``narrow`` (one branch, served by one
index, for long lists that merge branches) or ``visible`` (all branches at once, for details and small sets).
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from ketang.core.accounts.types import Branch, Scope

M = TypeVar("M", bound=Model)
AFTER_ALL = "\uffff"  # sorts after every character of a code: a prefix is the range [p, p + AFTER_ALL)

_supports: dict[type[Model], Callable[[int], Q]] = {}


def resolve_support(model: type[Model], rows_supported_by: Callable[[int], Q]) -> None:
    """Say how rows of ``model`` know the departments that support them: ``department id → Q``."""
    _supports[model] = rows_supported_by


def narrow(queryset: QuerySet[M], branch: Branch, scope: Scope) -> QuerySet[M]:
    """The rows of one branch, less what secrecy hides: equality + kinds + secrecy."""
    return queryset.filter(_of_branch(queryset, branch), _open_to(branch, scope))


def visible(queryset: QuerySet[M], scope: Scope) -> QuerySet[M]:
    """The rows of all branches, and what the person raised themself. Neither: no rows."""
    if not scope.branches and not scope.own_account:
        return queryset.none()
    allowed = Q(reporter_id=scope.own_account) if scope.own_account else Q(pk__in=[])
    for branch in scope.branches:
        allowed |= _of_branch(queryset, branch) & _open_to(branch, scope)
    return queryset.filter(allowed)


def _of_branch(queryset: QuerySet[M], branch: Branch) -> Q:
    if branch.column == "support":
        resolver = getattr(queryset, "supported_by", None) or _supports.get(queryset.model)
        rows = resolver(int(branch.value)) if resolver else Q(pk__in=[])
    else:
        rows = Q(**{branch.column: branch.value})
    if branch.only_sealed:
        rows &= Q(secrecy="sealed")
    return rows & prefix(branch.kinds) if branch.kinds else rows


def _open_to(branch: Branch, scope: Scope) -> Q:
    if branch.sealed and "*" in branch.duties:
        return Q()
    shown = Q(secrecy="")
    if branch.sealed:
        shown |= Q(secrecy="sealed")
    if "*" in branch.duties:
        shown |= Q(secrecy="duty")
    elif branch.duties:
        shown |= Q(secrecy="duty") & any_prefix(branch.duties)
    if scope.own_account:
        shown |= Q(reporter_id=scope.own_account)
    return shown


def any_prefix(codes: Iterable[str]) -> Q:
    found = Q(pk__in=[])
    for code in codes:
        found |= prefix(code)
    return found


def prefix(code: str) -> Q:
    """``kind`` begins with ``code``, as a range that an index serves on both databases."""
    return Q(kind__gte=code, kind__lt=code + AFTER_ALL)
