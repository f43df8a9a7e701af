"""Rows of a new case, made without touching the database: one case and a million use the same code."""

import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ketang.core.areas import api as areas
from ketang.core.cases.book import LoopBook
from ketang.core.cases.models import Case, Party, Step, Unit
from ketang.core.cases.playbook import Kind
from ketang.core.cases.types import Contact, ContactMissing, NewCase, Spot, State, Verb
from ketang.core.deadlines.types import StartClock
from ketang.core.sealed import blind, seal
from ketang.kernel.actor import Actor
from ketang.kernel.errors import BadInput
from ketang.kernel.text import normal_phone, take_out_personal

TITLE_LENGTH = 40
BODY_LENGTH = 5000
RECEIPT_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0/O, 1/I/L, U: read out by phone, typed by the old


@dataclass
class Draft:
    """A case about to be written, with all that hangs on it."""

    case: Case
    parties: list[Party] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)
    clocks: list[StartClock] = field(default_factory=list)
    files: tuple[str, ...] = ()


class NothingSaid(BadInput):
    message = "请写一句发生了什么。"


class TooLong(BadInput):
    message = "内容最多 %(limit)s 个字，现在有 %(length)s 个；请写要点，其余可作附件。"


class TimeImpossible(BadInput):
    message = "发生时间不能晚于现在，也不能早于 2004 年。"


def case_row(new: NewCase, kind: Kind | None, book: LoopBook, now: datetime) -> Case:
    """The case itself; state REPORTED, clocks not yet set. Raises BadInput with the field."""
    return Case(**case_values(new, kind, book, now))


def case_values(new: NewCase, kind: Kind | None, book: LoopBook, now: datetime) -> dict[str, Any]:
    """Columns of a new case. A bulk load uses them without the cost of a model instance."""
    body = new.body.strip()
    if not body:
        raise NothingSaid(field="body")
    if len(body) > BODY_LENGTH:
        raise TooLong(field="body", limit=BODY_LENGTH, length=len(body))
    if kind and kind.needs_contact and not new.contact.reachable:
        raise ContactMissing(field="phone")
    if new.reported_at and (new.reported_at > now or new.reported_at.year < 2004):
        raise TimeImpossible(field="reported_at")
    # Title and body together, so that one placeholder never stands for two numbers.
    both, taken_out = take_out_personal(" ".join(new.title.split()) + "\n" + body)
    title, _, text = both.partition("\n")
    return dict(
        kind=kind.code if kind else "",
        profile=book.ways.choose(kind, new.channel).code,
        state=State.REPORTED,
        title=(title or first_words(text))[:120],
        body=text,
        body_secrets=seal("cases.Case.body_secrets", json.dumps(taken_out, ensure_ascii=False))
        if taken_out
        else "",
        public_summary=new.public_summary[:200],
        channel=new.channel,
        priority=kind.priority if kind else 3,
        secrecy=kind.secrecy if kind else "",
        spot_sealed=seal("cases.Case.spot_sealed", new.spot.words.strip()[:300]),
        suggested_lead_id=new.suggested_lead or None,
        routing_reason=new.routing_reason[:200],
        reporter_id=new.contact.account_id or None,
        reachable=new.contact.reachable,
        receipt=new_receipt(),
        source_system=new.source_system,
        source_number=new.source_number,
        source_kind=new.source_kind[:200],
        source_department=new.source_department[:120],
        upstream_due=new.upstream_due,
        request_key=new.request_key or None,
        reported_at=new.reported_at or now,
        playbook=book.version,
        **area_columns(new.spot),
    )


def area_columns(spot: Spot) -> dict[str, Any]:
    """District to micro-grid from the point, else from the code given, else the district alone."""
    code = spot.area
    if not code and spot.lon is not None and spot.lat is not None:
        code = areas.locate(spot.lon, spot.lat) or ""
    return {"lon": spot.lon, "lat": spot.lat, **areas.levels_of(code or areas.district_code())}


def first_words(text: str) -> str:
    """A title from the first sentence."""
    for mark in "。！？!?\n；;":
        text = text.split(mark, 1)[0]
    text = text.strip() or "（未写明）"
    return text if len(text) <= TITLE_LENGTH else text[: TITLE_LENGTH - 1] + "…"


def new_receipt() -> str:
    rest, marks = secrets.randbelow(len(RECEIPT_ALPHABET) ** 12), []
    for _ in range(12):
        rest, place = divmod(rest, len(RECEIPT_ALPHABET))
        marks.append(RECEIPT_ALPHABET[place])
    return "".join(marks)


def party_row(contact: Contact, part: str = "reporter") -> Party | None:
    """The person, sealed; None when nothing was said of them."""
    values = party_values(contact, part)
    return Party(**values) if values else None


def party_values(contact: Contact, part: str = "reporter") -> dict[str, Any]:
    """Columns of a party; {} when nothing was said of them."""
    phone = normal_phone(contact.phone) or contact.phone.strip()
    if not (contact.name or phone or contact.id_number or contact.address or contact.account_id):
        return {}
    return {
        "part": part,
        "account_id": contact.account_id or None,
        "name_sealed": seal("cases.Party.name_sealed", contact.name.strip()[:60]),
        "phone_sealed": seal("cases.Party.phone_sealed", phone[:40]),
        "phone_index": blind("phone", phone),
        "id_sealed": seal("cases.Party.id_sealed", contact.id_number.strip()[:40]),
        "id_index": blind("id", contact.id_number.strip().upper()),
        "address_sealed": seal("cases.Party.address_sealed", contact.address.strip()[:200]),
    }


def step_row(
    case: Case,
    verb: Verb,
    state: State,
    actor: Actor,
    at: datetime,
    *,
    text: str = "",
    unit: str = "",
    public: bool = False,
    facts: dict[str, Any] | None = None,
    request_key: str = "",
) -> Step:
    """The next step of ``case``, numbered by ``case.version``."""
    values = step_values(
        case.version, verb, state, actor, at, text=text, unit=unit, public=public, facts=facts,
        request_key=request_key,
    )  # fmt: skip
    return Step(case=case, **values)


def step_values(
    seq: int,
    verb: Verb,
    state: State,
    actor: Actor,
    at: datetime,
    *,
    text: str = "",
    unit: str = "",
    public: bool = False,
    facts: dict[str, Any] | None = None,
    request_key: str = "",
) -> dict[str, Any]:
    """Columns of a step."""
    plain, taken_out = take_out_personal(text.strip()) if text else ("", {})
    return {
        "seq": seq,
        "verb": verb,
        "state": state,
        "at": at,
        "actor_kind": actor.kind,
        "actor_id": actor.id,
        "actor_label": actor.label[:80],
        "unit": unit[:80],
        "text": plain,
        "text_secrets": seal("cases.Step.text_secrets", json.dumps(taken_out, ensure_ascii=False))
        if taken_out
        else "",
        "public": public,
        "facts": facts or {},
        "request_key": request_key or None,
    }
