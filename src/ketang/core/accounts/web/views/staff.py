"""Staff: the system administrator makes accounts, the security administrator sees lockouts."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ketang.core.accounts import listing as reads
from ketang.core.accounts.actions import passwords, people
from ketang.core.accounts.gate import needs
from ketang.core.accounts.queries import person_of
from ketang.core.accounts.types import ROLE_NAMES, STAFF, Role
from ketang.core.accounts.web.forms import DeputyForm, NameForm, PasswordForm, PostForm, StaffForm, say, sent
from ketang.kernel import clock
from ketang.kernel.errors import KetangError

KEEPERS = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)


@require_http_methods(["GET", "POST"])
@needs(*KEEPERS)
def listing(request: HttpRequest) -> HttpResponse:
    """POST only searches by a person's name, which does not belong into an address."""
    now, get = clock.now(), request.GET
    q, role, state = get.get("q", ""), get.get("role", ""), get.get("state", "")
    name = request.POST.get("name", "")[:60]
    role = role if role in set(Role) else ""
    rows, following = reads.find_staff(
        q=q, name=name, role=role, state=state, after=get.get("after", ""), now=now
    )
    posts = reads.posts_by_account(rows, now)
    context = {
        "rows": [(row, posts[row.pk]) for row in rows],
        "next": following,
        "chosen": {"q": q, "role": role, "state": state, "name": name},
        "roles": [(role.value, ROLE_NAMES[role]) for role in Role if role in STAFF],
        "may_create": person_of(request).has(Role.SYSTEM_ADMIN),
    }
    return render(request, "accounts/staff.html", context)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@needs(Role.SYSTEM_ADMIN)
def new(request: HttpRequest) -> HttpResponse:
    form = StaffForm(sent(request))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            who = person_of(request)
            row = people.create_staff(data["username"], data["name"], data["password"], who, clock.now())
            return done(request, row.pk, _("账号建好了，接着提出岗位。"))
        except KetangError as error:
            say(form, error)
    return render(request, "accounts/staff_new.html", {"form": form}, status=400 if form.errors else 200)


@require_safe
@needs(*KEEPERS)
def one(request: HttpRequest, account_id: int) -> HttpResponse:
    return page(request, account_id)


def page(request: HttpRequest, account_id: int, **forms: Any) -> HttpResponse:
    """One person's page, with the form that failed in place of an empty one."""
    now, account = clock.now(), people.account_of(account_id)
    context = {
        "account": account,
        "posts": reads.posts_of_account(account_id, now),
        "locked": bool(account.locked_until and account.locked_until > now),
        "is_system": person_of(request).has(Role.SYSTEM_ADMIN),
        "is_security": person_of(request).has(Role.SECURITY_ADMIN),
        "name_form": NameForm(initial={"name": account.name}),
        "password_form": PasswordForm(),
        "post_form": PostForm(),
        "deputy_form": DeputyForm(auto_id=False),
        **forms,
    }
    failed = any(form.errors for form in forms.values())
    return render(request, "accounts/staff_one.html", context, status=400 if failed else 200)


@require_POST
@needs(Role.SYSTEM_ADMIN)
def rename(request: HttpRequest, account_id: int) -> HttpResponse:
    form = NameForm(request.POST)
    if not form.is_valid():
        return page(request, account_id, name_form=form)
    people.rename(account_id, form.cleaned_data["name"], person_of(request), clock.now())
    return done(request, account_id, _("姓名改好了。"))


@sensitive_post_parameters("password")
@require_POST
@needs(Role.SYSTEM_ADMIN)
def password(request: HttpRequest, account_id: int) -> HttpResponse:
    form = PasswordForm(request.POST)
    if form.is_valid():
        try:
            passwords.set_password(account_id, form.cleaned_data["password"], person_of(request), clock.now())
            return done(request, account_id, _("口令换好了，这个账号在别处的登录已经退出。"))
        except KetangError as error:
            say(form, error)
    return page(request, account_id, password_form=form)


def _act(request: HttpRequest, account_id: int, action: Callable[..., None], text: str) -> HttpResponse:
    action(account_id, person_of(request), clock.now())
    return done(request, account_id, text)


@require_POST
@needs(Role.SYSTEM_ADMIN)
def close(request: HttpRequest, account_id: int) -> HttpResponse:
    return _act(request, account_id, people.close_account, _("账号已停用。"))


@require_POST
@needs(Role.SYSTEM_ADMIN)
def reopen(request: HttpRequest, account_id: int) -> HttpResponse:
    return _act(request, account_id, people.reopen_account, _("账号已恢复。"))


@require_POST
@needs(Role.SECURITY_ADMIN)
def unlock(request: HttpRequest, account_id: int) -> HttpResponse:
    return _act(request, account_id, passwords.unlock, _("已解除锁定。"))


@require_safe
@needs(Role.SECURITY_ADMIN)
def lockouts(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/lockouts.html", {"rows": reads.locked(clock.now())})


def done(request: HttpRequest, account_id: int, text: str) -> HttpResponse:
    messages.success(request, text)
    return HttpResponseRedirect(reverse("staff_one", args=[account_id]))
