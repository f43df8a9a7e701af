"""Text size, theme and language: three cookies and one form, without script."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

TEXT_COOKIE, THEME_COOKIE = "ketang_text", "ketang_theme"
TEXTS = ("normal", "18", "20", "24", "30")  # px of the body in large-text mode
THEMES = ("auto", "light", "dark")
YEAR_SECONDS = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Look:
    text: str
    theme: str

    @property
    def large(self) -> bool:
        return self.text != "normal"

    @property
    def css(self) -> str:
        """Classes of <html>."""
        size = f"large text-{self.text}" if self.large else ""
        return " ".join(filter(None, [size, "" if self.theme == "auto" else f"theme-{self.theme}"]))


def look_of(request: HttpRequest | None) -> Look:
    cookies = request.COOKIES if request is not None else {}
    text, theme = cookies.get(TEXT_COOKIE, ""), cookies.get(THEME_COOKIE, "")
    return Look(text if text in TEXTS else "normal", theme if theme in THEMES else "auto")


@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """GET shows the choices, POST keeps those it was sent and goes back to where the person was."""
    if request.method == "GET":
        choices = {"texts": TEXTS, "themes": THEMES, "languages": settings.LANGUAGES}
        return render(request, "shell/preferences.html", {**choices, "next": _back(request)})
    response = HttpResponseRedirect(_back(request))
    for name, cookie, allowed in (
        ("text", TEXT_COOKIE, TEXTS),
        ("theme", THEME_COOKIE, THEMES),
        ("language", settings.LANGUAGE_COOKIE_NAME, tuple(code for code, _ in settings.LANGUAGES)),
    ):
        if request.POST.get(name) in allowed:
            _keep(response, cookie, request.POST[name])
    return response


def _keep(response: HttpResponse, cookie: str, value: str) -> None:
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(cookie, value, max_age=YEAR_SECONDS, samesite="Lax", secure=secure, httponly=True)


def _back(request: HttpRequest) -> str:
    to = request.POST.get("next") or request.GET.get("next") or "/"
    return to if url_has_allowed_host_and_scheme(to, allowed_hosts=None) else "/"
