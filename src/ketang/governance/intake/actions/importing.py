"""A file → orders, batch by batch. Each batch is one transaction with its progress, so a killed import
goes on where it stood, and importing the same file again changes nothing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import IntegrityError, transaction

from ketang.core.accounts.types import Person
from ketang.core.cases import api as cases
from ketang.core.cases.api import LoopBook, PastCase, PastOrder
from ketang.governance.intake import queries, rules
from ketang.governance.intake.errorfile import ErrorFile, place_for
from ketang.governance.intake.models import ImportRun
from ketang.governance.intake.playbook import Mapping
from ketang.governance.intake.reading import Table, read
from ketang.governance.intake.types import (
    ColumnsMissing,
    ImportRunning,
    Mode,
    Order,
    Report,
    Row,
    RowError,
    UnreadableFile,
)
from ketang.kernel import clock
from ketang.kernel.text import take_out_personal

BATCH = {Mode.HISTORY: 500, Mode.OPEN: 50}  # open orders go through the loop one by one: keep the lock short
SAMPLE = 3
ERRORS_KEPT = 1000  # for the screen; the error file has all


@dataclass
class Import:
    """One import under way. ``dry`` reads and checks everything and writes nothing."""

    name: str
    mapping: Mapping
    mode: Mode
    person: Person
    now: datetime
    book: LoopBook
    places: queries.Places
    run: ImportRun
    errors: ErrorFile
    dry: bool = False
    report: Report = field(default_factory=Report)
    told: Callable[[float], None] = lambda done: None
    table: Table | None = None

    def go(self, table: Table) -> Report:
        """Read the table to its end."""
        self.table = table
        missing = [c for c in self.mapping.columns() if c not in table.header]
        if missing:
            found = "、".join(table.header[:20])
            raise ColumnsMissing(mapping=self.name, missing="、".join(missing), found=found)
        twice = next((c for c in self.mapping.columns() if f"{c} (2)" in table.header), None)
        if twice:
            raise UnreadableFile(why=f"表头里“{twice}”出现了两次，不知道该读哪一列")
        self.report.resumed_at = self.run.last_row
        self.report.no_areas = not self.places.district
        self.errors.start(table.header, self.run.errors_size)
        for wave in self._waves(row for row in table.rows if row.number > self.run.last_row):
            self._take(wave)
            self.told(table.done())
        self._finish()
        return self.report

    def _waves(self, rows: Iterator[Row]) -> Iterator[list[Order | Row]]:
        """Batches in which no number occurs twice: a repeated number is an update of the one before."""
        wave: list[Order | Row] = []
        numbers: set[str] = set()
        for row in rows:
            read_ = rules.order_of(self.mapping, row, self.now, queries.row_digest)
            if isinstance(read_, list):
                self._reject(row, read_)
                wave.append(row)
            else:
                if read_.new.source_number in numbers:
                    yield wave
                    wave, numbers = [], set()
                numbers.add(read_.new.source_number)
                wave.append(read_)
            if len(wave) >= BATCH[self.mode]:
                yield wave
                wave, numbers = [], set()
        if wave:
            yield wave

    def _reject(self, row: Row, errors: list[RowError]) -> None:
        self.report.errors += errors[: max(0, ERRORS_KEPT - len(self.report.errors))]
        self.errors.add(row, errors)

    def _take(self, wave: list[Order | Row], again: bool = True) -> None:
        orders = [each for each in wave if isinstance(each, Order)]
        last = wave[-1].row.number if isinstance(wave[-1], Order) else wave[-1].number
        plan = self._plan(self.places.put(orders))
        try:
            self._write(plan, last, rejected=len(wave) - len(orders))
        except IntegrityError as clash:
            # Another import wrote one of these numbers in the meantime: look again, once.
            if not again:
                raise ImportRunning from clash
            self._take(wave, again=False)

    def _plan(self, orders: list[Order]) -> "Plan":
        known = cases.known_orders(self.mapping.source_system, [o.new.source_number for o in orders])
        plan = Plan()
        for order in orders:
            found = known.get(order.new.source_number)
            if found is None:
                plan.fresh.append(self._past(order))
                if len(self.report.sample) < SAMPLE:
                    self.report.sample.append(self._shown(order))
                self._count_unsorted(order, plan.fresh[-1].lead)
            elif order.row_hash in found[1]:
                plan.unchanged += 1
            else:
                plan.changed.append((found[0], self._past(order)))
        return plan

    def _past(self, order: Order) -> PastOrder:
        return PastOrder(
            order.new,
            mapping=self.name,
            row=rules.as_it_came(order.row.values),
            row_hash=order.row_hash,
            closed=rules.history_is_closed(self.mapping, order) if self.mode is Mode.HISTORY else False,
            closed_at=order.closed_at,
            answer=order.answer,
            overdue=order.overdue,
            lead=queries.department_of(self.mapping, order.new.source_department),
            run=self.run.pk or 0,
            profile=self.mapping.profile,
        )

    def _shown(self, order: Order) -> str:
        """What a row became, for the preview; numbers of people left out."""
        new = order.new
        at = f"{clock.local(new.reported_at):%Y-%m-%d %H:%M}" if new.reported_at else ""
        said = take_out_personal(new.title or new.body)[0][:24].replace("\n", " ")
        kind = self.book.kind_name(new.kind)
        return " · ".join([new.source_number, at, kind, new.source_department or "—", said])

    def _count_unsorted(self, order: Order, lead: int) -> None:
        if not self.book.kind(order.new.kind):
            tally(self.report.unsorted_kinds, order.new.source_kind)
        if order.new.source_department and not lead:
            tally(self.report.unsorted_departments, order.new.source_department)

    def _write(self, plan: "Plan", last_row: int, rejected: int) -> None:
        """One transaction: orders, their audit rows and how far we are. SQLite has one writer, so
        everything is sealed and drafted before it opens."""
        counts = self.report.counts
        actor = self.person.actor
        drafts: list[PastCase] = []
        if self.mode is Mode.HISTORY and not self.dry:
            drafts = [cases.draft_past(order, self.book, actor, self.now) for order in plan.fresh]
        self.errors.flush()
        if not self.dry:
            prepared = cases.prepare_past(drafts, actor, self.now)
            with transaction.atomic():
                cases.write_past(prepared)
                for case_id, order in plan.changed:
                    cases.update_order(case_id, order, self.book, actor, self.now)
                if self.mode is Mode.OPEN:
                    self._report_open(plan.fresh)
                self._advance(plan, last_row, rejected)
        counts.created += len(plan.fresh)
        counts.updated += len(plan.changed)
        counts.unchanged += plan.unchanged
        counts.rejected += rejected

    def _report_open(self, orders: list[PastOrder]) -> None:
        """Into the loop now: clocks, notices and routing as for any other report."""
        for order in orders:
            cases.report_order(order, self.person, self.now)

    def _advance(self, plan: "Plan", last_row: int, rejected: int) -> None:
        run = self.run
        run.last_row, run.errors_size = last_row, self.errors.size
        run.created += len(plan.fresh)
        run.updated += len(plan.changed)
        run.unchanged += plan.unchanged
        run.rejected += rejected
        run.save(update_fields=["last_row", "errors_size", "created", "updated", "unchanged", "rejected"])

    def _finish(self) -> None:
        self.errors.close()
        self.report.errors_at = str(self.errors.path or "")
        if self.dry:
            return
        run, counts = self.run, self.report.counts
        run.finished_at = clock.now()
        run.save(update_fields=["finished_at"])
        # What an earlier, killed attempt at this file did counts as well.
        counts.created, counts.updated = run.created, run.updated
        counts.unchanged, counts.rejected = run.unchanged, run.rejected
        self.report.run = run.pk


@dataclass
class Plan:
    """What is to be done with one batch."""

    fresh: list[PastOrder] = field(default_factory=list)
    changed: list[tuple[int, PastOrder]] = field(default_factory=list)
    unchanged: int = 0


def tally(counts: dict[str, int], name: str) -> None:
    counts[name] = counts.get(name, 0) + 1


def import_orders(
    path: Path,
    mapping: str,
    mode: Mode,
    person: Person,
    *,
    dry: bool = False,
    sheet: str = "",
    errors: Path | None = None,
    told: Callable[[float], None] = lambda done: None,
) -> Report:
    """Import a file and say what came of it. Raises UnreadableFile, WrongEncoding, ColumnsMissing or
    MappingUnknown before anything is written; a row that is wrong is reported and the rest goes in."""
    found = queries.mapping(mapping)
    table = read(path, sheet)
    now = clock.now()
    queries.forget()
    run = _run(path, mapping, found, mode, person, now, dry)
    errors_at = None if dry else errors or place_for(path)
    places, book = queries.Places(found), cases.loop_book()
    work = Import(mapping, found, mode, person, now, book, places, run, ErrorFile(errors_at), dry)
    work.told = told
    try:
        return work.go(table)
    finally:
        work.errors.close()


def _run(
    path: Path, name: str, found: Mapping, mode: Mode, person: Person, now: datetime, dry: bool
) -> ImportRun:
    """The unfinished run of this very file, mapping and mode, or a new one."""
    digest = queries.file_digest(path)
    same = ImportRun.objects.filter(file_digest=digest, mapping=name, mode=mode, finished_at=None)
    before = None if dry else same.order_by("-id").first()
    run = before or ImportRun(
        source_system=found.source_system,
        mapping=name,
        mode=mode,
        file_name=path.name[:200],
        file_digest=digest,
        actor_label=person.actor.label[:80],
        started_at=now,
    )
    if not dry and run.pk is None:
        run.save()
    return run
