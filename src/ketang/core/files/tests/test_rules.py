import pytest

from ketang.core.files.rules import byte_range, clean_name, disposition, is_program, sniff
from ketang.core.files.types import Kind


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n\x00", "image/png"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x18ftypheic\x00", "image/heic"),
        (b"\x00\x00\x00\x18ftypmif1\x00", "image/heic"),
        (b"\x00\x00\x00\x18ftypM4A \x00", "audio/mp4"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "audio/wav"),
        (b"OggS\x00\x02", "audio/ogg"),
        (b"ID3\x03\x00", "audio/mpeg"),
        (b"\xff\xfb\x90\x00", "audio/mpeg"),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\x82\x84webm", "audio/webm"),
        (b"%PDF-1.7\n", "application/pdf"),
    ],
)
def test_the_content_decides_the_type(head, media_type):
    kind = sniff(head)
    assert kind is not None
    assert kind.media_type == media_type


@pytest.mark.parametrize(
    "head",
    [
        b"<!doctype html><script>",
        b"#!/bin/sh",
        b"MZ\x90\x00",
        b"PK\x03\x04",
        b"<svg onload=1>",
        b"GIF90a",
        b"",
    ],
)
def test_anything_else_is_no_file_of_ours(head):
    assert sniff(head) is None


@pytest.mark.parametrize(
    "head", [b"\xef\xbb\xbf <html>", b"<?xml version=1?><svg>", b"#!/usr/bin/env python", b"\x7fELF"]
)
def test_a_page_or_a_program_is_recognised_to_say_so(head):
    assert is_program(head)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\Users\\wang\\井盖.HEIC", "井盖.jpg"),
        ("a\x00b\r\nSet-Cookie: x.png", "abSet-Cookie x.jpg"),
        ("gpj.\u202eexe.jpg", "gpj.exe.jpg"),
        ("", "file.jpg"),
        ("...", "file.jpg"),
        ("长" * 300, "长" * 80 + ".jpg"),
    ],
)
def test_a_name_keeps_no_path_no_controls_and_its_true_extension(given, kept):
    assert clean_name(given, "jpg") == kept


def test_only_pictures_show_in_the_page():
    assert disposition(Kind.IMAGE, "a.jpg").startswith("inline")
    assert disposition(Kind.PDF, '"; filename=x.html').startswith("attachment; filename*=UTF-8''%22%3B")


@pytest.mark.parametrize(
    ("header", "part"),
    [("bytes=0-", (0, 99)), ("bytes=10-19", (10, 19)), ("bytes=-5", (95, 99)), ("bytes=90-500", (90, 99)),
     ("bytes=200-", None), ("bytes=-", None), ("bytes=0-1,5-6", None), ("", None)],
)  # fmt: skip
def test_a_player_may_ask_for_one_range(header, part):
    assert byte_range(header, 100) == part
