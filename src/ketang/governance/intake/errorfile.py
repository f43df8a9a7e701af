"""Rejected rows as a file that one corrects and imports again: their own columns after one that says why."""

import csv
import io
import os
from pathlib import Path
from typing import IO

from ketang.governance.intake.reading import guarded
from ketang.governance.intake.types import ERROR_COLUMN, Row, RowError
from ketang.kernel.errors import BadInput

BOM = "\ufeff"  # so that spreadsheets take it for UTF-8


def place_for(source: Path) -> Path:
    """Beside the file that was imported, or here when that folder is not ours to write in."""
    name = f"{source.stem}.errors.csv"
    return source.with_name(name) if os.access(source.parent, os.W_OK) else Path.cwd() / name


def _open(path: Path) -> IO[bytes]:
    try:
        return path.open("wb")
    except OSError as error:
        raise BadInput(
            "有退回的行，但错误文件 %(path)s 写不了：%(why)s。",
            way_out="用 --errors 指一个能写的地方，再导入一次。",
            path=path,
            why=error.strerror,
        ) from error


class ErrorFile:
    """Opened with the first rejected row; ``size`` counts what has been flushed. ``path`` None: nowhere."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.size = 0
        self._header: tuple[str, ...] = ()
        self._file: IO[bytes] | None = None
        self._waiting: list[list[str]] = []

    def start(self, header: tuple[str, ...], size: int) -> None:
        """A resumed import cuts off what a killed batch had written after its last commit."""
        self._header = tuple(name for name in header if name != ERROR_COLUMN)
        self.size = size
        if self.path and size and self.path.exists():
            self._file = self.path.open("r+b")
            self._file.truncate(size)
            self._file.seek(size)
        else:
            self.size = 0

    def add(self, row: Row, errors: list[RowError]) -> None:
        """``row.cells`` as they came, so that nothing is lost that did not fit the header."""
        self._waiting.append([" ".join(str(e) for e in errors), *row.cells])

    def flush(self) -> None:
        """Write what waits, before its batch commits."""
        if not self._waiting or self.path is None:
            self._waiting.clear()
            return
        if self._file is None:
            self._file = _open(self.path)
            self._waiting.insert(0, [ERROR_COLUMN, *self._header])
        text = io.StringIO(newline="")
        csv.writer(text).writerows([guarded(cell) for cell in row] for row in self._waiting)
        self._file.write(((BOM if self.size == 0 else "") + text.getvalue()).encode())
        self._file.flush()
        self.size = self._file.tell()
        self._waiting.clear()

    def close(self) -> None:
        if self._file:
            self._file.close()
            self._file = None

    @property
    def written(self) -> bool:
        return self.size > 0
