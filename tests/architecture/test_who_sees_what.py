"""Every page × every role against a table that people can read: ``who_sees_what.tsv``.

Each line is a page, a variant (which case stands behind it), a method, and one status per role: 200 shown ·
302 sent on (a stranger: to the login) · 400 form incomplete (allowed, nothing was sent) · 403 not for this
role · 404 not there or not in scope · 405 no such method. After a change of pages or rights run
``KETANG_WRITE_TABLE=1 pytest -n0 tests/architecture/test_who_sees_what.py`` and read the difference.
"""

import csv
import os
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from tests.architecture.samples import BY_RECEIPT, COLUMNS, World, make_world, number, pages, token

TABLE = Path(__file__).with_name("who_sees_what.tsv")
METHODS = ("GET", "POST")
PARTS = 4  # so that several workers share the walk
HEAD = ("page", "variant", "method", *COLUMNS)
# What a stranger may open; everything else sends them to the login, is refused, or is not there.
PUBLIC = {
    "login", "login_phone", "login_code", "logout", "preferences", "home", "healthz", "readyz", "metrics",
    "report", "status_find", "files", "live", *BY_RECEIPT,
}  # fmt: skip
ADMINISTRATORS = ("system_admin", "security_admin", "audit_admin")
NOT_THERE = ("not in the table",) * len(COLUMNS)
Row = tuple[str, str, str]
Table = dict[Row, tuple[str, ...]]


def names(resolver: URLResolver | None = None) -> list[tuple[str, str]]:
    """``(name, route)`` of every page; a page without a name goes by its route."""
    found: list[tuple[str, str]] = []
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            found.append((pattern.name or str(pattern.pattern), str(pattern.pattern)))
        else:
            found += names(pattern)
    return found


def address(name: str, route: str, parameters: dict[str, object]) -> str:
    try:
        return reverse(name, kwargs=parameters)
    except NoReverseMatch:
        return f"/{route}" if not parameters and "<" not in route else ""


@dataclass
class Walk:
    """What one part of the walk saw. ``leaks``: pages that told somebody of a case they may not open."""

    table: Table = field(default_factory=dict)
    leaks: list[str] = field(default_factory=list)


@pytest.fixture(params=range(PARTS))
def walked(request, db, settings) -> Walk:
    """A part of the table as the house really behaves: page × method × role, each request undone.

    A method that no role may use on a page has no line.
    """
    world = make_world()
    clients, known, walk = world.clients(), pages(world), Walk()
    hidden = {column: _hidden_from(clients[column], column, world) for column in COLUMNS}
    for name, route in sorted(set(names()))[request.param :: PARTS]:
        for variant, parameters in known.get(name, {"": {}}).items():
            to = address(name, route, parameters)
            assert to, f"{name}: give its parameters a line in tests/architecture/samples.py"
            for method in METHODS:
                answers = {column: ask(clients[column], method, to) for column in COLUMNS}
                if {status for status, _ in answers.values()} != {"405"}:
                    walk.table[name, variant, method] = tuple(status for status, _ in answers.values())
                if name not in BY_RECEIPT:
                    walk.leaks += [
                        leak for c in COLUMNS for leak in told(hidden[c], answers[c][1], f"{to} to {c}")
                    ]
        if name == "find":
            searches = [f"/find?q={number(case)}" for case in world.cases.values()]
            bodies = ((c, to, ask(clients[c], "GET", to)[1]) for c in COLUMNS for to in searches)
            walk.leaks += [leak for c, to, body in bodies for leak in told(hidden[c], body, f"{to} to {c}")]
    return walk


def _hidden_from(client: Client, column: str, world: World) -> list[str]:
    """Words of the cases whose page this role may not open; a reporter reads of their own elsewhere."""
    if column == "reporter":
        return []
    closed = [
        n for n, case in world.cases.items() if ask(client, "GET", f"/cases/{number(case)}")[0] != "200"
    ]
    return [token(name) for name in closed]


def told(words: list[str], body: str, where: str) -> list[str]:
    return [f"{where}: {word}" for word in words if word in body]


