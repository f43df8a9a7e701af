"""The small pieces of a page as functions → HTML. No queries, no template look-ups: a work list draws
hundreds of them. The tags of `{% load shell %}` call these; Python code may too."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as noop

from ketang.kernel import clock
from ketang.kernel.clock import local
from ketang.shell.icons import icon

# tone → (class, icon, word). A light is never a bare colour.
LIGHTS = {
    "green": ("g", "ok", noop("正常")),
    "yellow": ("y", "clock", noop("临期")),
    "red": ("r", "alert", noop("超期")),
    "grey": ("", "pause", noop("暂停")),
}
ALIASES = {
    "normal": "green", "ok": "green", "on_time": "green", "g": "green", "正常": "green",
    "amber": "yellow", "near": "yellow", "soon": "yellow", "y": "yellow", "临期": "yellow",
    "overdue": "red", "over": "red", "passed": "red", "late": "red", "r": "red", "超期": "red",
    "paused": "grey", "suspended": "grey", "none": "grey", "": "grey", "暂停": "grey",
}  # fmt: skip


STAGE_WORDS = {
    "done": noop("已完成"),
    "now": noop("当前"),
    "todo": noop("未到"),
    "skipped": noop("不经过"),
}


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the loop tracker. ``state``: done, now, todo or skipped."""

    label: str
    state: str
    at: datetime | None = None
    note: str = ""


def tone_of(light: object) -> str:
    """ "green", "yellow", "red" or "grey", from a Light, a word or a class letter."""
    name = str(getattr(light, "value", light) or "").lower()
    name = ALIASES.get(name, name)
    return name if name in LIGHTS else "grey"


def light(value: object, note: str = "") -> SafeString:
    """The chip: icon + word, e.g. 临期 86%."""
    css, drawing, word = LIGHTS[tone_of(value)]
    return format_html('<span class="chip light {}">{} {} {}</span>', css, icon(drawing), gettext(word), note)


def chip(text: object, tone: str = "") -> SafeString:
    return format_html('<span class="chip {}">{}</span>', tone, text)


def when(at: datetime | date | None, style: str = "short") -> SafeString:
    """Beijing time. ``style``: short (11-22 18:20, with the year when it is another), full, date, time.

    A due time is the first instant of the next day; `due` says 24:00, this says 00:00."""
    if at is None:
        return mark_safe("—")
    shown = local(at) if isinstance(at, datetime) else at
    full = shown.strftime("%Y-%m-%d %H:%M") if isinstance(shown, datetime) else shown.isoformat()
    text = shown.strftime(_pattern(shown, style))
    return format_html('<time datetime="{}" title="{}">{}</time>', shown.isoformat(), full, text)


def _pattern(shown: datetime | date, style: str) -> str:
    if style == "time":
        return "%H:%M"
    if style == "full":
        return "%Y-%m-%d %H:%M"
    this_year = shown.year == local(clock.now()).year
    day = "%m-%d" if this_year and style != "date" else "%Y-%m-%d"
    return f"{day} %H:%M" if isinstance(shown, datetime) and style != "date" else day


def deadline(at: datetime | None) -> SafeString:
    """A due instant as people say it: the midnight that ends 27 November is 11-27 24:00."""
    if at is None:
        return mark_safe("—")
    shown = local(at)
    if (shown.hour, shown.minute) != (0, 0):
        return when(at)
    day = shown - timedelta(days=1)
    pattern = _pattern(day, "short").split(" ")[0]
    return format_html('<time datetime="{}">{} 24:00</time>', shown.isoformat(), day.strftime(pattern))


