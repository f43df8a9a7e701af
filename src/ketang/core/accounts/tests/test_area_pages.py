"""Area pages: every staff role reads, the system administrator alone edits, residents stay out."""

from collections.abc import Iterator

import pytest
from django.test import Client

from ketang.core.accounts.testing import login, make_account
from ketang.core.accounts.types import STAFF, Role
from ketang.core.areas import api as areas
from ketang.core.areas import testing
from ketang.core.areas.models import TeamMember
from ketang.core.areas.testing import DEDICATED, DISTRICT, GRID, MICROGRID, OTHER_VILLAGE, TOWN, VILLAGE
from ketang.core.areas.types import Member, TeamRole
from ketang.kernel.actor import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _small_tree(db: None) -> Iterator[None]:
    testing.plant()
    yield
    areas.forget()


@pytest.fixture
def admin(client: Client) -> Client:
    login(client, Role.SYSTEM_ADMIN)
    return client


def test_the_index_leads_to_the_one_district(admin: Client) -> None:
    assert admin.get("/areas").headers["Location"] == f"/areas/{DISTRICT}"


@pytest.mark.parametrize("role", sorted(STAFF))
def test_every_staff_role_reads_an_area(client: Client, role: Role) -> None:
    login(client, role)
    page = client.get(f"/areas/{VILLAGE}")
    assert page.status_code == 200
    assert "第1网格" in page.content.decode()


def test_the_ground_is_drawn_without_style_attributes(admin: Client) -> None:
    page = admin.get(f"/areas/{VILLAGE}").content.decode()
    assert page.partition("<main")[2].count("<path d=") == 4
    assert "style=" not in page.partition("<main")[2]


def test_a_dedicated_grid_says_so_and_names_its_gate(admin: Client) -> None:
    page = admin.get(f"/areas/{DEDICATED}").content.decode()
    assert "专属网格" in page
    assert "演示商场南门" in page


def test_a_resident_is_refused_and_a_stranger_is_sent_to_the_login(client: Client) -> None:
    assert client.get(f"/areas/{VILLAGE}").status_code == 302
    login(client, Role.RESIDENT)
    assert client.get(f"/areas/{VILLAGE}").status_code == 403
    assert client.get("/area-groups").status_code == 403


def test_an_unknown_code_is_a_404(admin: Client) -> None:
    assert admin.get("/areas/999999").status_code == 404
    assert admin.get("/area-groups/none").status_code == 404


EDITS = [
    (f"/areas/{VILLAGE}/rename", {"name": "新名社区"}),
    (f"/areas/{VILLAGE}/close", {"day": "2030-01-01", "successors": OTHER_VILLAGE}),
    (f"/areas/{GRID}/team", {"role": "guide", "area": GRID, "username": "lan"}),
    (f"/areas/{GRID}/team/leave", {"role": "guide", "area": GRID, "account": "1"}),
    (
        "/area-groups/new",
        {"code": "zh-1", "name": "城南综合网格", "kind": "comprehensive", "members": VILLAGE},
    ),
]


@pytest.mark.parametrize("address,sent", EDITS)
def test_the_system_administrator_edits(admin: Client, address: str, sent: dict[str, str]) -> None:
    make_account("蓝", "lan")
    assert admin.post(address, sent).status_code == 302


@pytest.mark.parametrize("address,sent", EDITS)
@pytest.mark.parametrize("role", [Role.GRID_HEAD, Role.DISPATCHER, Role.SECURITY_ADMIN])
def test_nobody_else_edits(client: Client, role: Role, address: str, sent: dict[str, str]) -> None:
    login(client, role)
    assert client.post(address, sent).status_code == 403


@pytest.mark.parametrize(
    "address,sent,sentence",
    [
        (f"/areas/{VILLAGE}/rename", {"name": ""}, "name"),
        (f"/areas/{VILLAGE}/close", {"day": "1999-01-01"}, "停用日期要晚于启用日期"),
        (f"/areas/{VILLAGE}/close", {"day": "2030-01-01", "successors": TOWN}, "不能接替"),
        (
            f"/areas/{GRID}/team",
            {"role": "guide", "area": GRID, "username": "nobody"},
            "没有这个工作人员账号",
        ),
        (
            f"/areas/{GRID}/team",
            {"role": "guide", "area": MICROGRID, "username": "lan"},
            "微网格长和助手设在微网格",
        ),
        (f"/areas/{GRID}/team", {"role": "guide", "area": OTHER_VILLAGE, "username": "lan"}, "不在本辖区内"),
        (
            "/area-groups/new",
            {"code": "x", "name": "组", "kind": "park", "members": "999999"},
            "没有编码为 999999",
        ),
        (
            "/area-groups/new",
            {"code": "x", "name": "组", "kind": "park", "members": VILLAGE, "escalates_to": "none"},
            "没有这个部门编码",
        ),
    ],
)
def test_bad_input_comes_back_with_a_sentence(
    admin: Client, address: str, sent: dict[str, str], sentence: str
) -> None:
    make_account("蓝", "lan")
    page = admin.post(address, sent)
    assert page.status_code == 400
    assert sentence in page.content.decode()


def test_a_group_is_created_once_and_changed_under_its_code(admin: Client) -> None:
    address, sent = EDITS[-1]
    admin.post(address, sent)
    assert admin.post(address, sent).status_code == 400
    assert (
        admin.post("/area-groups/zh-1/save", {**sent, "name": "新组名", "code": "other"}).status_code == 302
    )
    assert areas.group("zh-1").name == "新组名"
    assert "新组名" in admin.get("/area-groups").content.decode()
    assert "南丰社区" in admin.get("/area-groups/zh-1").content.decode()


def test_the_team_is_shown_by_name_with_what_is_missing(admin: Client) -> None:
    account = make_account("蓝网格", "lan")
    areas.add_members([Member(GRID, TeamRole.GRID_HEAD, account.pk)], SYSTEM, now=testing.NOW)
    page = admin.get(f"/areas/{GRID}").content.decode()
    assert "蓝网格" in page
    assert "第1网格缺专职网格员" in page


def test_leaving_needs_a_whole_place(admin: Client) -> None:
    assert admin.post(f"/areas/{GRID}/team/leave", {"role": "guide"}).status_code == 400
    assert TeamMember.objects.count() == 0
