"""Posts and deputies: proposed on a person's page, approved on the security administrator's."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ketang.core.accounts import listing as reads
from ketang.core.accounts.actions import posts
from ketang.core.accounts.gate import needs
from ketang.core.accounts.models import Account
from ketang.core.accounts.queries import person_of
from ketang.core.accounts.types import Role
from ketang.core.accounts.web.forms import DeputyForm, PostForm, say
from ketang.core.accounts.web.views.staff import KEEPERS, done, page
from ketang.kernel import clock
from ketang.kernel.errors import BadInput, KetangError


@require_POST
@needs(Role.SYSTEM_ADMIN)
def propose(request: HttpRequest, account_id: int) -> HttpResponse:
    form = PostForm(request.POST)
    if form.is_valid():
        try:
            posts.propose_post(account_id, form.new(), person_of(request), clock.now())
            return done(request, account_id, _("岗位已提出，等安全管理员批准。"))
        except KetangError as error:
            say(form, error)
    return page(request, account_id, post_form=form)


@require_POST
@needs(Role.SYSTEM_ADMIN)
def deputy(request: HttpRequest, assignment_id: int) -> HttpResponse:
    held = posts.assignment_of(assignment_id)
    form = DeputyForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            account = _account_named(data["username"])
            span = (data["starts_at"], data["ends_at"])
            posts.propose_deputy(assignment_id, account.pk, *span, person_of(request), clock.now())
            return done(request, held.account_id, _("代班已提出，等安全管理员批准。"))
        except KetangError as error:
            say(form, error)
    return page(request, held.account_id, deputy_form=form)


def _account_named(username: str) -> Account:
    account = Account.objects.filter(username=username.strip(), kind="staff", is_active=True).first()
    if account is None:
        raise BadInput("没有这个登录名的在用账号。", field="username")
    return account


@require_safe
@needs(Role.SECURITY_ADMIN)
def waiting(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/posts_waiting.html", {"posts": reads.waiting_posts(clock.now())})


@require_POST
@needs(Role.SECURITY_ADMIN)
def approve(request: HttpRequest, assignment_id: int) -> HttpResponse:
    posts.approve_post(assignment_id, person_of(request), clock.now())
    return _back(request, _("岗位已批准，马上生效。"))


@require_POST
@needs(*KEEPERS)
def refuse(request: HttpRequest, assignment_id: int) -> HttpResponse:
    held = posts.assignment_of(assignment_id)
    posts.refuse_post(assignment_id, person_of(request), clock.now())
    if not person_of(request).has(Role.SECURITY_ADMIN):
        return done(request, held.account_id, _("已撤回。"))
    return _back(request, _("没有批准，岗位不生效。"))


@require_POST
@needs(*KEEPERS)
def end(request: HttpRequest, assignment_id: int) -> HttpResponse:
    held = posts.assignment_of(assignment_id)
    posts.end_post(assignment_id, person_of(request), clock.now())
    return done(request, held.account_id, _("岗位已结束。"))


def _back(request: HttpRequest, text: str) -> HttpResponse:
    messages.success(request, text)
    return HttpResponseRedirect(reverse("posts_waiting"))
