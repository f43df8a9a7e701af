"""My own page, and the form that was kept when my login ran out."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ketang.core.accounts import kept
from ketang.core.accounts.actions.passwords import change_own_password
from ketang.core.accounts.gate import needs
from ketang.core.accounts.listing import mine
from ketang.core.accounts.queries import person_of
from ketang.core.accounts.types import STAFF
from ketang.core.accounts.web.forms import OwnPasswordForm, say, sent
from ketang.kernel import clock
from ketang.kernel.errors import BadInput


@require_safe
@needs()
def me(request: HttpRequest) -> HttpResponse:
    who = person_of(request)
    return render(request, "accounts/me.html", {"person": who, "posts": mine(who, clock.now())})


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@needs(*STAFF)
def password(request: HttpRequest) -> HttpResponse:
    form = OwnPasswordForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            data = form.cleaned_data
            account = change_own_password(data["old"], data["password"], person_of(request), clock.now())
        except BadInput as error:
            say(form, error)
        else:
            update_session_auth_hash(request, account)
            messages.success(request, _("口令改好了，别处的登录已经退出。"))
            return HttpResponseRedirect(reverse("me"))
    return render(request, "accounts/password.html", {"form": form}, status=400 if form.errors else 200)


@never_cache
@require_safe
@needs()
def kept_form(request: HttpRequest) -> HttpResponse:
    """Offer to send again what somebody was writing when their login ran out."""
    found = kept.kept_for(request, clock.now())
    shown = [value for _, value in found.fields if is_words(value)] if found else []
    context = {"kept": found, "shown": shown, "continued": kept.CONTINUED}
    return render(request, "accounts/kept.html", context, status=200 if found else 404)


def is_words(value: str) -> bool:
    """What somebody wrote, and not a code or a number that the page put into the form."""
    return any(ord(char) > 127 or char.isspace() for char in value.strip())


@require_POST
@needs()
def drop_kept(request: HttpRequest) -> HttpResponse:
    kept.drop(request)
    messages.success(request, _("已经丢掉，没有提交。"))
    return HttpResponseRedirect("/")
