"""Where a report stands, in plain words: which unit has it, until when, what it answered. Never a clerk.

Whoever holds the receipt is taken for the reporter; it is 12 random characters and no number to count up.
"""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ketang.core.accounts import api as accounts
from ketang.core.accounts.types import Role
from ketang.core.cases import api as cases
from ketang.core.cases.models import Case, Follower, Step
from ketang.core.cases.queries import standing_of, steps_of
from ketang.core.cases.rules import offered
from ketang.core.cases.transitions import STATE_STAGE
from ketang.core.cases.types import Act, CaseGone, State, Verb
from ketang.core.files.web.forms import sentence, take_uploads
from ketang.core.sealed import unseal
from ketang.governance.intake.web.forms import NoteForm, RateForm, ReceiptForm
from ketang.kernel import clock
from ketang.kernel.errors import KetangError
from ketang.kernel.text import put_back
from ketang.shell.widgets import deadline

PAGE = 30
MISSES_PER_MINUTE = 20  # nobody mistypes so often: somebody is trying codes
WRITES_PER_MINUTE = 20


@dataclass(frozen=True, slots=True)
class Line:
    """A step as the reporter reads it."""

    at: datetime
    title: str
    who: str
    note: str


@never_cache
@require_GET
def status(request: HttpRequest, receipt: str) -> HttpResponse:
    return _page(request, receipt)


def case_behind(request: HttpRequest, receipt: str) -> Case:
    """The case of a receipt. Raises CaseGone, and TooMany for who keeps guessing."""
    try:
        return cases.case_by_receipt(receipt)
    except CaseGone:
        accounts.limit(request, "receipt", MISSES_PER_MINUTE)
        raise


def _page(request: HttpRequest, receipt: str, bad: Any = None) -> HttpResponse:
    """``bad`` is a form that was sent and refused: it is shown again with what was typed."""
    case = case_behind(request, receipt)
    main = case.merged_into or case
    book = cases.loop_book()
    steps = steps_of(main)
    may = {
        row.verb for row in offered(accounts.person_of(request), standing_of(case, book), holds_receipt=True)
    }
    key = {"key": secrets.token_hex(16)}
    context = {
        "case": case,
        "receipt": case.receipt,
        "number": cases.number_of_case(case),
        "merged": main is not case,
        "state": plain_state(main, book),
        "unit": main.lead,
        "answers": [line for step in steps if (line := answer_line(step))],
        "lines": [line for step in steps if (line := plain_line(step, main, book))],
        "rate_form": bad if isinstance(bad, RateForm) else RateForm(initial=key),
        "may_rate": Verb.RATE in may,
        "note_form": bad if isinstance(bad, NoteForm) else NoteForm(initial=key),
        "may_note": Verb.NOTE in may,
        "may_follow": _may_follow(request, case, may),
        "note_open": isinstance(bad, NoteForm),
    }
    return render(request, "intake/status.html", context, status=400 if bad else 200)


def plain_state(case: Case, book: cases.LoopBook) -> str:
    """已转到市政，正在办理 — the profile's own words; units, never clerks."""
    side = {item.code: item.plain for item in book.ways.side}
    text = (side.get("suspended", "") if case.suspended else "") or side.get(case.state, "")
    if not text:
        stage = book.profile(case.profile).stage(STATE_STAGE.get(State(case.state), Verb.REPORT).value)
        text = stage.plain if stage else "我们收到了，正在看该由谁来办"
    text = str(_(text))
    unit = case.lead.name if case.lead else str(_("受理中心"))
    return text.format_map({"unit": unit, "due": strip_tags(deadline(case.due_at)) + " "})


def plain_line(step: Step, case: Case, book: cases.LoopBook) -> Line | None:
    """Stages and the reporter's own words; what units write to each other stays with them."""
    verb = Verb(step.verb)
    if verb is Verb.NOTE and step.actor_kind in ("resident", "anonymous"):
        return Line(step.at, str(_("您补充了说明")), "", step.text)
    if verb is Verb.RATE:
        return Line(step.at, str(_("您评价了 %(n)s 分")) % {"n": step.facts.get("rating", "")}, "", step.text)
    stage = book.profile(case.profile).stage(verb.value)
    if stage is None and verb is not Verb.REPORT:
        return None
    name = stage.name if stage else str(_("上报"))
    unit = step.unit if verb not in (Verb.REPORT, Verb.REGISTER) else ""
    return Line(step.at, name, unit, "")


