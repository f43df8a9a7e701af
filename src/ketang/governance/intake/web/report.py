"""我要反映: write, check, send. Three screens of one form, all state in the form itself, so that it works
without script, without a login and in two windows at once."""

import secrets
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from ketang.core.accounts import api as accounts
from ketang.core.accounts.types import Person
from ketang.core.areas import api as areas
from ketang.core.cases import api as cases
from ketang.core.cases.types import CaseRef, Channel, Contact, NewCase, Spot
from ketang.core.files import api as files
from ketang.core.files.web.forms import remember_uploads, sentence, take_uploads
from ketang.core.playbooks import api as playbooks
from ketang.governance.intake.playbook import IntakeFile
from ketang.governance.intake.web.forms import ReportForm
from ketang.governance.intake.web.status import case_behind
from ketang.governance.routing import api as routing
from ketang.governance.routing.types import Routed
from ketang.kernel import clock
from ketang.kernel.errors import KetangError


@dataclass(frozen=True, slots=True)
class Danger:
    """A number to call first, and why."""

    number: str
    words: str


@never_cache
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """GET: the empty form. POST: check the answers; with ``step=send`` make the case; ``step=edit`` back."""
    book, person = cases.loop_book(), accounts.person_of(request)
    if request.method == "GET":
        first = {"key": secrets.token_hex(16), "area": request.GET.get("area", "")[:18]}
        return _write(request, ReportForm(book, initial=first), person)
    _limit(request, person)
    data = take_uploads(request, "photos")
    form = ReportForm(book, data)
    step = request.POST.get("step", "")
    if not form.is_valid() or step == "edit":
        status = 200 if form.is_valid() else 400
        return remember_uploads(request, _write(request, form, person, status), data, "photos")
    routed = _routed(form.cleaned_data)
    if not _reachable_enough(form, person, routed, book):
        return remember_uploads(request, _write(request, form, person, 400), data, "photos")
    if step != "send":
        return remember_uploads(request, _check(request, form, person, routed, book), data, "photos")
    try:
        ref = _send(form, person, routed)
    except KetangError as situation:
        form.add_error(situation.field if situation.field in form.fields else None, sentence(situation))
        return _write(request, form, person, situation.status)
    return redirect("receipt", ref.receipt)


def _limit(request: HttpRequest, person: Person) -> None:
    most = playbooks.current().section(IntakeFile).reports_per_minute
    # Writing, checking and sending are three POSTs of one report.
    accounts.limit(request, "report", most * 3, key=str(person.actor.id or ""))


def _write(request: HttpRequest, form: ReportForm, person: Person, status: int = 200) -> HttpResponse:
    code = form["area"].value() or ""
    context = {
        "form": form,
        "place": areas.names_of(code) if code and areas.exists(code) else "",
        "logged_in": person.actor.kind == "resident",
        "dangers": dangers(str(form["body"].value() or "")),
    }
    return render(request, "intake/report.html", context, status=status)


def _check(
    request: HttpRequest, form: ReportForm, person: Person, routed: Routed, book: cases.LoopBook
) -> HttpResponse:
    data = form.cleaned_data
    kind = book.kind(data["kind"] or routed.kind)
    context = {
        "form": form,
        "data": data,
        "kind": kind.code if kind else "",
        "dangers": dangers(data["body"]) or ([Danger("110", "")] if kind and kind.danger else []),
        "kept": files.waiting(data["photos"]) if data["photos"] else [],
        "where": _where(data),
        "logged_in": person.actor.kind == "resident",
        "unit": routed.lead_name,
    }
    return render(request, "intake/check.html", context)


def _where(data: dict[str, Any]) -> str:
    code = area_of(data)
    return areas.names_of(code) if code else ""


def area_of(data: dict[str, Any]) -> str:
    """The code given (a QR code at a gate), else where the point lies; '' when neither is known."""
    if data["area"]:
        return str(data["area"])
    here = data["lon"] is not None and data["lat"] is not None
    return (areas.locate(data["lon"], data["lat"]) or "") if here else ""


def _routed(data: dict[str, Any], channel: Channel = Channel.RESIDENT) -> Routed:
    return routing.suggest_for(data["body"], data["kind"], area_of(data), channel.value, "", clock.now())


def _reachable_enough(form: ReportForm, person: Person, routed: Routed, book: cases.LoopBook) -> bool:
    """Some matters (mediation, petitions) cannot be done without a way to reach the person."""
    kind = book.kind(form.cleaned_data["kind"] or routed.kind)
    if kind and kind.needs_contact and not form.cleaned_data["phone"] and person.actor.kind != "resident":
        asked = _("“%(kind)s”要两边谈，请留联系电话，否则没法办。") % {"kind": kind.name}
        form.add_error("phone", asked)
        return False
    return True


def _send(form: ReportForm, person: Person, routed: Routed) -> CaseRef:
    data = form.cleaned_data
    resident = person.actor.id if person.actor.kind == "resident" else 0
    new = NewCase(
        body=data["body"],
        channel=Channel.RESIDENT,
        kind=data["kind"],
        contact=Contact(name=data["name"], phone=data["phone"], account_id=resident),
        spot=Spot(data["lon"], data["lat"], data["words"], data["area"]),
        files=data["photos"],
        request_key=form.request_key(),
        suggested_lead=routed.lead_id,
        suggested_supports=routed.support_ids,
        routing_reason=routed.reason,
        auto_dispatch=routed.auto,
    )
    return cases.report(new, person, clock.now())


def dangers(text: str) -> list[Danger]:
    """Numbers to call before anything else, for the words of danger in a text."""
    table = playbooks.current().section(IntakeFile).danger_words
    found = ((number, [word for word in words if word in text]) for number, words in table.items())
    return [Danger(number, "、".join(words)) for number, words in found if words]


@never_cache
@require_GET
def receipt(request: HttpRequest, receipt: str) -> HttpResponse:
    """It has arrived: the code to look it up, and what happens next."""
    case = case_behind(request, receipt)
    context = {
        "receipt": case.receipt,
        "grouped": " ".join(case.receipt[n : n + 4] for n in range(0, len(case.receipt), 4)),
        "number": cases.number_of_case(case),
        "reachable": case.reachable,
        "due_at": case.due_at,
        "provisional": case.due_provisional,
        "unit": case.lead.name if case.lead else "",
        "dangers": dangers(case.body),
    }
    return render(request, "intake/receipt.html", context)
