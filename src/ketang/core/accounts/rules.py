"""Who may read what, and who may hold what. Pure: no Django, no clock of its own."""

from collections.abc import Iterable, Iterator

from ketang.core.accounts.types import (
    ADMINISTRATORS,
    DISTRICT_WIDE,
    AdministratorsApart,
    Branch,
    Person,
    Post,
    PostUnfit,
    Role,
    Scope,
)

COLUMN_BY_LENGTH = {6: "district", 9: "town", 12: "village", 15: "grid", 18: "grid"}
WIDTH = {"district": 6, "town": 9, "village": 12, "grid": 15}
DISPUTES = "E01"
# The widest area a post of this role may read, as the length of a code; wider posts read nothing by area.
WIDEST = {
    Role.GRID_WORKER: 12,
    Role.GRID_HEAD: 12,
    Role.VILLAGE_DESK: 12,
    Role.TOWN_CENTRE: 9,
    Role.WINDOW_CLERK: 6,
    Role.MEDIATOR: 6,
    Role.DISPATCHER: 6,
    Role.SUPERVISOR: 6,
    Role.LEADER: 6,
}
# Where the role reads a whole level even when the post names something below it.
LEVEL = {Role.VILLAGE_DESK: 12, Role.TOWN_CENTRE: 9, **dict.fromkeys(DISTRICT_WIDE, 6)}


def scope_for(person: Person, purpose: str, sealed_departments: frozenset[str]) -> Scope:
    """The branches of every post in force. An administrator reads no cases, whatever else they hold."""
    if person.roles & ADMINISTRATORS:
        return Scope(purpose)
    duties = _duties_by_department(person.posts)
    found = [b for post in person.posts for b in _branches(post, person.actor.id, duties, sealed_departments)]
    return Scope(
        purpose,
        branches=tuple(without_covered(found)),
        duty_kinds=tuple(sorted({duty for post in person.posts for duty in post.duties})),
        departments=tuple(sorted(person.department_ids)),
        sealed=any(post.department_code in sealed_departments for post in person.posts),
        own_account=person.actor.id,
    )


def _duties_by_department(posts: Iterable[Post]) -> dict[int, bool]:
    """Departments in which this person has a duty post: there all limited matters of the unit are open."""
    return {post.department_id: True for post in posts if post.department_id and post.duties}


def _branches(
    post: Post, account: int, duties: dict[int, bool], sealed_departments: frozenset[str]
) -> Iterator[Branch]:
    if post.role is Role.RESIDENT:
        yield Branch("reporter_id", account, duties=("*",), sealed=True)
        return
    yield from _area_branches(post)
    if post.role is Role.HANDLER and post.department_id:
        sealed = post.department_code in sealed_departments
        open_duties = ("*",) if duties.get(post.department_id) else ()
        yield Branch("lead_id", post.department_id, duties=open_duties, sealed=sealed)
        yield Branch("support", post.department_id, duties=open_duties, sealed=sealed)
        if sealed and len(post.area) >= WIDTH["district"]:
            # An accusation that has no lead yet must still be seen by somebody, and by nobody else.
            yield Branch("district", post.area[:6], sealed=True, only_sealed=True)


def _area_branches(post: Post) -> Iterator[Branch]:
    widest = WIDEST.get(post.role)
    if widest is None:
        return
    for code in post.group_areas or (post.area,):
        if len(code) < widest or len(code) not in COLUMN_BY_LENGTH:
            continue
        level = min(len(code), LEVEL.get(post.role, len(code))) if not post.group_areas else len(code)
        column = COLUMN_BY_LENGTH[level]
        kinds = DISPUTES if post.role is Role.MEDIATOR else ""
        yield Branch(column, code[: WIDTH[column]], kinds, post.duties)


def without_covered(branches: Iterable[Branch]) -> list[Branch]:
    """Each branch once, without those that another one contains: the list merges fewer of them."""
    unique = list(dict.fromkeys(branches))
    return [b for b in unique if not any(o is not b and covers(o, b) for o in unique)]


def covers(outer: Branch, inner: Branch) -> bool:
    """Whether every row of ``inner`` is a row of ``outer``, secrecy included."""
    if outer.column not in WIDTH or inner.column not in WIDTH or outer.only_sealed != inner.only_sealed:
        return False
    open_enough = (outer.sealed or not inner.sealed) and (
        "*" in outer.duties or set(inner.duties) <= set(outer.duties)
    )
    return (
        open_enough and str(inner.value).startswith(str(outer.value)) and inner.kinds.startswith(outer.kinds)
    )


def check_may_hold(role: Role, held: Iterable[Role]) -> None:
    """三员分立: nobody holds two administrators' posts, and an administrator holds no other post.

    ``held`` are the roles of posts that overlap in time, proposed ones included.
    """
    others = set(held) - {role}
    if role in ADMINISTRATORS and others:
        raise AdministratorsApart
    if others & ADMINISTRATORS:
        raise AdministratorsApart


def check_fit(role: Role, area: str, group_areas: tuple[str, ...], department_id: int) -> None:
    """A post has what its role needs to see anything, and is not wider than the role."""
    if role is Role.RESIDENT:
        raise PostUnfit("居民不设岗位。", field="role")
    if role is Role.HANDLER and not department_id:
        raise PostUnfit("承办人要有所属部门。", field="department")
    if role not in WIDEST or group_areas:
        return
    if len(area) not in COLUMN_BY_LENGTH:
        raise PostUnfit(
            "请填辖区编码：区 6 位、镇街 9 位、村社 12 位、网格 15 位、微网格 18 位。", field="area"
        )
    if len(area) < WIDEST[role]:
        raise PostUnfit("这个岗位的辖区太大：网格和村社岗位至少到村社，镇街岗位至少到镇街。", field="area")
