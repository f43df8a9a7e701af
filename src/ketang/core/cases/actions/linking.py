"""Order among cases: merge with followers, split, follow."""

from ketang.core.cases import clocks
from ketang.core.cases.actions import moving
from ketang.core.cases.actions.change import Change, Effect
from ketang.core.cases.actions.rows import new_receipt
from ketang.core.cases.models import Case, Follower, Party, Step
from ketang.core.cases.queries import case_for
from ketang.core.cases.types import State, Verb
from ketang.core.deadlines import api as deadlines
from ketang.kernel.errors import BadInput


class CannotMerge(BadInput):
    message = "不能合并到这一张：要是另一张还在办的、同样公开程度的工单。"


def merge(change: Change) -> None:
    """This case ends in another; its reporter follows that one and is told when it is answered."""
    case, now = change.case, change.now
    into = case_for(change.person, change.act.other, now)
    if into.pk == case.pk or not into.open or into.secrecy != case.secrecy:
        raise CannotMerge(field="other")
    change.set(merged_into_id=into.pk, open=False, closed_at=now)
    change.note(into=into.pk)
    change.public = False
    deadlines.stop("case", case.pk, None, now)
    case.units.filter(ended_at=None).update(ended_at=now)
    Follower.objects.filter(case=case, account__isnull=True).update(case=into)
    Follower.objects.create(case=into, from_case=case, at=now)


def split(change: Change) -> None:
    """Another matter in the same report becomes a case of its own, with the same person behind it."""
    kind = change.book.kind(change.act.kind)
    if kind is None:
        raise moving.UnknownKind(field="kind")
    child = _child_of(
        change,
        kind.code,
        change.book.ways.choose(kind, change.case.channel).code,
        kind.secrecy,
        kind.priority,
    )
    begun = clocks.for_report(child, kind, change.now)
    child.save(force_insert=True)
    deadlines.start("case", child.pk, begun, playbook=child.playbook, at=change.now)
    for party in Party.objects.filter(case=change.case):
        party.pk, party.case_id = None, child.pk
        party.save(force_insert=True)
    Step.objects.create(
        case=child,
        seq=1,
        verb=Verb.SPLIT,
        state=State.REPORTED,
        at=change.now,
        actor_kind=change.person.actor.kind,
        actor_id=change.person.actor.id,
        actor_label=change.person.actor.label,
        facts={"from": change.case.pk},
    )
    change.note(into=child.pk, kind=kind.code)


def _child_of(change: Change, kind: str, profile: str, secrecy: str, priority: int) -> Case:
    origin = change.case
    same = (
        "channel",
        "district",
        "town",
        "village",
        "grid",
        "microgrid",
        "lon",
        "lat",
        "spot_sealed",
        "reporter_id",
        "finder_id",
        "reachable",
    )
    return Case(
        **{name: getattr(origin, name) for name in same},
        kind=kind,
        profile=profile,
        state=State.REPORTED,
        title=change.act.text[:120],
        body=change.act.text,
        secrecy=secrecy,
        priority=priority,
        receipt=new_receipt(),
        reported_at=change.now,
        playbook=change.book.version,
        split_from_id=origin.pk,
    )


def follow(change: Change) -> None:
    me = change.person.actor.id
    if me:
        Follower.objects.get_or_create(case=change.case, account_id=me, defaults={"at": change.now})


VERBS: dict[Verb, Effect] = {Verb.MERGE: merge, Verb.SPLIT: split, Verb.FOLLOW: follow}
