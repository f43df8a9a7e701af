"""The case page with every verb, reveals, notices, and the way home. Parse, permission, nothing else."""

import secrets
from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ketang.core.accounts import api as accounts
from ketang.core.accounts.types import Person, Role
from ketang.core.accounts.web.views.login import HOME_OF_ADMINISTRATOR
from ketang.core.audit import api as audit
from ketang.core.cases import notify, rules
from ketang.core.cases.actions.act import act
from ketang.core.cases.book import LoopBook, of_version
from ketang.core.cases.models import Approval, Case, Notice, Party, Step, Unit
from ketang.core.cases.numbers import number_of_case
from ketang.core.cases.queries import case_by_number, in_clear, standing_of, steps_of
from ketang.core.cases.transitions import TABLE, Transition
from ketang.core.cases.types import StaleCase, Verb
from ketang.core.cases.web import show, words
from ketang.core.cases.web.forms import VerbForm, rule_words
from ketang.core.deadlines import api as deadlines
from ketang.core.files import api as files
from ketang.core.files.web.forms import take_uploads
from ketang.kernel import clock
from ketang.kernel.errors import BadInput, KetangError, NotFound
from ketang.shell.trouble import sentence

WORKERS = (
    Role.GRID_WORKER, Role.GRID_HEAD, Role.VILLAGE_DESK, Role.TOWN_CENTRE, Role.WINDOW_CLERK, Role.HANDLER,
    Role.MEDIATOR, Role.DISPATCHER, Role.SUPERVISOR, Role.LEADER,
)  # fmt: skip
FIELD = frozenset({Role.GRID_WORKER, Role.GRID_HEAD})


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Everybody to where their work is."""
    person = accounts.person_of(request)
    if person.actor.kind != "staff":
        return redirect("/report")
    if person.roles & FIELD:
        return redirect("tasks")
    if person.has(*WORKERS):
        return redirect("work")
    return redirect(
        next((HOME_OF_ADMINISTRATOR[r] for r in person.roles if r in HOME_OF_ADMINISTRATOR), "me")
    )


@accounts.needs(*WORKERS)
@require_GET
def case(request: HttpRequest, number: str) -> HttpResponse:
    return case_page(request, case_by_number(accounts.person_of(request), number, clock.now()))


def case_page(
    request: HttpRequest, found: Case, form: VerbForm | None = None, revealed: frozenset[str] = frozenset(),
    status: int = 200, changed: list[Step] | None = None,
) -> HttpResponse:  # fmt: skip
    """Six reads besides the login's: case, steps, parties, units, clocks, files (and requests, if any)."""
    person, now, book = accounts.person_of(request), clock.now(), of_version(found.playbook)
    steps, units = steps_of(found), list(Unit.objects.filter(case=found).order_by("id"))
    supports = [u.department_id for u in units if u.part == "support" and u.ended_at is None]
    standing = standing_of(found, book, supports)
    offers = rules.offered(person, standing)
    offers = [row for row in offers if row.verb is not Verb.DECIDE or _has_requests(steps)]
    first = next((row for row in offers if row.verb == rules.main_verb(standing)), None)
    attached = files.of("case", found.pk) if any("files" in step.facts for step in steps) else []
    by_step: dict[int, list[Any]] = defaultdict(list)
    for file in attached:
        by_step[file.step_seq or 1].append(file)
    context = {
        "case": found,
        "row": show.row(found, book, now),
        "kind": book.kind(found.kind),
        "body": in_clear(found.body, found.body_secrets, "cases.Case.body_secrets")
        if "0.body" in revealed
        else found.body,
        "tracker": show.tracker(found, standing, steps, book),
        "steps": [show.step_line(step, found, book, by_step) for step in reversed(steps)],
        "changed": [show.step_line(step, found, book, by_step) for step in changed or []],
        "personal": show.personal_of(found, list(Party.objects.filter(case=found)), revealed),
        "body_hidden": bool(found.body_secrets) and "0.body" not in revealed,
        "purposes": [(r.code, r.text) for r in book.reasons.purposes],
        "units": [(accounts.departments()[u.department_id].name, u) for u in units if u.ended_at is None],
        "clocks": clock_lines(found, book),
        "form": form or (_form(first, found, book) if first else None),
        "form_verb": form.verb if form else (first.verb if first else None),
        "form_label": _label(book, found, TABLE[form.verb])
        if form
        else (_label(book, found, first) if first else ""),
        "others": [
            (row.verb, _label(book, found, row)) for row in offers if not (form is None and row is first)
        ],
        "requests": _requests(found, steps),
    }
    return render(request, "cases/case.html", context, status=status)


def _has_requests(steps: list[Step]) -> bool:
    return any("approval" in step.facts for step in steps)


def _requests(found: Case, steps: list[Step]) -> list[tuple[str, str, Approval]]:
    if not _has_requests(steps):
        return []
    rows = Approval.objects.filter(case=found, decided_at=None)
    return [(str(words.APPROVALS[row.what]), rule_words(row.rule), row) for row in rows]


