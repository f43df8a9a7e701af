"""`{% load shell %}`. Thin: the drawing is in ketang.shell.widgets and the templates beside it."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.template.base import NodeList, Parser, Token
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as noop

from ketang.shell import widgets
from ketang.shell.assets import built
from ketang.shell.icons import icon

register = template.Library()
NOT_BUILT = (
    "<!-- 页面样式还没有构建，请运行 make setup · the styles are not built: run make setup -->"
    '<meta name="ketang-assets" content="missing: run make setup">'
)

for _tag in (icon, widgets.light, widgets.chip, widgets.due, widgets.deadline, widgets.when, widgets.meter,
             widgets.stages, widgets.empty):  # fmt: skip
    register.simple_tag(_tag)
register.filter("tone", widgets.tone_of)
register.filter("span", widgets.span)


@register.simple_tag
def asset(entry: str) -> SafeString:
    """The built script and styles of an entry; a clear sentence when nothing has been built."""
    files = built(entry)
    if files is None:
        return mark_safe(NOT_BUILT)
    styles = format_html_join("\n", '<link rel="stylesheet" href="{}">', ((href,) for href in files.styles))
    return format_html('{}\n<script type="module" src="{}"></script>', styles, files.script)


@register.simple_tag
def icon_file() -> str:
    return static("shell/icon.svg")


@register.simple_tag
def field(bound: BoundField) -> SafeString:
    """A form field with its label, hint and error, tied together for screen readers."""
    return bound.as_field_group()


@register.inclusion_tag("shell/forms/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, Any]:
    """What is wrong, at the top, each line a link to its field; drawn once per form."""
    if getattr(form, "_summary_shown", False):
        return {}
    form._summary_shown = True  # type: ignore[attr-defined]
    rows = [(form[name], errors) for name, errors in form.errors.items() if name in form.fields]
    return {"form": form, "rows": rows, "general": form.non_field_errors()}


@register.inclusion_tag("shell/steps.html")
def steps(items: Iterable[Any]) -> dict[str, Any]:
    """A timeline. Each item has ``at`` and ``title``, and ``who note files`` (with ``id``) as it likes."""
    return {"items": items}


@register.inclusion_tag("shell/masked.html", takes_context=True)
def masked(
    context: Context, value: str, reveal_url: str = "", field: str = "", purposes: Any = ()
) -> dict[str, Any]:
    """A masked personal value; with ``reveal_url``, a form that shows it for a purpose and leaves a trace."""
    shown = {"value": value, "reveal_url": reveal_url, "field": field, "purposes": purposes}
    return {**shown, "csrf_token": context.get("csrf_token")}


LINK = '<a class="btn" rel="{}" href="?{}">{}</a>'


@register.simple_tag(takes_context=True)
def pager(context: Context, next: str = "", previous: str = "", shown: int | None = None) -> SafeString:  # noqa: A002
    """Earlier / later by key: ``?after=<cursor>`` and ``?before=<cursor>``, all other parameters kept."""
    links = [
        format_html(LINK, rel, _query(context, **{name: cursor}), label)
        for rel, name, cursor, label in (
            ("prev", "before", previous, gettext("上一页")),
            ("next", "after", next, gettext("下一页")),
        )
        if cursor
    ]
    if not links:
        return mark_safe("")
    text = gettext("本页 %(n)s 条") % {"n": shown} if shown else ""
    count = format_html('<span class="small">{}</span>', text)
    body = format_html_join("", "{}", ((link,) for link in links))
    return format_html('<nav class="pager" aria-label="{}">{}{}</nav>', gettext("翻页"), body, count)


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """This page's query string with ``changes`` (None or '' removes) and without cursors."""
    return _query(context, **changes)


def _query(context: Context, **changes: Any) -> str:
    request = context.get("request")
    kept = request.GET.copy() if request is not None else {}
    for name in ("after", "before"):
        kept.pop(name, None)
    for name, value in changes.items():
        kept.pop(name, None)
        if value not in (None, ""):
            kept[name] = str(value)
    return kept.urlencode() if hasattr(kept, "urlencode") else "&".join(f"{k}={v}" for k, v in kept.items())


class Wrapped(template.Node):
    """Wraps what its body drew; draws nothing at all around an empty body (an empty block)."""

    child_nodelists = ("nodelist",)

    def __init__(self, nodelist: NodeList, wrapper: str, label: str = "") -> None:
        self.nodelist, self.wrapper, self.label = nodelist, wrapper, label

    def render(self, context: Context) -> SafeString:
        body = self.nodelist.render(context)
        if not body.strip():
            return mark_safe("")
        return format_html(self.wrapper, mark_safe(body), label=gettext(self.label) if self.label else "")


@register.tag
def aside(parser: Parser, token: Token) -> Wrapped:
    """The desk's right column, present only when the page has one. Focusable: it scrolls by itself."""
    wrapper = '<aside class="side" id="side" aria-label="{label}" tabindex="0">{}</aside>'
    return Wrapped(_until(parser, "endaside"), wrapper, noop("详情"))


@register.tag
def stickyfoot(parser: Parser, token: Token) -> Wrapped:
    """The phone's sticky foot, present only when the page has one."""
    return Wrapped(_until(parser, "endstickyfoot"), '<div class="foot">{}</div>')


def _until(parser: Parser, end: str) -> NodeList:
    nodelist = parser.parse((end,))
    parser.delete_first_token()
    return nodelist
