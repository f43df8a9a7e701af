"""The rules as staff read them: the routing table with a try-it-out box, and the categories."""

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ketang.core.accounts.api import needs
from ketang.core.accounts.playbook import DepartmentsFile
from ketang.core.accounts.types import STAFF
from ketang.core.cases.playbook import Kind, KindsFile, ProfilesFile
from ketang.core.cases.playbook.changes import DUTY, REVIEW, SECRECY, rule_words
from ketang.core.playbooks import api as playbooks
from ketang.core.playbooks.api import Playbook
from ketang.governance.routing import api, words
from ketang.governance.routing.playbook import RoutingFile
from ketang.governance.routing.web.forms import TryForm
from ketang.kernel import clock

BARE = re.compile(r"\d+(h|日|工作日)")  # says no more than the clock beside it


@require_http_methods(["GET", "POST"])
@needs(*STAFF)
def routing(request: HttpRequest) -> HttpResponse:
    """The table in the order it is tried; a POST tries a text on it and keeps nothing."""
    form = TryForm(request.POST if request.method == "POST" else None)
    book = playbooks.current()
    found = _try(form) if form.is_bound and form.is_valid() else None
    context = {"book": book, "rows": _rows(book, found), "form": form, "found": found}
    return render(request, "routing/table.html", context | _try_facts(book, found))


@require_safe
@needs(*STAFF)
def playbook(request: HttpRequest) -> HttpResponse:
    """Categories with clocks and duties, by class; ``?class=E07`` shows one."""
    book = playbooks.current()
    kinds, chosen = book.section(KindsFile), request.GET.get("class", "")
    groups = [
        (name, [_kind_row(kind, book) for kind in leaves])
        for name, leaves in kinds.classes().items()
        if not chosen or leaves[0].code.startswith(chosen)
    ]
    tabs = [(leaves[0].code[:3], name) for name, leaves in kinds.classes().items()]
    context = {"book": book, "groups": groups, "tabs": tabs, "chosen": chosen, "history": playbooks.history()}
    return render(request, "routing/playbook.html", context)


def _try(form: TryForm) -> api.Routed:
    data = form.cleaned_data
    return api.suggest_for(data["text"], data["kind"], data["area"], data["channel"], "", clock.now())


def _try_facts(book: Playbook, found: api.Routed | None) -> dict[str, Any]:
    if found is None:
        return {}
    kinds = book.section(KindsFile)
    kind = kinds.of(found.kind)
    rivals = [rival.name for code in found.guess.rivals if (rival := kinds.of(code))]
    return {"found_kind": kind.name if kind else "", "rivals": rivals if not kind else []}


def _rows(book: Playbook, found: api.Routed | None) -> list[dict[str, Any]]:
    kinds, departments = book.section(KindsFile), book.section(DepartmentsFile)
    return [
        {
            "rule": rule,
            "when": words.conditions(rule.when, kinds),
            "then": words.consequences(rule, kinds, departments),
            "hit": found is not None and found.rule_id == rule.id,
        }
        for _, rule in book.section(RoutingFile).ordered()
    ]


def _kind_row(kind: Kind, book: Playbook) -> dict[str, Any]:
    departments, profiles = book.section(DepartmentsFile), book.section(ProfilesFile)
    return {
        "kind": kind,
        "lead": words.unit_name(kind.lead, departments),
        "support": [words.unit_name(code, departments) for code in kind.support],
        "respond": rule_words(kind.respond),
        "resolve": rule_words(kind.resolve),
        "source": "" if BARE.fullmatch(kind.source_text) else kind.source_text,
        "profile": profiles.of(kind.profile).name,
        "town": _(DUTY[kind.duty.town]),
        "village": _(DUTY[kind.duty.village]),
        "review": _(REVIEW[kind.review.by]),
        "secrecy": _(SECRECY[kind.secrecy]) if kind.secrecy else "",
    }
