"""Synthetic cases by the hundred thousand, through the same rows as an import: 95 % closed, 5 % open."""

import gc
import random
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction

from ketang.core.accounts import api as accounts
from ketang.core.areas.models import Area
from ketang.core.cases import book as books
from ketang.core.cases.actions import bulk, loading
from ketang.core.cases.actions.bulk import PastOrder
from ketang.core.cases.models import Case
from ketang.core.cases.types import Channel, Contact, NewCase, Spot
from ketang.kernel.actor import SYSTEM

CHUNK = 5000
OPEN_SHARE = 0.05
FLOOR_EVERY = 20  # chunks; a floor COPY is rolled back, so it must stay rare
CHANNELS = (Channel.RESIDENT, Channel.PHONE, Channel.PATROL, Channel.WINDOW, Channel.SENSOR)
TEXT = "{place}附近{what}，已经{days}天了，路过的人都说不方便，请派人来看看。"
WHATS = (
    "路灯不亮",
    "井盖松动",
    "垃圾满溢",
    "占道经营",
    "电动车进楼充电",
    "水管漏水",
    "夜间施工噪声",
    "健身器材松动",
)


class Filler:
    """Fills up to a size; ``rows_per_s`` and ``floor_rows_per_s`` come from what it did."""

    def __init__(self, now: datetime, seed: int = 330604) -> None:
        self.now, self.random = now, random.Random(seed)  # noqa: S311 - synthetic data
        self.areas = list(Area.objects.filter(level="microgrid").values_list("code", flat=True))
        book = books.current()
        self.kinds = [kind.code for kind in book.kinds.values() if not kind.secrecy and not kind.exit]
        self.leads = [unit.id for unit in accounts.departments().values() if unit.kind == "government"]
        self.rows = self.seconds = self.floor_rows = self.floor_seconds = 0.0
        gc.collect()
        gc.freeze()  # as the servers do: passes over what stays anyway would cost a fifth of the time

    def fill_to(self, size: int) -> None:
        chunks = 0
        while (missing := size - Case.objects.count()) > 0:
            self._load(min(missing, CHUNK), floor=chunks % FLOOR_EVERY == 0)
            chunks += 1

    def _load(self, count: int, *, floor: bool) -> None:
        orders = list(self._orders(count))
        book, started = books.current(), time.perf_counter()
        drafts = [bulk.draft(order, book, SYSTEM, self.now) for order in orders]
        prepared = bulk.prepare(drafts, SYSTEM, self.now)
        spent = time.perf_counter() - started
        rows = sum(len(table.rows) for table in prepared)
        if floor:
            self._copy_floor(prepared, rows)
        started = time.perf_counter()
        with transaction.atomic():
            bulk.write(prepared)
        self.seconds += spent + time.perf_counter() - started
        self.rows += rows

    def _copy_floor(self, prepared: list[loading.Prepared], rows: int) -> None:
        """COPY of the same tuples into the same tables with the same indexes, then undone."""
        started = time.perf_counter()
        with transaction.atomic():
            for table in prepared:
                loading.write(table)
            self.floor_seconds += time.perf_counter() - started
            transaction.set_rollback(True)
        self.floor_rows += rows

    def _orders(self, count: int) -> Iterator[PastOrder]:
        for _ in range(count):
            yield self._order()

    def _order(self) -> PastOrder:
        pick = self.random
        closed = pick.random() > OPEN_SHARE
        age = timedelta(minutes=pick.randint(60, (500 if closed else 20) * 1440))
        what = pick.choice(WHATS)
        body = TEXT.format(place=f"合成路{pick.randint(1, 999)}号", what=what, days=pick.randint(1, 20))
        contact = Contact(name="合成人", phone=f"139{pick.randint(0, 99_999_999):08d}")
        new = NewCase(
            body=body,
            channel=pick.choice(CHANNELS),
            title=what,
            kind=pick.choice(self.kinds),
            contact=contact,
            spot=Spot(area=pick.choice(self.areas)),
            reported_at=self.now - age,
        )
        lead = pick.choice(self.leads)
        done = self.now - age + min(age, timedelta(days=3))
        return PastOrder(
            new,
            closed=closed,
            closed_at=done if closed else None,
            answer="已处理。" if closed else "",
            lead=lead,
        )
