"""The work list's lines as HTML. Drawn in Python: fifty includes of a template cost as much as the rest of
the page together."""

from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from ketang.core.cases.web.show import Row
from ketang.shell import widgets

TONES = {"near": "y", "passed": "r", "grey": "grey"}
LINE = """<li class="row {}"><i></i>
  <div><p><a class="open" href="/cases/{}">{}</a></p><p class="small">{}{}</p></div>
  <div class="small">{}<br>{}</div>
  <div>{}{}</div>
</li>
"""


def lines(rows: Iterable[Row]) -> SafeString:
    return format_html_join("", "{}", ((line(row),) for row in rows))


def line(row: Row) -> SafeString:
    return format_html(
        LINE,
        TONES.get(row.light, ""),
        row.number,
        row.title,
        row.about,
        format_html_join("", " {}", ((widgets.chip(text, tone),) for text, tone in row.marks)),
        row.unit,
        row.under_unit,
        widgets.due(row.due_at, row.light, paused=row.paused, provisional=row.provisional),
        widgets.meter(row.percent, row.light),
    )
