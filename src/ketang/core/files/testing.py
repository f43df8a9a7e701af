"""Files for everybody's tests, made in memory."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

SHANGYU = (120.87, 30.03)


def photo_bytes(
    size: tuple[int, int] = (640, 480), position: tuple[float, float] | None = None, colour: int = 90
) -> bytes:
    """A small JPEG; with ``position`` (lon, lat) its EXIF carries it, with a camera's name."""
    image = Image.new("RGB", size, (colour, 120, 110))
    exif = Image.Exif()
    exif[0x010F] = "SecretCameraMaker"
    if position:
        exif[0x8825] = {1: "N", 2: _dms(position[1]), 3: "E", 4: _dms(position[0])}
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


def photo(name: str = "井盖.jpg", **options: object) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, photo_bytes(**options), content_type="image/jpeg")  # type: ignore[arg-type]


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/jpeg")


def _dms(value: float) -> tuple[float, float, float]:
    minutes = (value % 1) * 60
    return (float(int(value)), float(int(minutes)), round((minutes % 1) * 60, 4))