def answer_line(step: Step) -> Line | None:
    """What the unit told the reporter, numbers included: it was written for them."""
    if not step.public or not step.text:
        return None
    secrets_ = json.loads(unseal("cases.Step.text_secrets", step.text_secrets) or "{}")
    return Line(step.at, "", step.unit, put_back(step.text, secrets_))


@never_cache
@require_http_methods(["GET", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Look a report up by its receipt. POST, so that no code stands in a log or a history."""
    form = ReceiptForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("status", case_behind(request, form.cleaned_data["receipt"]).receipt)
        except CaseGone:
            form.add_error("receipt", _("没有这个查询码，请对照回执再输一次。"))
    return render(request, "intake/find.html", {"form": form}, status=400 if form.errors else 200)


@require_POST
def rate(request: HttpRequest, receipt: str) -> HttpResponse:
    form = RateForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        done = _do(
            request,
            receipt,
            Verb.RATE,
            Act(rating=data["rating"], text=data["text"], request_key=data["key"]),
        )
        if done is None:
            low = data["rating"] <= 2
            thanks = _("谢谢。我们会打电话回访您，没办好的会重新办。") if low else _("谢谢您的评价。")
            messages.success(request, thanks)
            return redirect("status", receipt)
        form.add_error(None, done)
    return _page(request, receipt, form)


@require_POST
def note(request: HttpRequest, receipt: str) -> HttpResponse:
    form = NoteForm(take_uploads(request, "photos"))
    if form.is_valid():
        data = form.cleaned_data
        done = _do(
            request, receipt, Verb.NOTE, Act(text=data["text"], files=data["photos"], request_key=data["key"])
        )
        if done is None:
            messages.success(request, _("已补充，承办单位看得到。"))
            return redirect("status", receipt)
        form.add_error(None, done)
    return _page(request, receipt, form)


@accounts.needs(Role.RESIDENT)
@require_POST
def follow(request: HttpRequest, receipt: str) -> HttpResponse:
    """Somebody logged in wants to be told of a report that was sent without a way to reach them."""
    case, me = case_behind(request, receipt), accounts.person_of(request).actor.id
    if not Follower.objects.filter(case=case, account_id=me).exists():
        refused = _do(request, receipt, Verb.FOLLOW, Act())
        if refused is not None:
            messages.warning(request, refused)
            return redirect("status", receipt)
    messages.success(request, _("好的，有进展告诉您。"))
    return redirect("status", receipt)


def _may_follow(request: HttpRequest, case: Case, may: set[Verb]) -> bool:
    person = accounts.person_of(request)
    return Verb.FOLLOW in may and person.actor.kind == "resident" and person.actor.id != case.reporter_id


def _do(request: HttpRequest, receipt: str, verb: Verb, form: Act) -> str | None:
    """Do it as the holder of the receipt; the sentence of what stood in the way, None when done."""
    accounts.limit(request, "status", WRITES_PER_MINUTE, key=receipt)
    case = case_behind(request, receipt)
    try:
        cases.act(case.pk, verb, form, accounts.person_of(request), clock.now(), holds_receipt=True)
    except KetangError as situation:
        return sentence(situation)
    return None


@accounts.needs(Role.RESIDENT)
@never_cache
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """Everything the person logged in has raised, newest first."""
    rows = Case.objects.filter(reporter_id=accounts.person_of(request).actor.id).select_related("lead")
    after = request.GET.get("after", "")
    if after.isdigit():
        rows = rows.filter(pk__lt=int(after))
    found = list(rows.order_by("-id")[: PAGE + 1])
    book = cases.loop_book()
    shown = [(case, plain_state(case, book)) for case in found[:PAGE]]
    following = str(found[PAGE - 1].pk) if len(found) > PAGE else ""
    return render(request, "intake/mine.html", {"rows": shown, "next": following})
