"""The public face of accounts: who is asking, what they may read, which department is meant, how often."""

from ketang.core.accounts.access import narrow, resolve_support, visible
from ketang.core.accounts.actions.forgetting import forget
from ketang.core.accounts.directory import forget as forget_departments
from ketang.core.accounts.gate import ask_to_log_in, needs
from ketang.core.accounts.limits import address_of, limit, limit_key
from ketang.core.accounts.queries import (
    NOBODY,
    committee_department,
    department_by_code,
    department_by_name,
    departments,
    person,
    person_of,
    resolve_department,
    scope_of,
    town_department,
    village_department,
)

__all__ = [
    "NOBODY",
    "address_of",
    "ask_to_log_in",
    "committee_department",
    "department_by_code",
    "department_by_name",
    "departments",
    "forget",
    "forget_departments",
    "limit",
    "limit_key",
    "narrow",
    "needs",
    "person",
    "person_of",
    "resolve_department",
    "resolve_support",
    "scope_of",
    "town_department",
    "village_department",
    "visible",
]
