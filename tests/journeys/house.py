"""A house full of cases, planted once for a module of tests that only look."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from django.core.management import call_command
from django.test import Client, override_settings
from pytest_django.live_server_helper import LiveServer

from ketang.core.cases.models import Case
from ketang.core.cases.testing import District
from ketang.core.cases.types import Verb
from ketang.core.outbox import api as outbox
from ketang.kernel import clock
from tests.architecture.samples import World, make_world, number

# Light → due and yellow, from now: every colour of the work list.
LIGHTS = {"green": (90, 60), "yellow": (8, -1), "red": (-5, -30)}


@contextmanager
def planted(blocker, folder: Path) -> Iterator[tuple[World, str]]:  # type: ignore[no-untyped-def]
    """The world and the address that serves it, as the demo runs; everything is gone afterwards."""
    with (
        blocker.unblock(),
        override_settings(DEMO=True, MEDIA_ROOT=folder, ROOT_URLCONF="tests.journeys.urls"),
    ):
        world = make_world()
        fill(world)
        outbox.drain()
        server = LiveServer("localhost")
        server._live_server_modified_settings.enable()
        try:
            yield world, server.url
        finally:
            server.stop()
            server._live_server_modified_settings.disable()
            call_command("flush", verbosity=0, interactive=False)


def fill(world: World) -> None:
    """One case in each state of the loop, and some in every light."""
    here = world.here
    for light, (due, yellow) in LIGHTS.items():
        for n in range(3):
            case = here.dispatched(body=f"{light}{n} 人民西路菜场门口的路灯不亮，晚上老人走路看不清")
            times = {
                "due_at": clock.now() + timedelta(hours=due),
                "yellow_at": clock.now() + timedelta(hours=yellow),
            }
            Case.objects.filter(pk=case.pk).update(**times)
    for name, make in STATES.items():
        world.cases[name] = make(here)
    for case in world.cases.values():
        case.refresh_from_db()


def _registered(here: District) -> Case:
    ref = here.report(body="小区东门的垃圾没有清，电话 13812345678")
    here.act(ref.id, Verb.REGISTER, "dispatcher")
    return Case.objects.get(pk=ref.id)


def _returned(here: District) -> Case:
    case, reason = here.dispatched(), "R1"
    signer = here.accounts["handler2"].pk
    here.act(case.pk, Verb.RETURN, "handler", reason=reason, basis="三定方案", signed_by=signer)
    return case


def _waiting(here: District) -> Case:
    """Suspension is asked for: the dispatcher has a request to decide."""
    case = here.dispatched()
    here.act(case.pk, Verb.SUSPEND, "handler", reason="S3")
    here.act(case.pk, Verb.URGE, "dispatcher")
    here.act(case.pk, Verb.SUPERVISE, "supervisor")
    return case


def _reviewed(here: District) -> Case:
    case = here.handled()
    here.act(case.pk, Verb.REVIEW, "town_centre", outcome="pass")
    return case


def _dissatisfied(here: District) -> Case:
    case = here.closed()
    here.act(case.pk, Verb.RATE, "resident", rating=1, text="晚上又灭了")
    here.act(case.pk, Verb.FOLLOW_UP, "dispatcher", outcome="dissatisfied", text="居民说晚上又灭了")
    return case


STATES = {
    "registered": _registered,
    "dispatched": District.dispatched,
    "returned": _returned,
    "waiting": _waiting,
    "handled": District.handled,
    "reviewed": _reviewed,
    "closed": District.closed,
    "dissatisfied": _dissatisfied,
}


def session_of(world: World, name: str) -> str:
    client = Client()
    client.force_login(world.people.get(name) or world.here.accounts[name])
    return client.cookies["sessionid"].value


__all__ = ["STATES", "fill", "number", "planted", "session_of"]