def due(
    due_at: datetime | None,
    light: object = "",
    *,
    now: datetime | None = None,
    paused: bool = False,
    provisional: bool = False,
    working_days: int | None = None,
) -> SafeString:
    """How long still (剩 3 小时 40 分) or how long over (已超 2 小时). ``working_days``: what is left of a
    clock that counts those, worked out by the caller."""
    if paused:
        return format_html('<span class="due grey">{} {}</span>', icon("pause"), gettext("暂停计时"))
    if due_at is None:
        return format_html('<span class="due grey">{}</span>', gettext("无时限"))
    left = due_at - (now or clock.now())
    tone = LIGHTS[tone_of(light) if light else ("red" if left < timedelta(0) else "green")][0]
    text = _left(left, working_days)
    why = gettext("暂定：次年放假安排公布后会重算")
    mark = format_html(' <abbr title="{}">*</abbr>', why) if provisional else ""
    moment = local(due_at)
    return format_html(
        '<time class="due {}" datetime="{}" title="{}">{}{}</time>',
        tone, moment.isoformat(), moment.strftime("%Y-%m-%d %H:%M"), text, mark,
    )  # fmt: skip


def _left(left: timedelta, working_days: int | None) -> str:
    if left < timedelta(0):
        return gettext("已超 %(span)s") % {"span": span(-left)}
    if working_days is not None and working_days >= 1:
        days = ngettext("%(n)s 个工作日", "%(n)s 个工作日", working_days) % {"n": working_days}
        return gettext("剩 %(span)s") % {"span": days}
    return gettext("剩 %(span)s") % {"span": span(left)}


def span(length: timedelta) -> str:
    """Two units at most, and only where the second matters: 3 天, 1 天 4 小时, 3 小时 40 分, 11 分."""
    minutes = max(1, math.ceil(length.total_seconds() / 60))
    days, hours, rest = minutes // 1440, minutes % 1440 // 60, minutes % 60
    if days:
        return _day(days) + (" " + _hour(hours) if hours and days < 3 else "")
    if hours:
        return _hour(hours) + (" " + _minute(rest) if rest else "")
    return _minute(rest)


def _day(n: int) -> str:
    return ngettext("%(n)s 天", "%(n)s 天", n) % {"n": n}


def _hour(n: int) -> str:
    return ngettext("%(n)s 小时", "%(n)s 小时", n) % {"n": n}


def _minute(n: int) -> str:
    return ngettext("%(n)s 分", "%(n)s 分", n) % {"n": n}


def meter(percent: float, light: object = "green", label: str = "") -> SafeString:
    """A thin bar as SVG (a style attribute would break the policy). Over 100 % is drawn full."""
    width = round(min(100.0, max(0.0, float(percent))), 1)
    role = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="meter {}" viewBox="0 0 100 3" preserveAspectRatio="none" {}>'
        '<rect class="track" width="100" height="3"/><rect class="fill" width="{}" height="3"/></svg>',
        LIGHTS[tone_of(light)][0], role, width,
    )  # fmt: skip


def stages(items: Iterable[Stage | Sequence[Any]]) -> SafeString:
    """The loop tracker: an ordered list, the current one marked for screen readers too."""
    cells = [item if isinstance(item, Stage) else Stage(*item) for item in items]
    words = {state: gettext(word) for state, word in STAGE_WORDS.items()}
    body = format_html_join("", "{}", ((_stage(cell, words.get(cell.state, "")),) for cell in cells))
    return format_html('<ol class="loop" aria-label="{}">{}</ol>', gettext("办理进度"), body)


def _stage(cell: Stage, word: str) -> SafeString:
    current = mark_safe(' aria-current="step"') if cell.state == "now" else ""
    note = format_html("<small>{}</small>", cell.note or when(cell.at)) if cell.note or cell.at else ""
    label = gettext(cell.label) if cell.label else ""  # the base playbook's names have an English
    inside = format_html('<span>{}</span><span class="vh">{}</span>{}', label, word, note)
    return format_html('<li class="{}"{}>{}</li>', cell.state, current, inside)


def empty(text: str, href: str = "", label: str = "") -> SafeString:
    """Nothing here: say so, and say what to do next."""
    link = format_html('<a class="btn" href="{}">{}</a>', href, label) if href else ""
    return format_html('<div class="empty">{}<p>{}</p>{}</div>', icon("empty"), text, link)
