import io
import json
import logging

import pytest
import structlog
from django.core.exceptions import SuspiciousOperation

from ketang.config import logs, requests
from ketang.config.requests import path_of


@pytest.fixture
def lines(monkeypatch):
    """Log as a server does, and give back the lines as JSON."""
    root, handlers, level = logging.getLogger(), logging.getLogger().handlers[:], logging.getLogger().level
    out = io.StringIO()
    monkeypatch.setattr("sys.stderr", out)
    logs.setup("json", "info")

    def read():
        return [json.loads(line) for line in out.getvalue().splitlines()]

    yield read
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.django_db
def test_a_request_leaves_one_line_with_path_status_time_and_id_but_no_query(client, lines, monkeypatch):
    monkeypatch.setattr(requests, "log", structlog.get_logger("ketang.request"))
    answer = client.get("/no-such-page?phone=13857512345")
    (line,) = [found for found in lines() if found["event"] == "request"]
    assert line["path"] == "/no-such-page"
    assert line["status"] == answer.status_code == 404
    assert line["request_id"] == answer["X-Request-ID"]
    assert line["ms"] > 0
    assert "13857512345" not in json.dumps(line)


@pytest.mark.parametrize("text", ["电话13857512345。", "身份证 330682199001011234", "33068219900101123X"])
def test_phone_and_id_numbers_are_swept_out_of_any_line(lines, text):
    structlog.get_logger("any").info("note", text=text)
    logging.getLogger("django").warning("note %s", text)
    for line in lines():
        assert "〔隐〕" in json.dumps(line, ensure_ascii=False)
        assert "1234" not in json.dumps(line)


@pytest.mark.parametrize("text", ["330604001003012", "case 1385751", "1763805600000"])
def test_area_codes_and_times_stay(lines, text):
    structlog.get_logger("any").info("note", text=text)
    assert lines()[0]["text"] == text


def test_what_opens_something_by_itself_stays_out_of_the_path(rf):
    request = rf.get("/s/K7Q2M9X4B1/photo")
    request.resolver_match = type("Match", (), {"kwargs": {"receipt": "K7Q2M9X4B1"}, "route": "s/<receipt>"})
    assert path_of(request) == "/s/<receipt>/photo"


def test_what_a_client_sent_wrongly_is_one_line_without_a_traceback(lines):
    try:
        raise SuspiciousOperation("too many fields")
    except SuspiciousOperation:
        logging.getLogger("django.security.SuspiciousOperation").exception("too many fields")
        logging.getLogger("ketang").exception("ours")
    theirs, ours = lines()
    assert "exception" not in theirs
    assert "exception" in ours
