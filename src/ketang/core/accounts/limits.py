"""Rate limits that every process shares: one upsert per hit, counted per (name, key, window).

Fixed windows: somebody may spend two windows' worth around a boundary, which a limit of this kind can bear.
Keys (addresses, phones) are stored as keyed hashes.
"""

from datetime import datetime

from django.conf import settings
from django.db import connection
from django.http import HttpRequest

from ketang.core.accounts.models import RateCount
from ketang.core.sealed import blind
from ketang.kernel import clock
from ketang.kernel.errors import TooMany

# The same statement on SQLite (3.35 and later) and PostgreSQL.
HIT = """
INSERT INTO accounts_ratecount (name, key, "window", count) VALUES (%s, %s, %s, 1)
ON CONFLICT (name, key, "window") DO UPDATE SET count = accounts_ratecount.count + 1
RETURNING count
"""


def limit(request: HttpRequest, name: str, per_minute: int, key: str = "") -> None:
    """Count this request; raise TooMany with ``retry_after`` seconds beyond ``per_minute``.

    ``key`` is whom the limit is for (a phone, an account's id); '' = the network address. Call it before
    the transaction, so that a rollback does not forget the hit.
    """
    limit_key(name, key or address_of(request), most=per_minute, seconds=60, now=clock.now())


def limit_key(name: str, key: str, *, most: int, seconds: int, now: datetime) -> None:
    """At most ``most`` hits of ``key`` in a window of ``seconds``."""
    at = int(now.timestamp())
    window = at - at % seconds
    if hit(name, key, window) > most:
        raise TooMany(retry_after=window + seconds - at)


def hit(name: str, key: str, window: int) -> int:
    """Count one and return how many there are now; one statement, atomic on both databases."""
    with connection.cursor() as cursor:
        cursor.execute(HIT, [name, blind(f"rate.{name}", key), window])
        return int(cursor.fetchone()[0])


def address_of(request: HttpRequest) -> str:
    """Where the request came from. Behind our proxy it is the last hop of X-Forwarded-For: what stands
    before it was written by the sender and proves nothing."""
    if settings.SECURE_PROXY_SSL_HEADER:
        hops = request.headers.get("X-Forwarded-For", "")
        if last := hops.rpartition(",")[2].strip():
            return last
    return str(request.META.get("REMOTE_ADDR", ""))


def tidy(now: datetime) -> int:
    """Drop windows older than a day."""
    deleted, _ = RateCount.objects.filter(window__lt=int(now.timestamp()) - 86_400).delete()
    return deleted
