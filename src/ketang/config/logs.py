"""Logs: one line per request and per event, JSON for machines or coloured for a console, to stderr.

No personal data: a path without its query, ids instead of names, and the finished line is swept once more
for phone and ID numbers, because an exception's text may quote a row. ``KETANG_LOG`` json|console,
``KETANG_LOG_LEVEL`` debug|info|warning|error.
"""

import logging
import os
import re
import sys
from typing import Any

import structlog
from structlog.types import EventDict, Processor

PERSONAL = re.compile(
    r"(?<!\d)(?:\d{6}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx]|1[3-9]\d{9})(?!\d)"
)
CHATTY = {"django.db.backends": logging.WARNING, "PIL": logging.WARNING, "asyncio": logging.WARNING}


def setup(kind: str = "", level: str = "") -> None:
    """Send structlog's and the standard library's records through one chain to stderr."""
    kind = kind or os.environ.get("KETANG_LOG") or ("console" if sys.stderr.isatty() else "json")
    number = logging.getLevelNamesMapping().get(
        (level or os.environ.get("KETANG_LOG_LEVEL", "info")).upper(), 20
    )
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    render = [*_renderers(kind), sweep]
    structlog.configure(
        processors=[*shared, *render],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[remove, *render])
    )
    handler.addFilter(_without_traceback)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(number)
    # Our own line says every request; Django's adds something only when it brings a traceback.
    logging.getLogger("django.request").addFilter(lambda record: bool(record.exc_info))
    for name, least in CHATTY.items():
        logging.getLogger(name).setLevel(max(least, number))


def _without_traceback(record: logging.LogRecord) -> bool:
    """What a client sent wrongly is one line: only our own mistakes show where they are."""
    if record.name.startswith("django.security."):
        record.exc_info = record.exc_text = None
    return True


def sweep(_logger: Any, _method: str, line: str | EventDict) -> Any:
    """The rendered line without phone and ID numbers."""
    return PERSONAL.sub("〔隐〕", line) if isinstance(line, str) else line


def _renderers(kind: str) -> list[Processor]:
    if kind == "console":
        return [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
    return [
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
