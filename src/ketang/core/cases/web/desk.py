"""待办工单: the work list, its export, and finding a case by its number."""

import csv
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ketang.core.accounts import api as accounts
from ketang.core.accounts.types import Scope
from ketang.core.audit import api as audit
from ketang.core.cases import book as books
from ketang.core.cases.models import Case
from ketang.core.cases.numbers import number_of_case
from ketang.core.cases.queries import COUNT_LIMIT, PAGE, Cursor, Filters, count_up_to, work_list
from ketang.core.cases.queries import find as find_case
from ketang.core.cases.web import show, words
from ketang.core.cases.web.lines import lines
from ketang.core.cases.web.pages import WORKERS
from ketang.kernel import clock
from ketang.kernel.errors import BadInput
from ketang.kernel.tabular import safe_cell

EXPORT_LIMIT = 10_000


class Echo:
    """csv.writer's file: hands each line back."""

    def write(self, value: str) -> str:
        return value


@accounts.needs(*WORKERS)
@require_GET
def work(request: HttpRequest) -> HttpResponse:
    """Open cases in scope by due time; filters, view and cursor live in the URL."""
    person, now, book = accounts.person_of(request), clock.now(), books.current()
    scope, filters = accounts.scope_of(person, now=now), filters_of(request)
    after = cursor_of(request.GET.get("after", ""))
    found = work_list(scope, filters, after)
    rows, more = found[:PAGE], len(found) > PAGE
    total = count_up_to(scope, filters) if more or after else len(rows)
    shown = [show.row(case, book, now) for case in rows]
    context = {
        "rows": shown,
        "lines": lines(shown),
        "next": cursor_text(rows[-1]) if more else "",
        "total": f"{COUNT_LIMIT}+" if total > COUNT_LIMIT else total,
        "filters": filters,
        "views": [(code, label, code == filters.view) for code, label in words.VIEWS.items()],
        "klasses": sorted(klasses_of(book).items()),
        "states": words.STATES.items(),
        "channels": words.CHANNELS.items(),
        "priorities": words.PRIORITIES.items(),
        "chips": chips_of(filters, book),
    }
    return render(request, "cases/work.html", context)


def filters_of(request: HttpRequest) -> Filters:
    """Unknown values are ignored rather than refused: a saved link must never break."""
    asked = request.GET
    priority = asked.get("priority", "")
    return Filters(
        view=asked.get("view") if asked.get("view") in words.VIEWS else "all",  # type: ignore[arg-type]
        kind=asked.get("kind", "")[:12],
        state=asked.get("state", "") if asked.get("state") in words.STATES else "",
        channel=asked.get("channel", "") if asked.get("channel") in words.CHANNELS else "",
        priority=int(priority) if priority in {"1", "2", "3", "4"} else 0,
        town=asked.get("town", "")[:9],
    )


def chips_of(filters: Filters, book: books.LoopBook) -> list[tuple[str, str]]:
    """(parameter, words) of every filter that is on, so that each can be taken off."""
    klass = klasses_of(book) if filters.kind else {}
    found: list[tuple[str, Any]] = [
        ("kind", klass.get(filters.kind) or book.kind_name(filters.kind) if filters.kind else ""),
        ("state", words.STATES.get(filters.state, "")),
        ("channel", words.CHANNELS.get(filters.channel, "")),
        ("priority", words.PRIORITIES.get(filters.priority, "")),
    ]
    return [(name, str(text)) for name, text in found if text]


def klasses_of(book: books.LoopBook) -> dict[str, str]:
    """The classes (大类) of the category tree by code."""
    return {kind.code[:3]: kind.klass for kind in book.kinds.values()}


def cursor_text(case: Case) -> str:
    return f"{case.due_at.timestamp():.6f}-{case.pk}"


def cursor_of(text: str) -> Cursor | None:
    """The opposite of ``cursor_text``; a broken one starts at the top."""
    due, _dash, case_id = text.partition("-")
    try:
        return (datetime.fromtimestamp(float(due), tz=clock.BEIJING), int(case_id)) if text else None
    except (ValueError, OverflowError, OSError):
        return None


@accounts.needs(*WORKERS)
@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """A case by its number or its upstream number, within scope."""
    text = request.GET.get("q", "").strip()[:80]
    found = find_case(accounts.person_of(request), text, clock.now()) if text else None
    if found is None:
        return render(request, "cases/not_found.html", {"q": text}, status=404 if text else 200)
    return redirect("case", number=number_of_case(found))


@accounts.needs(*WORKERS)
@require_GET
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The list as CSV, at most 10,000 rows, without personal fields; the export is on record."""
    person, now = accounts.person_of(request), clock.now()
    scope, filters = accounts.scope_of(person, "export", now=now), filters_of(request)
    with transaction.atomic():
        audit.record(person.actor, "case.export", "cases", {"filters": str(filters)[:300]}, at=now)
    response = StreamingHttpResponse(_lines(scope, filters, now), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="cases-{now:%Y%m%d}.csv"'
    return response


def _lines(scope: Scope, filters: Filters, now: datetime) -> Iterator[str]:
    """UTF-8 with a BOM, because the spreadsheet programs people have need it."""
    book, writer = books.current(), csv.writer(Echo())
    yield "\ufeff" + writer.writerow(
        [_("编号"), _("标题"), _("类别与地点"), _("单位"), _("状态"), _("办结时限")]
    )
    after, sent = None, 0
    while sent < EXPORT_LIMIT:
        page = work_list(scope, filters, after, 500)
        for case in page[:500]:
            row = show.row(case, book, now)
            cells = [
                row.number,
                row.title,
                row.about,
                row.unit,
                str(words.STATES[row.state]),
                f"{clock.local(row.due_at):%Y-%m-%d %H:%M}",
            ]
            yield writer.writerow([safe_cell(cell) for cell in cells])
        sent += len(page[:500])
        if len(page) <= 500:
            return
        after = (page[499].due_at, page[499].pk)


__all__ = ["BadInput", "export", "find", "work"]
