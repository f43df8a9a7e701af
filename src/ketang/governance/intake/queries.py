"""Reads of intake: mappings in force, sources there are, areas and units by the names a source uses."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from ketang.core.accounts import api as accounts
from ketang.core.areas import api as areas
from ketang.core.areas.types import Level
from ketang.core.playbooks import api as playbooks
from ketang.core.sealed import blind
from ketang.governance.intake.playbook import Mapping
from ketang.governance.intake.types import MappingUnknown, Order


def mappings() -> dict[str, Mapping]:
    return playbooks.current().sections(Mapping)


def mapping(name: str) -> Mapping:
    """The mapping of this name. Raises MappingUnknown with the names there are."""
    known = mappings()
    if name not in known:
        raise MappingUnknown(name=name, known="、".join(sorted(known)) or "无", field="mapping")
    return known[name]


def row_digest(text: str) -> str:
    return blind("intake.row", text)


def file_digest(path: Path) -> str:
    """Keyed, because a plain hash of a short list of people could be guessed."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return blind("intake.file", digest.hexdigest())


@lru_cache(maxsize=4096)
def _department(name: str, code: str) -> int:
    found = accounts.department_by_code(code) if code else accounts.department_by_name(name)
    return found.id if found else 0


def department_of(book: Mapping, name: str) -> int:
    """Our unit for the source's, 0 when it is none of ours (待分类)."""
    return _department(name, book.departments.get(name, "")) if name else 0


def forget() -> None:
    """Names are looked up anew; called when an import begins."""
    _department.cache_clear()


class Places:
    """Area names → codes, looked up once per import; points located many at a time."""

    def __init__(self, book: Mapping) -> None:
        self.district = areas.district_code()
        self.given = book.areas
        self.by_name: dict[str, list[str]] = {}
        for level in (Level.TOWN, Level.VILLAGE):
            for area in areas.below(self.district, level) if self.district else ():
                self.by_name.setdefault(area.name, []).append(area.code)

    def put(self, orders: Sequence[Order]) -> list[Order]:
        """The same orders with ``spot.area`` set: by code, by names, else by the point, else the district."""
        codes = [self.named(order.place) for order in orders]
        points = [n for n, o in enumerate(orders) if len(codes[n]) <= 6 and o.new.spot.lon is not None]
        lons = [float(orders[n].new.spot.lon or 0) for n in points]
        lats = [float(orders[n].new.spot.lat or 0) for n in points]
        for n, code in zip(points, areas.locate_many(lons, lats) if points else (), strict=True):
            codes[n] = code or codes[n]
        return [_at(order, code or self.district) for order, code in zip(orders, codes, strict=True)]

    def named(self, place: tuple[str, ...]) -> str:
        """The deepest area that all the names lead to; '' when none is known."""
        found = ""
        for name in place:
            if name.isdigit() and areas.exists(name):
                found = name
                continue
            code = self.given.get(name, "")
            below = [code] if code else [c for c in self.by_name.get(name, ()) if c.startswith(found)]
            found = below[0] if len(below) == 1 else found
        return found


def _at(order: Order, code: str) -> Order:
    return replace(order, new=replace(order.new, spot=replace(order.new.spot, area=code)))
