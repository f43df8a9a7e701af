"""Residents, grid workers and the desk raise something in the demo: synthetic, and marked as such."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from random import Random

import shapely

from ketang.core.accounts.queries import NOBODY
from ketang.core.accounts.types import Person
from ketang.core.areas import api as areas
from ketang.core.areas.types import Level
from ketang.core.cases import api as cases
from ketang.core.cases.types import CaseRef, Channel, Contact, NewCase, Spot
from ketang.demo import writing
from ketang.demo.cast import Cast

SOURCE = "合成演示数据"
CHANNELS = {Channel.RESIDENT: 45, Channel.PHONE: 25, Channel.PATROL: 20, Channel.WINDOW: 10}
ANONYMOUS_OF_100, OWN_ACCOUNT_OF_100, ON_THE_SPOT_OF_100 = 12, 4, 50
# The logins a newcomer tries stand in the first grid, village and town: they shall find work there.
NEAR_OF_100 = ((Level.GRID, 10), (Level.VILLAGE, 20), (Level.TOWN, 40))


@dataclass(frozen=True)
class Raised:
    """A report ready to be made, with the person who makes it and what will come of it."""

    new: NewCase
    person: Person
    done: str


def raise_one(cast: Cast, rng: Random, now: datetime, kind: str = "") -> CaseRef:
    """Report something as the pages would; a grid worker may settle a small thing on the spot."""
    raised = draw_up(cast, rng, now, kind)
    leaf = cases.loop_book().kind(raised.new.kind)
    on_the_spot = leaf is not None and cases.loop_book().profile(leaf.profile).on_the_spot
    if on_the_spot and raised.new.channel is Channel.PATROL and rng.randrange(100) < ON_THE_SPOT_OF_100:
        return cases.settle(raised.new, raised.done, raised.person, now)
    return cases.report(raised.new, raised.person, now)


def draw_up(cast: Cast, rng: Random, now: datetime, kind: str = "") -> Raised:
    """Who raises what, where and how."""
    report = writing.write_report(rng, kind)
    channel = rng.choices(list(CHANNELS), list(CHANNELS.values()))[0]
    leaf = cases.loop_book().kind(report.kind)
    contact = _contact(cast, rng, needed=bool(leaf and leaf.needs_contact), channel=channel)
    new = NewCase(
        body=report.body,
        channel=channel,
        kind=report.kind,
        contact=contact,
        spot=_spot(rng),
        source_system=SOURCE,
        reported_at=now,
    )
    return Raised(new, _who(cast, channel), report.done)


def _who(cast: Cast, channel: Channel) -> Person:
    login = {Channel.PHONE: "dispatcher", Channel.PATROL: "grid", Channel.WINDOW: "dispatcher"}.get(channel)
    return cast.login(login) if login else NOBODY


def _contact(cast: Cast, rng: Random, *, needed: bool, channel: Channel) -> Contact:
    if channel is Channel.RESIDENT and rng.randrange(100) < OWN_ACCOUNT_OF_100:
        return Contact(name="演示居民", account_id=cast.login("resident").actor.id)
    if not needed and (channel is Channel.PATROL or rng.randrange(100) < ANONYMOUS_OF_100):
        return Contact()
    return Contact(name=writing.invented_name(rng), phone=writing.invented_phone(rng))


def _spot(rng: Random) -> Spot:
    """A point inside a micro-grid, more often near the demo's logins."""
    drawn, within = rng.randrange(100), areas.district_code()
    for level, of_100 in NEAR_OF_100:
        if drawn < of_100:
            within = _first_below(level)
            break
    code = rng.choice(_microgrids(within, areas.today().isoformat()))
    outline = areas.outline(code)
    if not outline:
        return Spot(area=code)
    point = shapely.from_wkb(outline).representative_point()
    return Spot(lon=round(point.x, 6), lat=round(point.y, 6))


def _first_below(level: Level) -> str:
    code = areas.district_code()
    while len(code) < level.length:
        code = areas.children(code)[0].code
    return code


@cache
def _microgrids(within: str, day: str) -> tuple[str, ...]:
    return tuple(area.code for area in areas.below(within, Level.MICROGRID))
