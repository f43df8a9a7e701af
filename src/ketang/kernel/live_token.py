"""A short-lived pass to the live stream: which subjects a page shows, signed. No tables, no Django.

The page may show these subjects (its own scope said so), so the stream process needs neither the database
nor the scope: it tells about these and no others.
"""

import base64
import hashlib
import hmac
import json

MAX_SUBJECTS = 100


def mint(secret: str, subjects: list[str], until: int) -> str:
    """``subjects`` like "case:12"; ``until`` in seconds of the epoch."""
    body = (
        base64.urlsafe_b64encode(json.dumps([until, subjects[:MAX_SUBJECTS]]).encode()).decode().rstrip("=")
    )
    return f"{body}.{_sign(secret, body)}"


def read(secret: str, token: str, now: float) -> frozenset[str] | None:
    """The subjects of a valid token; None for a forged or expired one."""
    body, _, signature = token.rpartition(".")
    if not secret or not hmac.compare_digest(signature.encode(), _sign(secret, body).encode()):
        return None
    until, subjects = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return frozenset(subjects) if now < until else None


def _sign(secret: str, body: str) -> str:
    return hmac.new(secret.encode(), b"ketang live\0" + body.encode(), hashlib.sha256).hexdigest()[:32]
