"""The living demo: at a chosen pace residents report and staff act, by the same actions as the pages."""

from datetime import datetime
from pathlib import Path
from random import Random

import structlog
from django.conf import settings
from django.db.models import QuerySet

from ketang.core.cases.models import Case
from ketang.demo.acting import advance
from ketang.demo.cast import Cast
from ketang.demo.reporting import SOURCE, raise_one
from ketang.kernel.errors import KetangError, NotFound

log = structlog.get_logger()
TICK_SECONDS = 5.0
FASTEST = 120
PACES = (0, 6, 20, 60)
# A case takes about eight moves: with one report in nine happenings the number of open cases stays level.
REPORTS_OF_100, REPORTS_OF_100_WHEN_FEW, RATINGS_OF_100, FEW = 11, 30, 6, 80
TRIES = 5


def pace() -> int:
    """Happenings per minute: what was chosen on /demo, else KETANG_DEMO_PACE. 0 stops."""
    try:
        return _within(int(_file().read_text()))
    except (OSError, ValueError):
        return _within(settings.DEMO_PACE)


def set_pace(per_minute: int) -> None:
    """Kept in the data folder: the worker is another process. Refused outside the demo."""
    if not settings.DEMO:
        raise NotFound
    _file().write_text(str(_within(per_minute)))


def tick(rng: Random, now: datetime, seconds: float = TICK_SECONDS) -> int:
    """What happens within one tick; the fraction left over happens by chance. Returns how much happened."""
    wanted = int(pace() * seconds / 60 + rng.random())
    return live(rng, now, wanted) if wanted else 0


def live(rng: Random, now: datetime, happenings: int) -> int:
    """So many things happen now, each in its own transaction; a refused one is noted and passed over."""
    cast = Cast(now)
    done = 0
    for _ in range(happenings):
        try:
            done += _something_happens(cast, rng, now)
        except KetangError as refused:
            log.info("demo.refused", situation=refused.code, sentence=str(refused))
    return done


def _something_happens(cast: Cast, rng: Random, now: datetime) -> bool:
    ours = Case.objects.filter(source_system=SOURCE)
    standing = list(ours.filter(open=True).values_list("pk", flat=True)[:500])
    share = REPORTS_OF_100 if len(standing) >= FEW else REPORTS_OF_100_WHEN_FEW
    if not standing or rng.randrange(100) < share:
        return bool(raise_one(cast, rng, now).id)
    if rng.randrange(100) < RATINGS_OF_100:
        standing = list(_unrated(ours)) or standing
    return any(advance(rng.choice(standing), cast, rng, now) for _ in range(TRIES))


def _unrated(ours: QuerySet[Case]) -> QuerySet[Case, int]:
    """Cases closed of late whose reporter has not said yet whether they are content."""
    closed = ours.filter(open=False, reachable=True, rating=0, answered_at__isnull=False)
    return closed.order_by("-closed_at").values_list("pk", flat=True)[:FEW]


def _file() -> Path:
    return Path(settings.KETANG_HOME) / "demo.pace"


def _within(per_minute: int) -> int:
    return max(0, min(FASTEST, per_minute))
