"""The public face of the loop. Everything that is raised goes through ``report``; everything that
happens to it goes through ``act``. Verbs, states and forms are in ``types``."""

from ketang.core.cases.actions.act import act
from ketang.core.cases.actions.bulk import PastCase, PastOrder, report_order
from ketang.core.cases.actions.bulk import draft as draft_past
from ketang.core.cases.actions.bulk import known as known_orders
from ketang.core.cases.actions.bulk import prepare as prepare_past
from ketang.core.cases.actions.bulk import update as update_order
from ketang.core.cases.actions.bulk import write as write_past
from ketang.core.cases.actions.report import report
from ketang.core.cases.actions.short import settle
from ketang.core.cases.book import LoopBook
from ketang.core.cases.book import current as loop_book
from ketang.core.cases.numbers import id_behind, number, number_of_case
from ketang.core.cases.queries import (
    Filters,
    case_by_number,
    case_by_receipt,
    case_for,
    count_up_to,
    work_list,
)
from ketang.core.cases.upstream import UpstreamAnswer, upstream_answers

__all__ = [
    "Filters",
    "LoopBook",
    "PastCase",
    "PastOrder",
    "UpstreamAnswer",
    "act",
    "case_by_number",
    "case_by_receipt",
    "case_for",
    "count_up_to",
    "draft_past",
    "id_behind",
    "known_orders",
    "loop_book",
    "number",
    "number_of_case",
    "prepare_past",
    "report",
    "report_order",
    "settle",
    "update_order",
    "upstream_answers",
    "work_list",
    "write_past",
]
