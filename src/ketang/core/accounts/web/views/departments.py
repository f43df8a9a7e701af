"""Departments: the system administrator's pages."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ketang.core.accounts import listing as reads
from ketang.core.accounts.actions import units
from ketang.core.accounts.gate import needs
from ketang.core.accounts.queries import person_of
from ketang.core.accounts.types import Role
from ketang.core.accounts.web.forms import KIND_NAMES, DepartmentForm, say, sent
from ketang.kernel import clock
from ketang.kernel.errors import KetangError


@require_safe
@needs(Role.SYSTEM_ADMIN)
def listing(request: HttpRequest) -> HttpResponse:
    q, kind = request.GET.get("q", ""), request.GET.get("kind", "")
    rows, following = reads.find_departments(q, kind, request.GET.get("after", ""))
    shown = [(row, KIND_NAMES[row.kind]) for row in rows]
    context = {"rows": shown, "next": following, "q": q, "kind": kind, "kinds": KIND_NAMES.items()}
    return render(request, "accounts/departments.html", context)


@require_http_methods(["GET", "POST"])
@needs(Role.SYSTEM_ADMIN)
def new(request: HttpRequest) -> HttpResponse:
    form = DepartmentForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            row = units.create_department(form.new(), person_of(request), clock.now())
            return _done(request, _("部门建好了。"), row.pk)
        except KetangError as error:
            say(form, error)
    return _form(request, form)


@require_http_methods(["GET", "POST"])
@needs(Role.SYSTEM_ADMIN)
def one(request: HttpRequest, department_id: int) -> HttpResponse:
    row = units.department_of(department_id)
    names = ("code", "name", "kind", "area", "desk_phone")
    form = DepartmentForm(sent(request), initial={name: getattr(row, name) for name in names})
    form.fields["code"].disabled = True
    if request.method == "POST" and form.is_valid():
        try:
            units.edit_department(department_id, form.new(), person_of(request), clock.now())
            return _done(request, _("改好了。"), department_id)
        except KetangError as error:
            say(form, error)
    return _form(request, form, department=row)


@require_POST
@needs(Role.SYSTEM_ADMIN)
def close(request: HttpRequest, department_id: int) -> HttpResponse:
    units.close_department(department_id, person_of(request), clock.now())
    return _done(request, _("部门已撤销，以前办的事仍记在它名下。"), department_id)


@require_POST
@needs(Role.SYSTEM_ADMIN)
def load(request: HttpRequest) -> HttpResponse:
    """Make what the playbook and the area tree name and nobody has made yet; sent twice it makes nothing."""
    made = units.load_departments(clock.now(), actor=person_of(request).actor)
    messages.success(request, _("补齐了 %(n)s 个部门。") % {"n": made} if made else _("没有缺的部门。"))
    return HttpResponseRedirect(reverse("departments"))


def _done(request: HttpRequest, text: str, department_id: int) -> HttpResponse:
    messages.success(request, text)
    return HttpResponseRedirect(reverse("department", args=[department_id]))


def _form(request: HttpRequest, form: DepartmentForm, **context: Any) -> HttpResponse:
    status = 400 if form.errors else 200
    return render(request, "accounts/department.html", {"form": form, **context}, status=status)
