"""Area pages: the tree, an area with its ground, team and groups; the system administrator edits.

They stand here and not in core.areas because they show people and ask for roles, unknown to areas.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ketang.core.accounts.gate import needs
from ketang.core.accounts.models import Account
from ketang.core.accounts.queries import department_by_code, person_of
from ketang.core.accounts.types import STAFF, Role
from ketang.core.accounts.web.area_forms import (
    GROUP_KINDS,
    TEAM_ROLES,
    CloseForm,
    GroupForm,
    MemberForm,
    NameForm,
)
from ketang.core.accounts.web.forms import say
from ketang.core.areas import api as areas
from ketang.core.areas.types import AreaFacts, AreaUnknown, Level, Member, TeamRole
from ketang.kernel.clock import now
from ketang.kernel.errors import BadInput, Conflict

staff = needs(*sorted(STAFF))
editor = needs(Role.SYSTEM_ADMIN)


@staff
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The districts (one, normally): straight to it; an empty tree says how to load one."""
    roots = areas.children("")
    if len(roots) == 1:
        return redirect("area", roots[0].code)
    return render(request, "accounts/areas/index.html", {"roots": roots})


@staff
@require_safe
def area(request: HttpRequest, code: str) -> HttpResponse:
    return _area_page(request, code)


@editor
@require_POST
def rename(request: HttpRequest, code: str) -> HttpResponse:
    form = NameForm(request.POST)
    if _done(
        form, lambda d: areas.rename_area(code, d["name"], d["place"], person_of(request).actor, now=now())
    ):
        return redirect("area", code)
    return _area_page(request, code, name_form=form)


@editor
@require_POST
def close(request: HttpRequest, code: str) -> HttpResponse:
    form = CloseForm(request.POST)
    actor = person_of(request).actor
    if _done(form, lambda d: areas.close_area(code, d["day"], d["successors"], actor, now=now())):
        return redirect("area", code)
    return _area_page(request, code, close_form=form)


@editor
@require_POST
def join_team(request: HttpRequest, code: str) -> HttpResponse:
    form = MemberForm(request.POST)
    if _done(form, lambda d: areas.add_members([_member(code, form)], person_of(request).actor, now=now())):
        return redirect("area", code)
    return _area_page(request, code, member_form=form)


@editor
@require_POST
def leave_team(request: HttpRequest, code: str) -> HttpResponse:
    """Take one person out; the form sends area, role and account of the place."""
    try:
        place = Member(request.POST["area"], TeamRole(request.POST["role"]), int(request.POST["account"]))
    except (KeyError, ValueError) as error:
        raise BadInput from error
    areas.remove_member(place, person_of(request).actor, now=now())
    return redirect("area", code)


@staff
@require_safe
def groups(request: HttpRequest) -> HttpResponse:
    rows = [(group, GROUP_KINDS[group.kind], len(group.members)) for group in areas.groups()]
    return render(request, "accounts/areas/groups.html", {"rows": rows, "may_edit": _may_edit(request)})


@staff
@require_safe
def group(request: HttpRequest, code: str) -> HttpResponse:
    return _group_page(request, code, GroupForm.showing(areas.group(code)))


@editor
def new_group(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _group_page(request, "", GroupForm(initial={"carries_scope": True}))
    form = GroupForm(request.POST)
    if form.is_valid() and any(known.code == form.cleaned_data["code"] for known in areas.groups()):
        form.add_error("code", _("这个编码已经有了。"))
    return _save_group(request, "", form)


@editor
@require_POST
def save_group(request: HttpRequest, code: str) -> HttpResponse:
    areas.group(code)
    return _save_group(request, code, GroupForm({**request.POST.dict(), "code": code}))


def _save_group(request: HttpRequest, code: str, form: GroupForm) -> HttpResponse:
    if _done(form, lambda d: _save(form, request)):
        return redirect("area-group", form.cleaned_data["code"])
    return _group_page(request, code, form)


def _save(form: GroupForm, request: HttpRequest) -> None:
    facts = form.facts()
    if facts.escalates_to and department_by_code(facts.escalates_to) is None:
        raise BadInput("没有这个部门编码。", field="escalates_to")
    areas.save_group(facts, person_of(request).actor, now=now())


def _done(form: forms.Form, act: Callable[[dict[str, Any]], object]) -> bool:
    """Valid and carried out; else what was wrong stands on its field."""
    if not form.is_valid():
        return False
    try:
        act(form.cleaned_data)
    except (BadInput, Conflict, AreaUnknown) as wrong:
        say(form, wrong)
        return False
    return True


def _member(code: str, form: MemberForm) -> Member:
    place = str(form.cleaned_data["area"])
    if not place.startswith(code):
        raise BadInput("这个编码不在本辖区内。", field="area")
    return Member(place, TeamRole(form.cleaned_data["role"]), form.account_id)


def _may_edit(request: HttpRequest) -> bool:
    return person_of(request).has(Role.SYSTEM_ADMIN)


def _area_page(request: HttpRequest, code: str, **given: forms.Form) -> HttpResponse:
    """The page; with a refused form, the same page with the form as it was sent, and 400."""
    facts = areas.get(code)
    context = {
        "area": facts,
        "valid": areas.exists(code),
        "above": [areas.get(above) for above in areas.levels_of(code).values() if above != code],
        "children": areas.children(code),
        "drawing": areas.draw(code),
        "groups": areas.groups_of(code),
        "heirs": [areas.get(heir) for heir in areas.successors(code) if heir != code],
        "may_edit": _may_edit(request) and facts.valid_to is None,
        "name_form": NameForm(initial={"name": facts.name, "place": facts.place}),
        "close_form": CloseForm(),
        "member_form": MemberForm(initial={"area": code}),
        **_team(facts),
        **given,
    }
    return render(request, "accounts/areas/area.html", context, status=400 if given else 200)


def _team(facts: AreaFacts) -> dict[str, Any]:
    """Team and gaps of a grid or microgrid; other levels have none."""
    if facts.level not in (Level.GRID, Level.MICROGRID):
        return {"has_team": False}
    members = areas.team(facts.code)
    names = dict(Account.objects.filter(pk__in={m.account_id for m in members}).values_list("pk", "name"))
    team = [(m, TEAM_ROLES[m.role], names.get(m.account_id, "—"), areas.name_of(m.area)) for m in members]
    return {"has_team": True, "team": team, "gaps": [(g, TEAM_ROLES[g.role]) for g in areas.gaps(facts.code)]}


def _group_page(request: HttpRequest, code: str, form: GroupForm) -> HttpResponse:
    members = areas.group(code).members if code else ()
    context = {
        "code": code,
        "form": form,
        "title": areas.group(code).name if code else "",
        "members": [(member, areas.names_of(member)) for member in members],
        "may_edit": _may_edit(request),
    }
    return render(request, "accounts/areas/group.html", context, status=400 if form.errors else 200)


urlpatterns = [
    path("areas", index, name="areas"),
    path("areas/<str:code>", area, name="area"),
    path("areas/<str:code>/rename", rename, name="area-rename"),
    path("areas/<str:code>/close", close, name="area-close"),
    path("areas/<str:code>/team", join_team, name="area-team"),
    path("areas/<str:code>/team/leave", leave_team, name="area-team-leave"),
    path("area-groups", groups, name="area-groups"),
    path("area-groups/new", new_group, name="area-group-new"),
    path("area-groups/<slug:code>", group, name="area-group"),
    path("area-groups/<slug:code>/save", save_group, name="area-group-save"),
]
