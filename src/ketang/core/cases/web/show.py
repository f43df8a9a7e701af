"""What a page shows of a case: plain values, computed once, no queries in templates."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from ketang.core.accounts import api as accounts
from ketang.core.areas import api as areas
from ketang.core.cases.book import LoopBook
from ketang.core.cases.models import Case, Party, Step
from ketang.core.cases.numbers import number_of_case
from ketang.core.cases.queries import deepest
from ketang.core.cases.rules import Standing, next_stage
from ketang.core.cases.transitions import STAGE_STATE, TABLE
from ketang.core.cases.types import Verb
from ketang.core.cases.web import words
from ketang.core.deadlines.types import Light
from ketang.core.sealed import unseal
from ketang.kernel.text import mask_address, mask_id, mask_name, mask_phone
from ketang.shell.widgets import Stage


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the work list: what, where, who has it, how long still, why."""

    number: str
    title: str
    about: str
    unit: str
    under_unit: str
    state: str
    priority: int
    due_at: datetime
    light: str
    percent: int
    paused: bool
    provisional: bool
    is_review: bool
    marks: tuple[tuple[str, str], ...]


def row(case: Case, book: LoopBook, now: datetime) -> Row:
    """``about`` = kind · place · channel; ``marks`` = (word, tone) chips."""
    units = accounts.departments()
    lead, suggested = units.get(case.lead_id or 0), units.get(case.suggested_lead_id or 0)
    under = case.responsible_party and _("责任主体 %(who)s") % {"who": case.responsible_party}
    if not lead and suggested:
        under = _("建议 %(unit)s") % {"unit": suggested.name}
    return Row(
        number=number_of_case(case),
        title=case.title,
        about=" · ".join(
            filter(
                None,
                [book.kind_name(case.kind), areas.names_of(deepest(case)), str(words.CHANNELS[case.channel])],
            )
        ),
        unit=lead.name if lead else str(words.STATES[case.state]),
        under_unit=under or (str(words.STATES[case.state]) if lead else ""),
        state=case.state,
        priority=case.priority,
        due_at=case.due_at,
        light=light_of(case, now),
        percent=percent_of(case, now),
        paused=case.suspended,
        provisional=case.due_provisional,
        is_review=case.due_is_review,
        marks=marks_of(case),
    )


def light_of(case: Case, now: datetime) -> str:
    """0–80–100 % of countable time, derived here and never stored; grey while suspended or closed."""
    if case.suspended or not case.open:
        return "grey"
    if now >= case.due_at:
        return Light.PASSED if not case.due_is_review else Light.NEAR
    return Light.NEAR if now >= case.yellow_at else Light.NORMAL


def percent_of(case: Case, now: datetime) -> int:
    """For the thin bar: straight up to 80 % at ``yellow_at``, then to 100 % at ``due_at``."""
    if now >= case.due_at:
        return 100
    if now >= case.yellow_at:
        return 80 + int(20 * (now - case.yellow_at) / (case.due_at - case.yellow_at))
    whole = (case.yellow_at - case.reported_at).total_seconds()
    return int(80 * max(0.0, (now - case.reported_at).total_seconds()) / whole) if whole > 0 else 0


def marks_of(case: Case) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    if case.priority <= 2:
        found.append((str(words.PRIORITIES[case.priority]), "r" if case.priority == 1 else "y"))
    if case.secrecy:
        found.append((_("密封") if case.secrecy == "sealed" else _("限岗"), "a"))
    if case.returns:
        found.append((_("第 %(n)s 次退单") % {"n": case.returns}, ""))
    if case.escalation:
        found.append((_("已升级"), "y"))
    if case.suspended:
        found.append((_("挂账"), ""))
    return tuple(found)


def tracker(case: Case, standing: Standing, steps: list[Step], book: LoopBook) -> list[Stage]:
    """The stages of the case's own profile, under its own names."""
    coming = next_stage(standing)
    done = {step.verb: step.at for step in steps}
    reached = standing.stages.index(coming) if coming in standing.stages else len(standing.stages)
    cells = []
    for position, verb in enumerate(standing.stages):
        if verb in standing.optional and verb not in done:
            continue
        state = "done" if position < reached else "now" if verb is coming else "todo"
        if state == "done" and verb not in done:
            state = "skipped"
        name = book.stage_name(case.profile, verb, TABLE[verb].label if verb in TABLE else "")
        cells.append(Stage(name, state, done.get(verb) if state == "done" else None))
    return cells


