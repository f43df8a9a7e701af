"""Pictures in, pictures without a past out: decoded, turned upright, metadata dropped, thumbnails made.

Re-encoding is what makes a polyglot (a picture that is also a page or an archive) harmless.
"""

import io
import threading
import warnings
from dataclasses import dataclass
from typing import IO, Any

import pillow_heif
from PIL import ExifTags, Image, ImageOps

from ketang.core.files.rules import JPEG, PNG
from ketang.core.files.types import SIZES, FileBroken, PictureTooBig, Sniffed

pillow_heif.register_heif_opener(thumbnails=False)

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "HEIF")
MAX_PIXELS = 50_000_000  # a 48-megapixel phone; 150 MB decoded
MAX_EDGE = 4096  # what is kept; enough to read a number plate across a street
# One picture is decoded at a time per process: two would double the memory of a worker.
_decoding = threading.Lock()


@dataclass(frozen=True, slots=True)
class Picture:
    content: bytes
    kind: Sniffed
    width: int
    height: int
    thumbs: dict[int, bytes]
    position: tuple[float, float] | None


def read(file: IO[bytes], name: str) -> Picture:
    """Decode and rebuild; raises FileBroken for what does not decode to its end, PictureTooBig for a bomb."""
    with _decoding, warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(file, formats=FORMATS) as image:
                return _rebuild(image, name)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise PictureTooBig(name=name, width="?", height="?", limit=MAX_PIXELS // 10_000) from error
        except PictureTooBig:
            raise
        except Exception as error:  # decoders fail in as many ways as there are broken files
            raise FileBroken(name=name) from error


def _rebuild(image: Image.Image, name: str) -> Picture:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise PictureTooBig(name=name, width=width, height=height, limit=MAX_PIXELS // 10_000)
    position = _position(image)
    image.draft("RGB", (MAX_EDGE, MAX_EDGE))  # JPEG only: decodes at a smaller scale where that is enough
    image.load()
    kind = PNG if image.format == "PNG" else JPEG
    plain = _upright(image, keep_alpha=kind is PNG)
    plain.thumbnail((MAX_EDGE, MAX_EDGE))
    thumbs = {size: _encode(_small(plain, size), "WEBP", quality=78, method=2) for size in SIZES}
    content = _encode(plain, "PNG") if kind is PNG else _encode(plain, "JPEG", quality=88, optimize=True)
    return Picture(content, kind, plain.width, plain.height, thumbs, position)


def _upright(image: Image.Image, *, keep_alpha: bool) -> Image.Image:
    """New pixels without any of the file's metadata: nothing is copied but colour."""
    turned = ImageOps.exif_transpose(image) or image
    alpha = keep_alpha and ("A" in turned.getbands() or "transparency" in turned.info)
    plain = turned.convert("RGBA" if alpha else "RGB")
    plain.info = {}
    return plain


def _small(image: Image.Image, edge: int) -> Image.Image:
    copy = image.convert("RGB")
    copy.thumbnail((edge, edge))
    return copy


def _encode(image: Image.Image, format: str, **options: Any) -> bytes:  # noqa: A002 - Pillow's word
    out = io.BytesIO()
    image.save(out, format, exif=b"", **options)
    return out.getvalue()


def _position(image: Image.Image) -> tuple[float, float] | None:
    """WGS-84 (lon, lat) from EXIF, None when absent or nonsense."""
    try:
        gps = image.getexif().get_ifd(ExifTags.IFD.GPSInfo)
        lat = _degrees(gps[2]) * (-1 if str(gps.get(1, "N")).upper() == "S" else 1)
        lon = _degrees(gps[4]) * (-1 if str(gps.get(3, "E")).upper() == "W" else 1)
    except (KeyError, TypeError, ValueError, ZeroDivisionError, SyntaxError):
        return None
    return (lon, lat) if -180 <= lon <= 180 and -90 <= lat <= 90 and (lon, lat) != (0, 0) else None


def _degrees(parts: Any) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    return round(degrees + minutes / 60 + seconds / 3600, 7)
