"""The log for the audit administrator, who alone reads it: a list by key, and the same as CSV."""

import csv
import json
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ketang.core.accounts.api import needs, person_of
from ketang.core.accounts.types import Role
from ketang.core.audit import api as audit
from ketang.insight.audit.web.forms import FilterForm
from ketang.kernel import clock
from ketang.kernel.errors import BadInput

PAGE = 50
EXPORT_PAGE = 1000
COLUMNS = ("编号", "位置", "时间（北京）", "类型", "账号", "身份", "动作", "对象", "内容", "请求")


@require_safe
@needs(Role.AUDIT_ADMIN)
def listing(request: HttpRequest) -> HttpResponse:
    form = FilterForm(request.GET)
    rows: list[audit.Entry] = []
    if form.is_valid():
        wanted = form.wanted(clock.local(clock.now()).date())
        rows = audit.find(**wanted, before=request.GET.get("after", ""), limit=PAGE + 1)
    context = {
        "form": form,
        "rows": rows[:PAGE],
        "next": rows[PAGE - 1].id if len(rows) > PAGE else "",
        "head": audit.head(),
        "unsealed": audit.unsealed(),
    }
    return render(request, "audit/list.html", context, status=400 if form.errors else 200)


@require_safe
@needs(Role.AUDIT_ADMIN)
def export(request: HttpRequest) -> HttpResponseBase:
    """Streams page by page. That it was taken out is itself on record before the first byte leaves."""
    form = FilterForm(request.GET)
    if not form.is_valid():
        raise BadInput("筛选条件有问题，请回到审计列表修改。", way_out="/audit")
    now = clock.now()
    wanted = form.wanted(clock.local(now).date())
    if request.method == "GET":
        with transaction.atomic(durable=True):
            audit.record(person_of(request).actor, "audit.export", "audit:list", _plain(wanted), at=now)
    response = StreamingHttpResponse(_lines(wanted), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="audit-{clock.local(now):%Y%m%d-%H%M}.csv"'
    return response


def _plain(wanted: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) for name, value in wanted.items() if value not in (None, "")}


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def _lines(wanted: dict[str, Any]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff"  # Excel takes the file for UTF-8 by this mark alone
    yield writer.writerow(COLUMNS)
    before = ""
    while rows := audit.find(**wanted, before=before, limit=EXPORT_PAGE):
        for row in rows:
            yield writer.writerow(_cells(row))
        before = rows[-1].id


def _cells(row: audit.Entry) -> list[str]:
    detail = json.dumps(row.detail, ensure_ascii=False, sort_keys=True)
    at = clock.local(row.at).isoformat(timespec="seconds")
    cells = (row.id, row.position or "", at, row.actor_kind, row.actor_id, row.actor_label, row.verb,
             row.subject, detail, row.request_id)  # fmt: skip
    return [formula_safe(str(cell)) for cell in cells]


def formula_safe(cell: str) -> str:
    """A cell that a spreadsheet would calculate gets an apostrophe in front (CWE-1236)."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")) else cell