def ask(client: Client, method: str, to: str) -> tuple[str, str]:
    """Status and body of an empty request. What it wrote is undone, and the client stays who it was."""
    session = client.cookies.get(django_settings.SESSION_COOKIE_NAME)
    kept = session.value if session else None
    point = transaction.atomic()
    point._from_testcase = True  # durable blocks of actions are outermost in life, not in this walk
    with point:
        response = client.generic(method, to)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        transaction.set_rollback(True)
    if kept is not None:
        client.cookies[django_settings.SESSION_COOKIE_NAME] = kept
    return str(response.status_code), body.decode("utf-8", "replace")


def written() -> Table:
    with TABLE.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file, delimiter="\t")
    assert tuple(head) == HEAD, "the table's columns are not those of samples.COLUMNS: write it anew"
    return {(row[0], row[1], row[2]): tuple(row[3:]) for row in rows}


def write(table: Table) -> None:
    """Put the lines of a part in the place of its pages' old ones; lines of pages that are gone go."""
    mine, there = {row[0] for row in table}, {name for name, _ in names()}
    old = written() if TABLE.exists() else {}
    kept = {row: statuses for row, statuses in old.items() if row[0] in there - mine}
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, delimiter="\t", lineterminator="\n")
        out.writerow(HEAD)
        out.writerows((*row, *statuses) for row, statuses in sorted((kept | table).items()))


def test_every_page_answers_every_role_as_the_table_says(walked):
    _check_table(walked.table)
    _check_principles(walked.table)
    assert walked.leaks == []


def _check_table(walked: Table) -> None:
    if os.environ.get("KETANG_WRITE_TABLE"):
        write(walked)
    mine = {row[0] for row in walked}
    expected = {row: statuses for row, statuses in written().items() if row[0] in mine}
    assert sorted(expected.keys() - walked.keys()) == [], "lines that no page answers any more"
    differences = [
        f"{' '.join(row)} as {column}: {is_} instead of {should}"
        for row, statuses in walked.items()
        for column, is_, should in zip(COLUMNS, statuses, expected.get(row, NOT_THERE), strict=True)
        if is_ != should
    ]
    assert differences == []


@pytest.mark.parametrize(
    ("column", "case"), [("dispatcher", "plain"), ("duty_dispatcher", "duty"), ("discipline", "sealed")]
)
def test_a_list_shows_the_words_that_the_walk_looks_for(db, column, case):
    """Else the search for leaks would search for nothing."""
    world = make_world()
    _, body = ask(world.clients()[column], "GET", "/work")
    assert token(case) in body


def test_the_table_names_every_page_and_no_other():
    there, told = {name for name, _ in names()}, {row[0] for row in written()}
    assert sorted(there - told) == [], "pages that are not in the table"
    assert sorted(told - there) == [], "lines of pages that are gone"


def _check_principles(table: Table) -> None:
    """What must hold whatever the table says: a table can be written anew without reading it."""
    for (name, variant, method), statuses in table.items():
        by = dict(zip(COLUMNS, statuses, strict=True))
        where = f"{name} {variant} {method}"
        assert all(status < "500" or status == "503" for status in statuses), where
        if name not in PUBLIC:
            assert by["anonymous"] in ("302", "401", "403", "404", "405"), where
        if variant and name not in BY_RECEIPT:  # a case stands behind it
            allowed = {column for column in COLUMNS if by[column] in ("200", "302", "400")} - {"anonymous"}
            assert not allowed & {*ADMINISTRATORS, "other_resident"}, where
            assert not allowed & {
                "grid_elsewhere",
                "village_elsewhere",
                "town_elsewhere",
                "handler_elsewhere",
            }, where
            if variant == "sealed":
                assert allowed <= {"discipline", "reporter"}, where
            if variant == "duty":
                assert allowed <= {"duty_dispatcher", "reporter"}, where


def test_no_two_pages_share_a_name():
    found = [name for name, _ in names()]
    assert sorted({name for name in found if found.count(name) > 1}) == []
