"""Keys, field encryption (SM4-GCM), blind index and digests. GM/T 0002, 0004; no tables, no Django.

Three kinds of key, each with an id, none ever in a backup: *data* keys encrypt fields (the newest
writes, older ones still read), the *index* key makes blind indexes, the *audit* key authenticates rows.
"""

import base64
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers import Cipher, modes

from ketang.kernel.errors import KetangError


class KeysMissing(KetangError):
    message = "还没有密钥：请先运行 ketang init。"


class CannotOpen(KetangError):
    status = 500
    message = "这一项解不开：缺少密钥 %(key)s，或内容被改动过。"


@dataclass(frozen=True)
class KeyRing:
    """``data``: id → 16-byte SM4 key; ``current`` names the one that writes."""

    data: dict[str, bytes]
    current: str
    index_id: str
    index: bytes
    audit_id: str
    audit: bytes
    session_secret: str

    def seal(self, text: str, about: str) -> str:
        """Encrypt ``text``; ``about`` ("cases.Party.phone") is authenticated, so a value moved to
        another column does not open. Shape: ``<key id>.<base64url(nonce 12 + ciphertext + tag 16)>``."""
        if not text:
            return ""
        nonce = os.urandom(12)
        enc = Cipher(SM4(self.data[self.current]), modes.GCM(nonce)).encryptor()
        enc.authenticate_additional_data(about.encode())
        body = nonce + enc.update(text.encode()) + enc.finalize() + enc.tag
        return f"{self.current}.{base64.urlsafe_b64encode(body).decode()}"

    def open(self, sealed: str, about: str) -> str:
        """The text behind ``seal``'s result. Raises CannotOpen on a lost key or a changed byte."""
        if not sealed:
            return ""
        key_id, _, body64 = sealed.partition(".")
        try:
            body = base64.urlsafe_b64decode(body64)
            dec = Cipher(SM4(self.data[key_id]), modes.GCM(body[:12], body[-16:])).decryptor()
            dec.authenticate_additional_data(about.encode())
            return (dec.update(body[12:-16]) + dec.finalize()).decode()
        except (KeyError, InvalidTag, ValueError) as error:
            raise CannotOpen(key=key_id) from error

    def blind(self, text: str, about: str) -> str:
        """A 32-hex-digit token for exact look-up of an encrypted value; '' for ''. Callers normalise first."""
        if not text:
            return ""
        return hmac.new(self.index, f"{about}\0{text}".encode(), hashlib.sha256).hexdigest()[:32]

    def authenticate(self, content: bytes) -> str:
        """MAC of an audit row under the audit key."""
        return hmac.new(self.audit, content, hashlib.sha256).hexdigest()


def throwaway_keys() -> KeyRing:
    """A ring for tests and for commands that touch no data; forgotten with the process."""
    return KeyRing({"d0": b"0" * 16}, "d0", "i0", b"1" * 32, "a0", b"2" * 32, "test-only-secret")


def load_keys(folder: Path, *, throwaway: bool = False) -> KeyRing:
    """Read the ring: ``KETANG_DATA_KEYS`` (id:base64,… newest last), ``KETANG_INDEX_KEY``,
    ``KETANG_AUDIT_KEY`` (id:base64) and ``KETANG_SESSION_SECRET`` override the files."""
    if throwaway:
        return throwaway_keys()
    data = dict(_pairs(os.environ.get("KETANG_DATA_KEYS") or _read(folder / "data.keys")))
    index_id, index = _one(os.environ.get("KETANG_INDEX_KEY") or _read(folder / "index.key"))
    audit_id, audit = _one(os.environ.get("KETANG_AUDIT_KEY") or _read(folder / "audit.key"))
    secret = os.environ.get("KETANG_SESSION_SECRET") or _read(folder / "session.secret")
    if not data or not index or not audit or not secret:
        raise KeysMissing
    return KeyRing(data, list(data)[-1], index_id, index, audit_id, audit, secret.strip())


def create_keys(folder: Path) -> list[str]:
    """Create what is missing (mode 0600) and return the names created; existing keys stay."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = []
    for name, size in (("data.keys", 16), ("index.key", 32), ("audit.key", 32)):
        made += _create(folder / name, f"{new_key_id()}:{_b64(secrets.token_bytes(size))}\n")
    return made + _create(folder / "session.secret", secrets.token_urlsafe(48) + "\n")


def add_data_key(folder: Path) -> str:
    """Append a fresh data key, which writes from the next start on; return its id."""
    key_id = new_key_id()
    with (folder / "data.keys").open("a") as file:
        file.write(f"{key_id}:{_b64(secrets.token_bytes(16))}\n")
    return key_id


def new_key_id() -> str:
    return "k" + secrets.token_hex(4)


def _create(path: Path, text: str) -> list[str]:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return []
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    return [path.name]


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def _pairs(text: str) -> list[tuple[str, bytes]]:
    items = [line.strip() for line in text.replace(",", "\n").splitlines() if line.strip()]
    return [(name, base64.b64decode(body)) for name, _, body in (item.partition(":") for item in items)]


def _one(text: str) -> tuple[str, bytes]:
    pairs = _pairs(text)
    return pairs[-1] if pairs else ("", b"")
