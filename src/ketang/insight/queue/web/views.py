"""Dead letters for the system administrator: what failed too often, and a second chance for it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ketang.core.accounts.api import needs, person_of
from ketang.core.accounts.types import Role
from ketang.core.outbox import api as outbox
from ketang.insight.queue.actions import replay_dead_letter
from ketang.kernel import clock
from ketang.kernel.errors import BadInput

PAGE = 50


@require_safe
@needs(Role.SYSTEM_ADMIN)
def listing(request: HttpRequest) -> HttpResponse:
    after = request.GET.get("after", "")
    if after and not (after.isascii() and after.isdigit() and len(after) < 19):
        raise BadInput("翻页位置不对，请从第一页看起。", field="after", way_out="/admin/queue")
    rows = outbox.dead_letters(before=int(after or 0), limit=PAGE + 1)
    context = {
        "rows": rows[:PAGE],
        "next": rows[PAGE - 1].id if len(rows) > PAGE else "",
        "lag": outbox.lag(),
    }
    return render(request, "queue/list.html", context)


@require_POST
@needs(Role.SYSTEM_ADMIN)
def replay(request: HttpRequest, message_id: int) -> HttpResponse:
    replay_dead_letter(message_id, person_of(request), clock.now())
    messages.success(request, _("已重放，稍后由后台再办一次。"))
    return HttpResponseRedirect(reverse("queue"))
