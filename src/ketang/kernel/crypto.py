"""Keys, field encryption (SM4-GCM), blind index and digests. GM/T 0002, 0004; no tables, no Django.

Three kinds of key, each with an id, none ever in a backup: *data* keys encrypt fields (the newest
writes, older ones still read), the *index* key makes blind indexes, the *audit* key authenticates rows.
"""

import base64
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import SM4

from ketang.kernel.errors import KetangError


class KeysMissing(KetangError):
    message = "还没有密钥：请先运行 ketang init。"


class CannotOpen(KetangError):
    status = 500
    message = "这一项解不开：缺少密钥 %(key)s，或内容被改动过。"


@dataclass(frozen=True)
class KeyRing:
    """``data``: id → 16-byte SM4 key, oldest first; the newest writes. A process that meets a value of a
    key it does not know reads ``folder`` again: another process may have rotated the keys meanwhile."""

    data: dict[str, bytes]
    index_id: str
    index: bytes
    audit_id: str
    audit: bytes
    session_secret: str
    folder: Path | None = None
    audit_older: dict[str, bytes] = field(default_factory=dict)

    @property
    def current(self) -> str:
        """The id of the key that writes."""
        return next(reversed(self.data), "")

    @property
    def missing(self) -> list[str]:
        """The parts that are not there; such a ring reads the rest and refuses to write."""
        parts = {"data": self.data, "index": self.index, "audit": self.audit, "session": self.session_secret}
        return [name for name, part in parts.items() if not part]

    def seal(self, text: str, about: str) -> str:
        """Encrypt ``text``; ``about`` ("cases.Party.phone") is authenticated, so a value moved to
        another column does not open. Shape: ``<key id>.<base64url(nonce 12 + ciphertext + tag 16)>``."""
        if not text:
            return ""
        if not self.data:
            raise KeysMissing
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
            dec = Cipher(SM4(self._key(key_id)), modes.GCM(body[:12], body[-16:])).decryptor()
            dec.authenticate_additional_data(about.encode())
            return (dec.update(body[12:-16]) + dec.finalize()).decode()
        except (KeyError, InvalidTag, ValueError) as error:
            raise CannotOpen(key=key_id) from error

    def blind(self, text: str, about: str) -> str:
        """32 hex digits for exact look-up of an encrypted value; '' for ''. Callers normalise first."""
        if not text:
            return ""
        if not self.index:
            raise KeysMissing
        return hmac.new(self.index, f"{about}\0{text}".encode(), hashlib.sha256).hexdigest()[:32]

    def authenticate(self, content: bytes, key_id: str = "") -> str:
        """MAC of an audit row under the audit key, or under the older one named. KeyError: no such key."""
        if not self.audit:
            raise KeysMissing
        key = self.audit if key_id in ("", self.audit_id) else self.audit_older[key_id]
        return hmac.digest(key, content, "sha256").hex()

    def _key(self, key_id: str) -> bytes:
        if key_id not in self.data and self.folder:
            self.data.update(_data_keys(self.folder))
        return self.data[key_id]


def throwaway_keys() -> KeyRing:
    """A ring for tests and for commands that touch no data; forgotten with the process."""
    return KeyRing({"d0": b"0" * 16}, "i0", b"1" * 32, "a0", b"2" * 32, "test-only-secret")


def load_keys(folder: Path, *, throwaway: bool = False) -> KeyRing:
    """Read the ring: ``KETANG_DATA_KEYS`` (id:base64,… newest last), ``KETANG_INDEX_KEY``,
    ``KETANG_AUDIT_KEY`` (id:base64) and ``KETANG_SESSION_SECRET`` override the files. What is not there
    is left empty and told by ``missing``: ``--help`` and ``restore`` work without keys."""
    if throwaway:
        return throwaway_keys()
    index_id, index = _one(os.environ.get("KETANG_INDEX_KEY") or _read(folder / "index.key"))
    audits = dict(_pairs(os.environ.get("KETANG_AUDIT_KEY") or _read(folder / "audit.key")))
    audit_id, audit = list(audits.items())[-1] if audits else ("", b"")
    secret = os.environ.get("KETANG_SESSION_SECRET") or _read(folder / "session.secret")
    return KeyRing(_data_keys(folder), index_id, index, audit_id, audit, secret.strip(), folder, audits)


def create_keys(folder: Path) -> list[str]:
    """Create what is missing (mode 0600) and return the names created; existing keys stay, and what the
    environment gives is not made."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = []
    for name, size, variable in (
        ("data.keys", 16, "KETANG_DATA_KEYS"),
        ("index.key", 32, "KETANG_INDEX_KEY"),
        ("audit.key", 32, "KETANG_AUDIT_KEY"),
    ):
        if not os.environ.get(variable):
            made += _create(folder / name, f"{new_key_id()}:{_b64(secrets.token_bytes(size))}\n")
    if not os.environ.get("KETANG_SESSION_SECRET"):
        made += _create(folder / "session.secret", secrets.token_urlsafe(48) + "\n")
    return made


def add_data_key(folder: Path) -> str:
    """Append a fresh data key, which writes from now on in this process and from the next start or the
    first value it does not know in others; return its id."""
    key_id = new_key_id()
    line = f"{key_id}:{_b64(secrets.token_bytes(16))}"
    _rewrite(folder / "data.keys", [*_lines(_read(folder / "data.keys")), line])
    return key_id


def retire_data_keys(folder: Path, keep: str) -> list[str]:
    """Move every data key but ``keep`` to ``retired.keys``, which only older backups need; return the ids."""
    lines = _lines(_read(folder / "data.keys"))
    old = [line for line in lines if not line.startswith(keep + ":")]
    if old:
        _rewrite(folder / "retired.keys", [*_lines(_read(folder / "retired.keys")), *old])
        _rewrite(folder / "data.keys", [line for line in lines if line not in old])
    return [line.partition(":")[0] for line in old]


def new_key_id() -> str:
    return "k" + secrets.token_hex(4)


def _create(path: Path, text: str) -> list[str]:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return []
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())  # a key lost in a power cut is data lost for good
    return [path.name]


def _rewrite(path: Path, lines: list[str]) -> None:
    """Replace a key file in one step: after a crash it is the old one or the new one, never half."""
    fresh = path.with_suffix(".fresh")
    fresh.unlink(missing_ok=True)
    _create(fresh, "\n".join(lines) + "\n")
    fresh.replace(path)


def _data_keys(folder: Path) -> dict[str, bytes]:
    return dict(_pairs(os.environ.get("KETANG_DATA_KEYS") or _read(folder / "data.keys")))


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.replace(",", "\n").splitlines() if line.strip()]


def _pairs(text: str) -> list[tuple[str, bytes]]:
    parts = (line.partition(":") for line in _lines(text))
    return [(name, base64.b64decode(body)) for name, _, body in parts]


def _one(text: str) -> tuple[str, bytes]:
    pairs = _pairs(text)
    return pairs[-1] if pairs else ("", b"")
