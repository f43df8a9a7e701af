import io
import os
from collections import namedtuple
from datetime import timedelta

import pillow_heif
import pytest
from PIL import Image

from ketang.core.files import actions, api, store
from ketang.core.files.models import File
from ketang.core.files.testing import SHANGYU, photo, photo_bytes, upload
from ketang.core.files.types import (
    FileBroken,
    FileEmpty,
    FileIsProgram,
    FileLost,
    FileRefused,
    FileTooLarge,
    NoSpace,
    PictureTooBig,
)
from ketang.kernel import clock
from ketang.kernel.actor import ANONYMOUS, Actor

pytestmark = pytest.mark.django_db
WANG = Actor("staff", 7)
NOW = clock.now()
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def keep(sent, actor=WANG, **more):
    return api.keep(sent, actor, now=NOW, **more)


def stored(file_id):
    row = File.objects.get(pk=file_id)
    return row, store.path_of(row.sha256, row.extension).read_bytes()


def test_position_and_camera_are_gone_from_what_is_kept():
    row, content = stored(keep(photo(position=SHANGYU)))
    assert b"SecretCameraMaker" not in content
    assert not dict(Image.open(io.BytesIO(content)).getexif())
    assert (row.lon, row.lat) == (None, None)
    assert row.sha256 == store.digest(content)


def test_a_shared_position_is_kept_in_the_row_and_still_not_in_the_picture():
    row, content = stored(keep(photo(position=SHANGYU), share_position=True))
    assert (row.lon, row.lat) == pytest.approx(SHANGYU, abs=1e-5)
    assert not dict(Image.open(io.BytesIO(content)).getexif())


def test_a_heic_photo_becomes_a_jpeg_that_every_browser_shows():
    out = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (320, 240), (200, 10, 10))).save(out, format="HEIF")
    row, content = stored(keep(upload("IMG_0001.HEIC", out.getvalue())))
    assert (row.media_type, row.width, row.height, row.name) == ("image/jpeg", 320, 240, "IMG_0001.jpg")
    assert Image.open(io.BytesIO(content)).format == "JPEG"


def test_a_sideways_photo_is_turned_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    Image.new("RGB", (400, 300)).save(out, "JPEG", exif=exif)
    row, _ = stored(keep(upload("a.jpg", out.getvalue())))
    assert (row.width, row.height) == (300, 400)


def test_both_thumbnails_are_made():
    row, _ = stored(keep(photo(size=(2000, 1000))))
    sizes = {size: Image.open(store.thumb_of(row.sha256, size)).size for size in (320, 1280)}
    assert sizes == {320: (320, 160), 1280: (1280, 640)}


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"<html><script>alert(1)</script></html>", FileIsProgram),
        (b"#!/bin/sh\nrm -rf /\n", FileIsProgram),
        (b"<svg xmlns='x' onload='alert(1)'/>", FileIsProgram),
        (b"PK\x03\x04 a zip", FileRefused),
        (b"", FileEmpty),
        (b"\xff\xd8\xff\xe0 not really a jpeg", FileBroken),
        (photo_bytes()[:2000], FileBroken),
        (PDF[:-7], FileBroken),
    ],
)
def test_what_is_not_a_whole_file_of_ours_is_refused_and_leaves_nothing(content, refusal, media):
    with pytest.raises(refusal):
        keep(upload("照片.jpg", content))
    assert not File.objects.exists()
    assert not [path for path in media.rglob("*") if path.is_file()]


def test_a_picture_that_is_also_a_page_loses_the_page():
    _, content = stored(keep(upload("x.jpg", photo_bytes() + b"<script>alert(1)</script>")))
    assert b"<script>" not in content


def test_a_decompression_bomb_is_refused_before_it_is_decoded():
    out = io.BytesIO()
    Image.new("1", (9000, 9000)).save(out, "PNG")
    with pytest.raises(PictureTooBig):
        keep(upload("bomb.png", out.getvalue()))


def test_a_file_over_the_limit_is_refused(settings):
    settings.MAX_UPLOAD_BYTES = 1024
    with pytest.raises(FileTooLarge):
        keep(upload("a.pdf", PDF + b"\0" * 2000))


def test_a_full_disk_is_refused_before_anything_is_written(monkeypatch, media):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(store.shutil, "disk_usage", lambda _: usage(10, 10, 0))
    with pytest.raises(NoSpace):
        keep(photo())
    assert not [path for path in media.rglob("*") if path.is_file()]


def test_a_disk_that_fills_while_writing_leaves_no_half_file(monkeypatch, media):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store.os, "fsync", full)
    with pytest.raises(NoSpace):
        keep(upload("a.pdf", PDF))
    assert not File.objects.exists()
    assert not [path for path in media.rglob("*") if path.is_file()]


def test_the_same_upload_twice_is_one_file():
    assert keep(photo()) == keep(photo())
    assert File.objects.count() == 1


def test_two_anonymous_people_with_the_same_picture_get_files_of_their_own():
    first = keep(photo(), ANONYMOUS)
    assert keep(photo(), ANONYMOUS) != first
    assert keep(photo(), ANONYMOUS, mine=[first]) == first


def test_attaching_twice_is_harmless_and_to_a_second_subject_is_refused():
    one = keep(photo())
    api.attach([one], "case", 12, 1, NOW)
    api.attach([one], "case", 12, 1, NOW)
    with pytest.raises(FileLost):
        api.attach([one], "case", 13, 1, NOW)
    with pytest.raises(FileLost):
        api.attach(["../../etc/passwd"], "case", 13, 1, NOW)
    assert [facts.id for facts in api.of("case", 12)] == [one]
    assert api.of("case", 13) == []


def test_removal_takes_the_bytes_and_leaves_the_proof(django_capture_on_commit_callbacks):
    one = keep(photo())
    api.attach([one], "case", 12, 1, NOW)
    row, _ = stored(one)
    with django_capture_on_commit_callbacks(execute=True):
        assert api.remove([one], "保存期限已满", now=NOW) == 1
    assert not store.path_of(row.sha256, row.extension).exists()
    facts = api.of("case", 12)[0]
    assert facts.removed
    assert (facts.sha256, facts.name, facts.thumb) == (row.sha256, "", "")
    assert api.remove([one], "again", now=NOW) == 0


def test_removal_spares_bytes_that_another_file_shares(django_capture_on_commit_callbacks):
    one = keep(upload("a.pdf", PDF), WANG)
    two = keep(upload("b.pdf", PDF), Actor("staff", 8))
    with django_capture_on_commit_callbacks(execute=True):
        api.remove([one], "done", now=NOW)
    assert stored(two)[1] == PDF


def test_the_sweeper_takes_only_what_waited_a_day(django_capture_on_commit_callbacks, media):
    waiting, kept = keep(photo(colour=1)), keep(photo(colour=2))
    api.attach([kept], "case", 1, 1, NOW)
    assert actions.sweep(NOW + timedelta(hours=23)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.sweep(NOW + timedelta(hours=25)) == 1
    assert File.objects.get(pk=waiting).removed_at
    assert stored(kept)[1]


def test_the_sweeper_takes_half_written_parts_left_by_a_crash(media):
    folder = media / "ab" / "cd"
    folder.mkdir(parents=True)
    part = folder / ".part-123"
    part.write_bytes(b"half")
    os.utime(part, (0, 0))
    actions.sweep(NOW)
    assert not part.exists()
