"""The public face of the loop. Everything that is raised goes through ``report``; everything that
happens to it goes through ``act``. Verbs, states and forms are in ``types``."""

from ketang.core.cases.actions.act import act
from ketang.core.cases.actions.report import report
from ketang.core.cases.actions.short import settle
from ketang.core.cases.numbers import id_behind, number, number_of_case
from ketang.core.cases.queries import (
    Filters,
    case_by_number,
    case_by_receipt,
    case_for,
    count_up_to,
    work_list,
)

__all__ = [
    "Filters",
    "act",
    "case_by_number",
    "case_by_receipt",
    "case_for",
    "count_up_to",
    "id_behind",
    "number",
    "number_of_case",
    "report",
    "settle",
    "work_list",
]
