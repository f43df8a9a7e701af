"""Order among cases: merge with followers, split, follow."""

from ketang.core.cases.actions import moving
from ketang.core.cases.actions.change import Change, Effect
from ketang.core.cases.actions.report import prepare, save
from ketang.core.cases.models import Follower, Party
from ketang.core.cases.queries import case_for, deepest
from ketang.core.cases.types import Channel, Contact, NewCase, Spot, Verb
from ketang.core.deadlines import api as deadlines
from ketang.core.sealed import unseal
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
    """Another matter in the same report becomes a case of its own, with the same people behind it: a report
    like any other, so what is said in it is sealed, and an accusation goes to 纪检 alone."""
    kind = change.book.kind(change.act.kind)
    if kind is None:
        raise moving.UnknownKind(field="kind")
    origin = change.case
    draft = prepare(_told_again(change, kind.code), change.person, change.book, change.now)
    draft.case.split_from_id, draft.case.finder_id = origin.pk, origin.finder_id
    draft.steps[0].facts["from"] = origin.pk
    ref = save(draft, change.person.actor, change.now)
    change.note(into=ref.id, kind=kind.code)


def _told_again(change: Change, kind: str) -> NewCase:
    case, people = change.case, {party.part: _contact(party) for party in change.case.parties.all()}
    words = unseal("cases.Case.spot_sealed", case.spot_sealed)
    return NewCase(
        body=change.act.text,
        channel=Channel(case.channel),
        kind=kind,
        contact=people.get("reporter", Contact(account_id=case.reporter_id or 0)),
        on_behalf_of=people.get("behalf_of"),
        spot=Spot(case.lon, case.lat, words, deepest(case)),
    )


def _contact(party: Party) -> Contact:
    name, phone, id_number, address = (
        unseal(f"cases.Party.{column}", getattr(party, column))
        for column in ("name_sealed", "phone_sealed", "id_sealed", "address_sealed")
    )
    return Contact(name, phone, id_number, address, party.account_id or 0)


def follow(change: Change) -> None:
    me = change.person.actor.id
    if me:
        Follower.objects.get_or_create(case=change.case, account_id=me, defaults={"at": change.now})


VERBS: dict[Verb, Effect] = {Verb.MERGE: merge, Verb.SPLIT: split, Verb.FOLLOW: follow}
