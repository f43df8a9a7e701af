"""Every widget in every state on one page, for looking, screenshots and axe. Demo mode only."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def styleguide(request: HttpRequest) -> HttpResponse:
    return render(request, "shell/styleguide.html", {})
