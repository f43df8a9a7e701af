"""/demo: how fast the demo lives. Outside the demo these pages do not exist."""

from functools import wraps
from random import Random
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ketang.core.accounts.gate import View
from ketang.core.cases.models import Case
from ketang.demo import living
from ketang.demo.reporting import SOURCE
from ketang.kernel.clock import now
from ketang.kernel.errors import BadInput, NotFound

AT_ONCE = 5


def in_demo(view: View) -> View:
    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not settings.DEMO:
            raise NotFound
        return view(request, *args, **kwargs)

    return wrapper


@require_safe
@in_demo
def control(request: HttpRequest) -> HttpResponse:
    rows = Case.objects.filter(source_system=SOURCE)
    context = {
        "pace": living.pace(),
        "paces": living.PACES,
        "open": rows.filter(open=True).count(),
        "closed": rows.filter(open=False).count(),
        "at_once": AT_ONCE,
    }
    return render(request, "demo/control.html", context)


@require_POST
@in_demo
def choose_pace(request: HttpRequest) -> HttpResponse:
    try:
        per_minute = int(request.POST.get("pace", ""))
    except ValueError as error:
        raise BadInput("请选择一个速度。", field="pace") from error
    living.set_pace(per_minute)
    messages.success(request, _("速度已改为每分钟 %(n)s 件事。") % {"n": living.pace()})
    return redirect("demo")


@require_POST
@in_demo
def happen_now(request: HttpRequest) -> HttpResponse:
    """A handful of things at once, for whoever does not want to wait."""
    done = living.live(Random(), now(), AT_ONCE)  # noqa: S311 - a story, not a secret
    messages.success(request, _("刚刚发生了 %(n)s 件事。") % {"n": done})
    return redirect("demo")
