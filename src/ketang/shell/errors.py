"""Every error answer of the house: a page for people, a fragment for htmx, JSON for machines.

None of them touches the database or the session: they must work when those do not.
"""

import sys

import structlog
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language

from ketang.shell.preferences import look_of
from ketang.shell.trouble import Broken, FormExpired, Malformed, Trouble, describe, situation_of, trouble_of

log = structlog.get_logger(__name__)
# Never written back into a page, not even the sender's own.
SECRET_FIELDS = ("password", "passwd", "secret", "token_code", "otp")


def answer_to(request: HttpRequest, error: BaseException) -> HttpResponse | None:
    """The answer for an exception that has one; None for a bug."""
    trouble = trouble_of(error)
    if trouble is None:
        return None
    if trouble.status >= 500:
        log.warning("unavailable", code=trouble.code, error=type(error).__name__, path=request.path)
    return answer(request, trouble)


def answer(request: HttpRequest, trouble: Trouble) -> HttpResponse:
    """The same trouble in the form the asker can use."""
    if _wants_json(request):
        response: HttpResponse = JsonResponse(
            _as_json(request, trouble), status=trouble.status, json_dumps_params={"ensure_ascii": False}
        )
    elif request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true":
        response = _fragment(request, trouble)
    else:
        html = render_to_string("shell/error.html", _context(request, trouble))
        response = HttpResponse(html, status=trouble.status)
    if trouble.retry_after:
        response["Retry-After"] = str(trouble.retry_after)
    response["Cache-Control"] = "no-store"
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, DisallowedHost):
        # The host is unknown: say it without any link that would need one.
        text = "unknown host · 未登记的主机名 (KETANG_HOSTS)\n"
        return HttpResponse(text, status=400, content_type="text/plain; charset=utf-8")
    return answer(request, describe(situation_of(exception) or Malformed()))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _from(request, exception)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _from(request, exception)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    log.info("csrf", reason=reason, path=request.path)
    return answer(request, describe(FormExpired()))


def broken(request: HttpRequest) -> HttpResponse:
    """Django's handler500, called inside its ``except``: situations raised by inner middleware (a session
    that cannot be read because the database is away) arrive here too and keep their own answer."""
    error = sys.exc_info()[1]
    return (answer_to(request, error) if error else None) or answer(request, describe(Broken()))


def _from(request: HttpRequest, exception: Exception | None) -> HttpResponse:
    return answer(request, trouble_of(exception) or describe(Broken()))


def _wants_json(request: HttpRequest) -> bool:
    accepts = request.headers.get("Accept", "")
    return request.path.startswith("/api/") or ("application/json" in accepts and "text/html" not in accepts)


def _as_json(request: HttpRequest, trouble: Trouble) -> dict[str, object]:
    lang = _language()
    return {
        "error": {
            "code": trouble.code,
            "message": trouble.texts[lang],
            "field": trouble.field,
            "way_out": trouble.ways.get(lang, trouble.link),
            "request_id": getattr(request, "id", ""),
        }
    }


def _fragment(request: HttpRequest, trouble: Trouble) -> HttpResponse:
    """Into the notice area, so that the form on the page, and what was typed, stays."""
    html = render_to_string("shell/error_fragment.html", _context(request, trouble))
    headers = {"HX-Retarget": "#notice", "HX-Reswap": "innerHTML"}
    return HttpResponse(html, status=trouble.status, headers=headers)


def _context(request: HttpRequest, trouble: Trouble) -> dict[str, object]:
    lang = _language()
    other = "en" if lang == "zh-hans" else "zh-hans"
    return {
        "trouble": trouble,
        "title": trouble.titles[lang],
        "text": trouble.texts[lang],
        "way": trouble.ways.get(lang, ""),
        "other_lang": "en" if other == "en" else "zh-CN",
        "other_title": trouble.titles[other],
        "other_text": trouble.texts[other],
        "back": _back(request),
        "resend": _resend(request) if trouble.status >= 500 else [],
        "resend_to": request.get_full_path(),
        "request_id": getattr(request, "id", ""),
        "lang": "en" if lang == "en" else "zh-CN",
        "html_class": look_of(request).css,
    }


def _language() -> str:
    return "en" if (get_language() or "").startswith("en") else "zh-hans"


def _back(request: HttpRequest) -> str:
    """The page they came from, when it is ours: its address with the host cut off."""
    referer, host = request.headers.get("Referer", ""), request.headers.get("Host", "")
    _, _, rest = referer.partition("://")
    own = rest.startswith(host + "/") and request.method != "GET"
    return rest[len(host) :] if own else ""


def _resend(request: HttpRequest) -> list[tuple[str, str]]:
    """What was typed, as fields of a form that sends it again. Files cannot be put back; secrets are not."""
    if request.method != "POST":
        return []
    try:
        pairs = [(name, value) for name, values in request.POST.lists() for value in values]
    except Exception:  # a body that cannot be read has nothing to send again
        return []
    return [(name, str(value)) for name, value in pairs if not _secret(name)]


def _secret(name: str) -> bool:
    return any(word in name.lower() for word in SECRET_FIELDS)
