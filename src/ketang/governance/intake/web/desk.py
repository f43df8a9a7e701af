"""The desk's entry: somebody at the window or on the phone; and what came in that nobody has sorted."""

import secrets
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from ketang.core.accounts import api as accounts
from ketang.core.accounts.types import Person, Role
from ketang.core.areas import api as areas
from ketang.core.cases import api as cases
from ketang.core.cases.models import Case
from ketang.core.cases.rules import DESK_ROLES
from ketang.core.cases.types import CaseRef, Channel, Contact, NewCase, Spot
from ketang.core.files.web.forms import remember_uploads, sentence, take_uploads
from ketang.governance.intake.web.forms import DeskForm
from ketang.governance.intake.web.report import area_of, dangers
from ketang.governance.routing import api as routing
from ketang.kernel import clock
from ketang.kernel.errors import KetangError

PAGE = 50


@accounts.needs(*sorted(DESK_ROLES))
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    person, book = accounts.person_of(request), cases.loop_book()
    under = tuple(post.area for post in person.posts)
    if request.method == "GET":
        return _page(request, DeskForm(book, under, initial={"key": secrets.token_hex(16)}))
    data = take_uploads(request, "photos")
    form = DeskForm(book, under, data)
    if form.is_valid():
        try:
            ref = _send(form, person)
        except KetangError as situation:
            form.add_error(situation.field if situation.field in form.fields else None, sentence(situation))
        else:
            messages.success(
                request, _("已登记，查询码 %(receipt)s，请告诉反映人。") % {"receipt": ref.receipt}
            )
            return redirect("case", number=ref.number)
    return remember_uploads(request, _page(request, form, 400), data, "photos")


def _page(request: HttpRequest, form: DeskForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "dangers": dangers(str(form["body"].value() or ""))}
    return render(request, "intake/desk_new.html", context, status=status)


def _send(form: DeskForm, person: Person) -> CaseRef:
    """A clerk's entry is registered at once when its kind is known; routing says who should have it."""
    data = form.cleaned_data
    channel = Channel(data["channel"])
    data["area"] = data["area"] or _own_area(person)
    routed = routing.suggest_for(data["body"], data["kind"], area_of(data), channel.value, "", clock.now())
    proxy = Contact(name=data["for_name"], phone=data["for_phone"])
    report = NewCase(
        body=data["body"],
        channel=channel,
        kind=data["kind"],
        contact=Contact(data["name"], data["phone"], data["id_number"]),
        on_behalf_of=proxy if proxy.name or proxy.phone else None,
        spot=Spot(words=data["words"], area=data["area"]),
        files=data["photos"],
        request_key=form.request_key(),
        suggested_lead=routed.lead_id,
        suggested_supports=routed.support_ids,
        routing_reason=routed.reason,
    )
    return cases.report(report, person, clock.now())


def _own_area(person: Person) -> str:
    """Without another place it is the desk's own ground, else the desk could not see what it entered."""
    return next((post.area for post in person.posts if post.role in DESK_ROLES and post.area), "")


UNSORTED = Q(kind="") | (Q(lead=None) & ~Q(source_department=""))


@accounts.needs(Role.DISPATCHER, Role.TOWN_CENTRE)
@require_GET
def unsorted(request: HttpRequest) -> HttpResponse:
    """待分类: orders that came with a category or a unit that is none of ours, kept as they came."""
    person = accounts.person_of(request)
    rows = accounts.visible(Case.objects.all(), accounts.scope_of(person)).filter(UNSORTED)
    rows = rows.exclude(source_system="")
    after = request.GET.get("after", "")
    if after.isdigit():
        rows = rows.filter(pk__lt=int(after))
    found = list(rows.select_related("lead").order_by("-id")[: PAGE + 1])
    following = str(found[PAGE - 1].pk) if len(found) > PAGE else ""
    lines = [_line(case) for case in found[:PAGE]]
    return render(request, "intake/unsorted.html", {"rows": lines, "next": following})


def _line(case: Case) -> dict[str, Any]:
    return {
        "number": cases.number_of_case(case),
        "title": case.title,
        "source": f"{case.source_system} {case.source_number}",
        "source_kind": case.source_kind,
        "source_department": case.source_department,
        "place": areas.names_of(case.village or case.town or case.district),
        "kind_missing": not case.kind,
        "unit_missing": case.lead_id is None and bool(case.source_department),
        "reported_at": case.reported_at,
        "open": case.open,
    }
