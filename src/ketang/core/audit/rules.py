"""How a row is authenticated and chained; pure. docs/adr/0003-audit-chain.md says why.

A row's MAC is made when it is written (found changed or inserted even before the seal); its digest when
it is sealed: H(previous digest, algorithm, position, MAC, content). The head carries a MAC as well, so
that the last row, or all of them, cannot be removed unseen.
"""

import hashlib
import json
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from hmac import compare_digest

from ketang.core.audit.types import Content, Head, Link, Record, Sealed
from ketang.kernel.crypto import KeyRing

GENESIS = "0" * 64
# Made once: json.dumps with these options would make an encoder per call.
_compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=repr).encode
_sorted = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=str).encode


def _best_algorithm() -> str:
    """SM3 (GM/T 0004) where OpenSSL has it. Being listed is not enough: a FIPS provider refuses it."""
    try:
        hashlib.new("sm3", b"")
    except ValueError:
        return "sha256"
    return "sm3"


ALGORITHM = _best_algorithm()


def new_id(at: datetime) -> str:
    """25 hex digits: 44 bits of milliseconds, then 56 random bits. Sorts by time, is known before the
    INSERT, so the MAC covers it, and two writers never wait for each other's sequence."""
    return f"{max(0, int(at.timestamp() * 1000)):011x}{secrets.token_hex(7)}"


def first_id(at: datetime) -> str:
    """The smallest id a row of this instant can have: turns a time into a bound on the primary key."""
    return f"{max(0, int(at.timestamp() * 1000)):011x}"


def content_of(record: Record, key_id: str) -> Content:
    actor = record.actor
    return Content(
        id=new_id(record.at),
        at=instant(record.at),
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_label=actor.label[:120],
        request_id=actor.request_id[:64],
        verb=record.verb,
        subject=record.subject,
        detail=_sorted(record.detail or {}),
        key_id=key_id,
    )


def instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def canonical(content: Content) -> bytes:
    """The bytes that the MAC and the digest cover. What a tamperer put in (a blob, NULL) still has some."""
    return _compact(content).encode("utf-8", "replace")


def digest_of(previous: str, algorithm: str, position: object, mac: str, content: Content) -> str:
    """The link of the chain; '' when the algorithm's name is not one of the two."""
    if algorithm not in ("sm3", "sha256"):
        return ""
    about = _sorted([previous, algorithm, position, mac]).encode("utf-8", "replace")
    return hashlib.new(algorithm, about + canonical(content)).hexdigest()


def chain(position: int, digest: str, rows: Iterable[Sealed]) -> list[Link]:
    """The next links after ``position`` and ``digest``, in the order of ``rows``."""
    links: list[Link] = []
    for row in rows:
        position += 1
        digest = digest_of(digest, ALGORITHM, position, row.mac, row.content)
        links.append(Link(row.content.id, position, ALGORITHM, digest))
    return links


def mac_holds(keys: KeyRing, row: Sealed) -> bool:
    return _matches(keys, canonical(row.content), row.content.key_id, row.mac)


def head_mac(keys: KeyRing, position: int, digest: str) -> str:
    return keys.authenticate(_head_bytes(position, digest, keys.audit_id))


def head_holds(keys: KeyRing, head: Head) -> bool:
    return _matches(keys, _head_bytes(head.position, head.digest, head.key_id), head.key_id, head.mac)


def _head_bytes(position: int, digest: str, key_id: str) -> bytes:
    return _sorted(["head", position, digest, key_id]).encode()


def _matches(keys: KeyRing, content: bytes, key_id: str, mac: object) -> bool:
    try:
        expected = keys.authenticate(content, key_id)
    except KeyError:
        return False
    return compare_digest(expected.encode(), str(mac).encode())
