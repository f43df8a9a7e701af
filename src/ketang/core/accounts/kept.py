"""What somebody was writing when their login ran out: sealed, for an hour, bound to the browser's session."""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest

from ketang.core.accounts import book
from ketang.core.accounts.limits import limit
from ketang.core.accounts.models import KeptForm
from ketang.core.sealed import blind, seal, unseal
from ketang.kernel import clock
from ketang.kernel.errors import TooMany

ABOUT = "accounts.KeptForm.body_sealed"
SESSION_KEY = "kept_form"
CONTINUED = "kept_continued"  # a field of the form that sends it again: what was kept may go
MOST_CHARACTERS = 200_000
PER_MINUTE = 20
SECRET_WORDS = ("password", "csrfmiddlewaretoken", "code", "otp", "secret")


@dataclass(frozen=True, slots=True)
class Kept:
    """``fields`` in the order they were sent; ``files``: there were some, which cannot be kept."""

    path: str
    page: str
    fields: tuple[tuple[str, str], ...]
    files: bool
    expires_at: datetime


def keep(request: HttpRequest, page: str) -> bool:
    """Put the form's fields away, and the ``page`` it stood on; False when there is nothing to keep, too
    much, or too often."""
    fields = [(n, str(v)) for n, values in request.POST.lists() for v in values if n not in SECRET_WORDS]
    body = json.dumps({"page": page, "fields": fields, "files": bool(request.FILES)}, ensure_ascii=False)
    if not fields or len(body) > MOST_CHARACTERS:
        return False
    try:
        limit(request, "kept", PER_MINUTE)
    except TooMany:
        return False
    token = secrets.token_urlsafe(24)
    KeptForm.objects.create(
        token_hash=blind("kept", token),
        path=request.get_full_path()[:300],
        body_sealed=seal(ABOUT, body),
        expires_at=clock.now() + timedelta(minutes=book.rules().kept_minutes),
    )
    request.session[SESSION_KEY] = token
    return True


def kept_for(request: HttpRequest, now: datetime) -> Kept | None:
    """What this browser's session has put away, if its hour has not passed."""
    token = request.session.get(SESSION_KEY, "")
    row = (
        KeptForm.objects.filter(token_hash=blind("kept", token), expires_at__gt=now).first()
        if token
        else None
    )
    if row is None:
        return None
    body = json.loads(unseal(ABOUT, row.body_sealed))
    fields = tuple((name, value) for name, value in body["fields"])
    return Kept(row.path, body["page"], fields, body["files"], row.expires_at)


def drop(request: HttpRequest) -> None:
    """The person does not want it any more."""
    token = request.session.pop(SESSION_KEY, "")
    if token:
        KeptForm.objects.filter(token_hash=blind("kept", token)).delete()


def tidy(now: datetime) -> int:
    deleted, _ = KeptForm.objects.filter(expires_at__lte=now).delete()
    return deleted
