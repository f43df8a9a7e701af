"""One small world for the walk over all pages: who walks, and what stands behind the parameters of each page.

A new page with parameters gets its line in ``pages``; a page that shows a case by other parameters than
``number`` gets one per case of ``World.cases``.
"""

from dataclasses import dataclass, field

from django.test import Client

from ketang.core.accounts.models import Account, Assignment
from ketang.core.accounts.testing import make_account, make_department, make_resident, make_staff
from ketang.core.accounts.types import Role
from ketang.core.areas import testing as ground
from ketang.core.cases import api as cases_api
from ketang.core.cases.models import Case
from ketang.core.cases.playbook import KindsFile
from ketang.core.cases.testing import District, make_district
from ketang.core.files import api as files
from ketang.core.files.testing import photo
from ketang.core.playbooks import api as playbooks
from ketang.kernel import clock

OTHER_GRID, OTHER_VILLAGE, OTHER_TOWN = "330604001001002", "330604001002", "330604002"
# Whoever holds the receipt is the reporter: these pages ask for nothing else.
BY_RECEIPT = ("receipt", "status", "status_rate", "status_note", "status_follow")
# Column → the account of District that walks there; "elsewhere" has the same role beside the sample case.
INSIDE = (
    "grid_worker", "grid_head", "village_desk", "town_centre", "window_clerk", "handler", "discipline",
    "mediator", "dispatcher", "duty_dispatcher", "supervisor", "leader",
    "system_admin", "security_admin", "audit_admin",
)  # fmt: skip
COLUMNS = (
    "anonymous", "reporter", "other_resident", *INSIDE,
    "grid_elsewhere", "village_elsewhere", "town_elsewhere", "handler_elsewhere",
)  # fmt: skip


@dataclass
class World:
    here: District
    people: dict[str, Account] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    target: Account | None = None
    waiting: Assignment | None = None

    def clients(self) -> dict[str, Client]:
        found = {column: Client(raise_request_exception=False) for column in COLUMNS}
        for column, account in self.people.items():
            found[column].force_login(account)
        return found


def make_world() -> World:
    ground.plant()
    world = World(make_district())
    world.people = {name: world.here.accounts[name] for name in INSIDE}
    world.people |= {
        "reporter": world.here.accounts["resident"],
        "other_resident": make_resident("13957512346"),
        "grid_elsewhere": make_staff(Role.GRID_WORKER, OTHER_GRID),
        "village_elsewhere": make_staff(Role.VILLAGE_DESK, OTHER_VILLAGE),
        "town_elsewhere": make_staff(Role.TOWN_CENTRE, OTHER_TOWN),
        "handler_elsewhere": make_staff(Role.HANDLER, department=make_department()),
    }
    _cases(world)
    world.target = make_staff(Role.LEADER)
    world.waiting = Assignment.objects.create(
        account=make_account(), role=Role.LEADER, area="330604", starts_at=clock.now(), pending=True
    )
    return world


def _cases(world: World) -> None:
    """An open case of the lamp department, one limited to named duties, one accusation; each with a photo."""
    kinds = {kind.secrecy: kind.code for kind in reversed(playbooks.current().section(KindsFile).kinds)}
    for name, secrecy in (("plain", ""), ("duty", "duty"), ("sealed", "sealed")):
        kind = "E0702" if name == "plain" else kinds[secrecy]
        ref = world.here.report(kind=kind, body=f"{token(name)}，请尽快处理")
        lead = world.here.departments["纪检监察" if name == "sealed" else "市政"]
        Case.objects.filter(pk=ref.id).update(lead=lead)
        world.cases[name] = Case.objects.get(pk=ref.id)
        now = clock.now()
        kept = files.keep(photo(), world.here.people["resident"].actor, now=now)
        files.attach([kept], "case", ref.id, 1, now)
        world.files[name] = kept


def token(name: str) -> str:
    """Words of one case that stand in its title and nowhere else."""
    return f"样例{name}案"


def number(case: Case) -> str:
    return cases_api.number_of_case(case)


def pages(world: World) -> dict[str, dict[str, dict[str, object]]]:
    """Page name → variant → parameters. Pages without parameters need no line."""
    assert world.target is not None
    assert world.waiting is not None
    held, waiting = world.target.assignments.get(), {"assignment_id": world.waiting.pk}
    account, department = {"account_id": world.target.pk}, {"department_id": make_department().pk}
    area, grid, group = {"code": ground.VILLAGE}, {"code": ground.GRID}, {"code": "nowhere"}
    by_number = {name: {"number": number(case)} for name, case in world.cases.items()}
    by_receipt = {name: {"receipt": case.receipt} for name, case in world.cases.items()}
    by_file = {name: {"file_id": file_id} for name, file_id in world.files.items()}
    once = {
        "department": department, "department_close": department,
        "staff_one": account, "staff_rename": account, "staff_password": account, "staff_close": account,
        "staff_reopen": account, "staff_unlock": account, "post_propose": account,
        "post_deputy": {"assignment_id": held.pk}, "post_end": {"assignment_id": held.pk},
        "post_approve": waiting, "post_refuse": waiting,
        "area": area, "area-rename": area, "area-close": area, "area-team": grid, "area-team-leave": grid,
        "area-group": group, "area-group-save": group,
        "queue_replay": {"message_id": 999_999},
    }  # fmt: skip
    return {
        **{name: {"": parameters} for name, parameters in once.items()},
        **dict.fromkeys(BY_RECEIPT, by_receipt),
        "case": by_number,
        "case-reveal": by_number,
        "case-verb": {name: {**found, "verb": "note"} for name, found in by_number.items()},
        "file": by_file,
        "file_thumb": by_file,
        "file_thumb_sized": {name: {**found, "size": 320} for name, found in by_file.items()},
    }