@dataclass(frozen=True, slots=True)
class StepLine:
    """A line of 流转记录."""

    seq: int
    at: datetime
    title: str
    who: str
    note: str
    files: tuple[Any, ...]
    public: bool


def step_line(step: Step, case: Case, book: LoopBook, files: dict[int, list[Any]]) -> StepLine:
    return StepLine(
        step.seq,
        step.at,
        step_title(step, case, book),
        step.actor_label,
        "\n".join(filter(None, [step.text, *facts_lines(step.facts, book)])),
        tuple(files.get(step.seq, ())),
        step.public,
    )


def step_title(step: Step, case: Case, book: LoopBook) -> str:
    verb = Verb(step.verb)
    if verb in STAGE_STATE:
        name = _(book.stage_name(case.profile, verb, TABLE[verb].label if verb in TABLE else "上报"))
    else:
        name = _(TABLE[verb].label)
    if verb in (Verb.DISPATCH, Verb.APPOINT):
        return f"{name} → {step.unit}"
    outcome = words.OUTCOMES.get(step.facts.get("outcome", ""))
    return f"{name}：{outcome}" if outcome else name


def facts_lines(facts: dict[str, Any], book: LoopBook) -> list[str]:
    """The facts of a step that people want to read, in words."""
    units, lines = accounts.departments(), []
    if supports := [units[i].name for i in facts.get("supports", []) if i in units]:
        lines.append(_("协办：%(units)s") % {"units": "、".join(supports)})
    labels = {
        "why": _("派单依据"),
        "basis": _("依据"),
        "funding": _("经费来源"),
        "responsible_party": _("责任主体"),
        "consent": _("上级同意"),
        "rule": _("申请"),
    }
    for key, label in labels.items():
        if facts.get(key):
            lines.append(f"{label}：{facts[key]}")
    if facts.get("kind"):
        lines.append(_("类别：%(kind)s") % {"kind": book.kind_name(facts["kind"])})
    if facts.get("area"):
        lines.append(_("辖区：%(area)s") % {"area": areas.names_of(facts["area"])})
    if facts.get("reason"):
        lines.append(_("原因：%(reason)s") % {"reason": reason_text(book, facts["reason"])})
    if facts.get("by"):
        lines.append(_("复核方式：%(by)s") % {"by": words.REVIEW_BY.get(facts["by"], facts["by"])})
    return lines


def reason_text(book: LoopBook, code: str) -> str:
    reasons = book.reasons
    for reason in (*reasons.returns, *reasons.suspends, *reasons.extends, *reasons.impossible):
        if reason.code == code:
            return reason.text
    return code


@dataclass(frozen=True, slots=True)
class Personal:
    """One personal field, masked unless it was revealed just now."""

    key: str
    label: str
    value: str
    revealed: bool


MASKS = {"name": mask_name, "phone": mask_phone, "id": mask_id, "address": mask_address}
PARTY_COLUMNS = ("name", "phone", "id", "address")


def personal_of(case: Case, parties: list[Party], revealed: frozenset[str] = frozenset()) -> list[Personal]:
    """Every personal field that is filled; key ``<party id>.<field>``, ``0.spot`` for the place in words."""
    lines = []
    for party in parties:
        for name in PARTY_COLUMNS:
            if sealed := getattr(party, f"{name}_sealed"):
                key = f"{party.pk}.{name}"
                value = unseal(f"cases.Party.{name}_sealed", sealed)
                label = f"{words.PARTS.get(party.part, party.part)} · {words.FIELDS[name]}"
                lines.append(
                    Personal(key, label, value if key in revealed else MASKS[name](value), key in revealed)
                )
    if case.spot_sealed:
        value = unseal("cases.Case.spot_sealed", case.spot_sealed)
        shown = "0.spot" in revealed
        lines.append(
            Personal("0.spot", str(words.FIELDS["spot"]), value if shown else mask_address(value), shown)
        )
    return lines
