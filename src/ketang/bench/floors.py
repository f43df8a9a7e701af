"""Floors: what the same database does with the same SQL and no product around it."""

import multiprocessing
import os
import re
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import connection, transaction

PROCESSES, CONNECTIONS = 2, 4
Statement = tuple[str, tuple[Any, ...]]
CONTROL = re.compile(r"^\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)", re.I)


@dataclass
class Recorder:
    """An execute wrapper that notes every statement with its parameters, and the case's id."""

    statements: list[Statement]
    case_id: int = 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        if not CONTROL.match(sql):
            self.statements.append((sql, tuple(params or ())))
        return result


def record(create: Callable[[int], int], count: int) -> list[tuple[list[Statement], int]]:
    """``count`` creates recorded and undone: (statements, id that the case had)."""
    takes = []
    for number in range(count):
        recorder = Recorder([])
        with transaction.atomic(), connection.execute_wrapper(recorder):
            case_id = create(number)
            transaction.set_rollback(True)
        takes.append((recorder.statements, case_id))
    return takes


def replay_per_s(url: str, takes: list[tuple[list[Statement], int]]) -> float:
    """The creates' own SQL from 2 processes × 4 bare connections: reads first, then the writes in one
    transaction, the new case's id put where the recorded one stood."""
    return _spread(_replay, url, takes)


def insert_per_s(url: str, takes: list[tuple[list[Statement], int]]) -> float:
    """One bare committed INSERT per case, the same connections."""
    only = [
        ([s for s in statements if s[0].startswith('INSERT INTO "cases_case"')], i) for statements, i in takes
    ]
    return _spread(_replay, url, only)


def _spread(job: Callable[..., None], url: str, takes: list[Any]) -> float:
    context = multiprocessing.get_context("fork")
    shares = [takes[n::PROCESSES] for n in range(PROCESSES)]
    gate = context.Barrier(PROCESSES + 1)
    workers = [context.Process(target=_process, args=(job, url, share, gate)) for share in shares]
    for worker in workers:
        worker.start()
    gate.wait()
    started = time.perf_counter()
    for worker in workers:
        worker.join()
    spent = time.perf_counter() - started
    if any(worker.exitcode for worker in workers):
        raise RuntimeError("the floor could not be measured: a replayed statement failed")
    return round(len(takes) / spent, 1)


def _process(job: Callable[..., None], url: str, takes: list[Any], gate: Any) -> None:
    links = [psycopg.connect(url, autocommit=True) for _ in range(CONNECTIONS)]
    shares = [takes[n::CONNECTIONS] for n in range(CONNECTIONS)]
    gate.wait()
    try:
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            list(pool.map(job, links, shares))
    except Exception:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)  # without the parent's clean-up, which would close the parent's own connections


def _replay(link: psycopg.Connection[Any], takes: list[tuple[list[Statement], int]]) -> None:
    for statements, recorded_id in takes:
        first = next((n for n, (sql, _) in enumerate(statements) if not sql.startswith("SELECT")), 0)
        for sql, params in statements[:first]:
            link.execute(sql.encode(), params).fetchall()
        with link.transaction():
            _writes(link, statements[first:], recorded_id)


def _writes(link: psycopg.Connection[Any], statements: list[Statement], recorded_id: int) -> None:
    new_id = recorded_id
    for sql, params in statements:
        cursor = link.execute(sql.encode(), tuple(_with_id(value, recorded_id, new_id) for value in params))
        if sql.startswith('INSERT INTO "cases_case"'):
            row = cursor.fetchone()
            new_id = row[0] if row else recorded_id


def _with_id(value: Any, recorded: int, new: int) -> Any:
    if isinstance(value, list):  # Django's bulk INSERT … SELECT FROM unnest
        return [_with_id(each, recorded, new) for each in value]
    if value == recorded and not isinstance(value, bool):
        return new
    if isinstance(value, str) and value == f"case:{recorded}":
        return f"case:{new}"
    return value
