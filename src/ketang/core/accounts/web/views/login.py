"""Logging in and out. Staff by name and password, residents by phone and code, the demo by a click."""

from typing import Any

from django.conf import settings
from django.contrib.auth import login as start_session
from django.contrib.auth import logout as end_session
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from ketang.core.accounts import book, demo, kept, sms
from ketang.core.accounts.actions import codes, passwords
from ketang.core.accounts.limits import address_of
from ketang.core.accounts.models import Account
from ketang.core.accounts.queries import person, person_of
from ketang.core.accounts.types import ADMINISTRATORS, CodeWrong, LoginRefused, Person, PhoneWrong, Role
from ketang.core.accounts.web.forms import CodeForm, LoginForm, PhoneForm, say, sent
from ketang.kernel import clock
from ketang.kernel.errors import NotFound

BACKEND = "django.contrib.auth.backends.ModelBackend"
HOME_OF_ADMINISTRATOR = {
    Role.SYSTEM_ADMIN: "staff",
    Role.SECURITY_ADMIN: "posts_waiting",
    Role.AUDIT_ADMIN: "audit",
}


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def login_page(request: HttpRequest) -> HttpResponse:
    form = LoginForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            data = form.cleaned_data
            account = passwords.check_login(
                data["username"], data["password"], address_of(request), clock.now()
            )
            return _enter(request, account)
        except LoginRefused as error:
            say(form, error)
    return _page(request, "accounts/login.html", form=form, kept="kept" in request.GET)


@never_cache
@require_http_methods(["GET", "POST"])
def phone(request: HttpRequest) -> HttpResponse:
    """Ask for a code. The answer looks the same whether the phone is known or not."""
    form = PhoneForm(sent(request))
    if request.method == "POST" and form.is_valid():
        number = form.cleaned_data["phone"]
        try:
            fresh = codes.ask_code(number, address_of(request), clock.now())
        except PhoneWrong as error:
            say(form, error)
        else:
            shown = fresh if settings.DEMO and sms.logs_only() else ""
            return _code_page(request, CodeForm(initial={"phone": number}), shown)
    return _page(request, "accounts/phone.html", form=form, kept="kept" in request.GET)


@never_cache
@sensitive_post_parameters("code")
@require_POST
def code(request: HttpRequest) -> HttpResponse:
    form = CodeForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            return _enter(
                request, codes.check_code(data["phone"], data["code"], address_of(request), clock.now())
            )
        except (CodeWrong, PhoneWrong) as error:
            say(form, error)
    return _code_page(request, form)


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    who = person_of(request)
    if who.actor.id:
        passwords.note_logout(who.actor, clock.now())
    end_session(request)
    return HttpResponseRedirect(reverse("login"))


@require_POST
def become(request: HttpRequest) -> HttpResponse:
    """The demo's role switcher; outside the demo there is no such page."""
    if not settings.DEMO:
        raise NotFound
    account = demo.account_for(request.POST.get("who", ""))
    end_session(request)
    return _enter(request, account)


def _enter(request: HttpRequest, account: Account) -> HttpResponse:
    """A fresh session (Django rotates its key) for as long as the playbook says, then the way they came."""
    now, rules = clock.now(), book.rules()
    start_session(request, account, backend=BACKEND)
    minutes = rules.resident_session_minutes if account.kind == "resident" else rules.staff_session_minutes
    request.session.set_expiry(minutes * 60)
    who = person(account.pk, now)
    passwords.note_login(account, who.actor, now)
    if kept.kept_for(request, now):
        return HttpResponseRedirect(reverse("kept"))
    return HttpResponseRedirect(safe_next(request) or _home(who))


def _home(who: Person) -> str:
    admin = next((role for role in who.roles if role in ADMINISTRATORS), None)
    return reverse(HOME_OF_ADMINISTRATOR[admin]) if admin else "/"


def safe_next(request: HttpRequest) -> str:
    """The way back, only when it stays in this house."""
    to = request.POST.get("next") or request.GET.get("next") or ""
    own = url_has_allowed_host_and_scheme(to, allowed_hosts=None, require_https=False)
    return to if own and to.startswith("/") else ""


def _code_page(request: HttpRequest, form: CodeForm, shown: str = "") -> HttpResponse:
    return _page(
        request, "accounts/code.html", form=form, shown=shown, minutes=book.rules().code.valid_minutes
    )


def _page(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    status = 400 if context["form"].errors else 200
    return render(request, template, {"next": safe_next(request), **context}, status=status)