def clock_lines(found: Case, book: LoopBook) -> list[dict[str, Any]]:
    units = accounts.departments()
    lines = []
    for fact in deadlines.of("case", found.pk):
        unit = units.get(fact.party_id)
        name = str(words.CLOCKS.get(fact.name, fact.name))
        rule = rule_words(fact.rule) if fact.name != "lead" else ""
        lines.append({"name": f"{name} · {unit.name}" if unit else name, "rule": rule, "fact": fact})
    return lines


def _label(book: LoopBook, found: Case, row: Transition) -> str:
    return _(book.stage_name(found.profile, row.verb, row.label) if row.after is None else row.label)


def _form(row: Transition, found: Case, book: LoopBook, data: Any = None) -> VerbForm:
    initial = {"seen": found.version, "key": secrets.token_hex(16)}
    return VerbForm(row, found, book, data, initial=initial)


@accounts.needs(*WORKERS)
@require_http_methods(["GET", "POST"])
def verb(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """GET shows the verb's form beside the case; POST does it, or shows the form again with what is wrong."""
    person = accounts.person_of(request)
    found = case_by_number(person, number, clock.now())
    row = _row_of(verb)
    book = of_version(found.playbook)
    if request.method == "GET":
        rules.check_may_ask(row, person, standing_of(found, book))
        return case_page(request, found, _form(row, found, book))
    form = _form(row, found, book, take_uploads(request, "files"))
    if not form.is_valid():
        return case_page(request, found, form, status=400)
    return _do(request, found, form, row, person)


def _row_of(verb: str) -> Transition:
    try:
        return TABLE[Verb(verb.replace("-", "_"))]
    except (ValueError, KeyError):
        raise NotFound from None


def _do(request: HttpRequest, found: Case, form: VerbForm, row: Transition, person: Person) -> HttpResponse:
    book = of_version(found.playbook)
    try:
        done = act(found.pk, row.verb, form.act(), person, clock.now())
    except StaleCase as stale:
        return _conflict(request, found, form, sentence(stale))
    except KetangError as situation:
        if situation.status == 404:
            raise
        form.add_error(situation.field if situation.field in form.fields else None, sentence(situation))
        return case_page(request, found, form, status=situation.status)
    messages.success(request, _("已%(verb)s。") % {"verb": _label(book, found, row)})
    still = done.case.secrecy == found.secrecy
    return redirect("case", number=number_of_case(found)) if still else redirect("work")


def _conflict(request: HttpRequest, found: Case, form: VerbForm, sentence: str) -> HttpResponse:
    """What changed since, above the text they wrote; sending it again applies it to the newest state."""
    seen = form.cleaned_data.get("seen") or 0
    found.refresh_from_db()
    written: Any = form.data  # a QueryDict
    data = written.copy()
    data["seen"] = str(found.version)
    again = _form(TABLE[form.verb], found, of_version(found.playbook), data)
    again.is_valid()
    again.add_error(None, sentence)
    return case_page(request, found, again, status=409, changed=steps_of(found, since=seen))


class PurposeMissing(BadInput):
    message = "请选择查看的用途。"


@accounts.needs(*WORKERS)
@require_POST
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """Show one personal field for a stated purpose; the row in the audit comes first, in one transaction."""
    person, now = accounts.person_of(request), clock.now()
    found = case_by_number(person, number, now)
    field, purpose = request.POST.get("field", ""), request.POST.get("purpose", "").strip()
    if not purpose:
        raise PurposeMissing(field="purpose")
    with transaction.atomic():
        audit.reveal(
            person.actor, f"case:{found.pk}", field[:40], purpose[:80], "个人信息保护法第三十四条", at=now
        )
    return case_page(request, found, revealed=frozenset({field}))


@accounts.needs()
@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """What this person and their unit were told; newest first; nothing that is still quiet."""
    person, now = accounts.person_of(request), clock.now()
    mine = Q(account_id=person.actor.id) | Q(department_id__in=person.department_ids)
    for post in person.posts:
        mine |= Q(role=post.role, area=post.area[:6]) if post.area else Q(pk__in=[])
        mine |= Q(role=notify.GROUP, area=post.area_group) if post.area_group else Q(pk__in=[])
    rows = (
        Notice.objects.filter(mine, visible_at__lte=now).select_related("case").order_by("-visible_at")[:100]
    )
    rows_for_me = [row for row in rows if not row.role or _may_know(person, row.case)]
    lines = [{"notice": row, "number": number_of_case(row.case)} for row in rows_for_me]
    resident = person.actor.kind == "resident"
    return render(request, "cases/notices.html", {"lines": lines, "resident": resident})


def _may_know(person: Person, found: Case) -> bool:
    """A notice to a role is read by those of it who may know the case."""
    return any(rules.knows(post, found.kind, found.secrecy) for post in person.posts)


def to_case(found: Case) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("case", kwargs={"number": number_of_case(found)}))
