"""What a file is, by its first bytes; what its name may keep. Pure."""

import re
import unicodedata
from urllib.parse import quote
from uuid import UUID

from ketang.core.files.types import Kind, Sniffed

JPEG = Sniffed(Kind.IMAGE, "image/jpeg", "jpg")
PNG = Sniffed(Kind.IMAGE, "image/png", "png")
WEBP = Sniffed(Kind.IMAGE, "image/webp", "webp")
GIF = Sniffed(Kind.IMAGE, "image/gif", "gif")
HEIC = Sniffed(Kind.IMAGE, "image/heic", "heic")
PDF = Sniffed(Kind.PDF, "application/pdf", "pdf")
M4A = Sniffed(Kind.AUDIO, "audio/mp4", "m4a")
MP3 = Sniffed(Kind.AUDIO, "audio/mpeg", "mp3")
OGG = Sniffed(Kind.AUDIO, "audio/ogg", "ogg")
WAV = Sniffed(Kind.AUDIO, "audio/wav", "wav")
WEBM = Sniffed(Kind.AUDIO, "audio/webm", "webm")

STARTS = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"%PDF-", PDF),
    (b"OggS", OGG),
    (b"ID3", MP3),
)
RIFF = {b"WEBP": WEBP, b"WAVE": WAV}
# ISO base media "brands": 'heic' and its kin are pictures, the rest sound as phones record it.
PICTURE_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1")
SOUND_BRANDS = (
    b"M4A ",
    b"M4B ",
    b"mp41",
    b"mp42",
    b"isom",
    b"iso2",
    b"iso5",
    b"iso6",
    b"dash",
    b"3gp4",
    b"3gp5",
)
# MPEG audio frames without a tag: sync word, then a layer (AAC's ADTS has layer 0 and is not taken).
MPEG_SYNC = (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xfa")

PROGRAM = re.compile(
    rb"<\s*(!doctype|html|head|body|script|svg|iframe|\?xml|\?php)|^#!|^MZ|^\x7fELF|javascript:", re.I
)
NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\/]+')
NAME_LENGTH = 80


def sniff(head: bytes) -> Sniffed | None:
    """The type by content (the first 512 bytes are enough), or None for what is not taken."""
    for start, kind in STARTS:
        if head.startswith(start):
            return kind
    if head[:4] == b"RIFF":
        return RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _brand(head)
    if head[:4] == b"\x1aE\xdf\xa3" and b"webm" in head[:64]:
        return WEBM
    return MP3 if head[:2] in MPEG_SYNC else None


def _brand(head: bytes) -> Sniffed | None:
    if head[8:12] in PICTURE_BRANDS:
        return HEIC
    return M4A if head[8:12] in SOUND_BRANDS else None


def is_program(head: bytes) -> bool:
    """A page or a program under another name; only to say so plainly, `sniff` refuses it anyway."""
    return bool(PROGRAM.search(head.lstrip(b"\xef\xbb\xbf \r\n\t")[:512]))


def is_whole(kind: Sniffed, tail: bytes) -> bool:
    """Whether the end is there, for types that have one (pictures are decoded instead)."""
    return b"%%EOF" in tail if kind is PDF else True


def shown_name(name: str) -> str:
    """A name as it may be repeated to its sender: no path, no controls, no direction marks."""
    text = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    text = "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cs"))
    return " ".join(NOT_IN_NAMES.sub(" ", text).split())[: NAME_LENGTH + 10]


def clean_name(name: str, extension: str) -> str:
    """A name to keep and to download under: with the extension that the content has."""
    text = shown_name(name).strip(" .")
    stem = text.rpartition(".")[0].strip(" .") or text
    return f"{stem[:NAME_LENGTH] or 'file'}.{extension}"


def disposition(kind: Kind, name: str) -> str:
    """RFC 6266. Pictures show in the page; everything else is only ever saved."""
    how = "inline" if kind is Kind.IMAGE else "attachment"
    return f"{how}; filename*=UTF-8''{quote(name, safe='')}"


def byte_range(header: str, size: int) -> tuple[int, int] | None:
    """The one range a player asks for ("bytes=0-", "bytes=-500"), or None to send all."""
    match = re.fullmatch(r"bytes=(\d*)-(\d*)", header.strip())
    if not match or match.group() == "bytes=-" or size == 0:
        return None
    first, last = match.groups()
    if not first:
        return max(0, size - int(last)), size - 1
    start, end = int(first), min(int(last or size - 1), size - 1)
    return (start, end) if start <= end else None


def is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
