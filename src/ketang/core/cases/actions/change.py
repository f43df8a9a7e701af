"""One verb being done to one case: what it sets, what it notes, and the one place that writes it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from ketang.core.accounts.types import Person
from ketang.core.audit import api as audit
from ketang.core.cases.actions.rows import step_row
from ketang.core.cases.book import LoopBook
from ketang.core.cases.events import EVENT_OF, CaseChanged
from ketang.core.cases.models import Case, Step, Unit
from ketang.core.cases.playbook import Kind
from ketang.core.cases.rules import Standing, next_stage
from ketang.core.cases.transitions import Transition
from ketang.core.cases.types import Act, StaleCase, State, Verb, Who
from ketang.core.deadlines import api as deadlines
from ketang.core.files import api as files
from ketang.core.outbox import api as outbox


@dataclass
class Change:
    """``columns`` will be written to the case, ``facts`` to the step; ``state`` is the state after."""

    case: Case
    standing: Standing
    row: Transition
    act: Act
    person: Person
    now: datetime
    book: LoopBook
    holds_receipt: bool = False
    state: State = State.REPORTED
    columns: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    public: bool = False
    unit: str = ""

    def __post_init__(self) -> None:
        self.state = self.row.to or self.standing.state

    @property
    def kind(self) -> Kind | None:
        return self.book.kind(self.columns.get("kind", self.case.kind))

    def set(self, **columns: Any) -> None:
        self.columns |= columns

    def note(self, **facts: Any) -> None:
        self.facts |= {name: value for name, value in facts.items() if value not in ("", 0, None, (), [])}

    def carry_out(self, effect: "Effect | None") -> Step:
        """Inside the caller's transaction: the effect, the case by compare-and-swap, step, audit, outbox."""
        if effect:
            effect(self)
        self._let_go_or_hold()
        self._swap()
        step = self._write_step()
        number = f"case:{self.case.pk}"
        audit.record(
            self.person.actor,
            f"case.{self.row.verb}",
            number,
            {"seq": step.seq, "state": step.state},
            at=self.now,
        )
        event = EVENT_OF.get(self.row.verb, CaseChanged)
        outbox.publish(
            event(self.case.pk, step.seq, step.verb, step.state, self.case.district, self.case.secrecy)
        )
        return step

    def _let_go_or_hold(self) -> None:
        """The loop lets go when no stage is left; then every clock and unit of the case ends."""
        after = replace(
            self.standing,
            state=self.state,
            answered=self.columns.get("answered_at", self.case.answered_at) is not None,
            stages=self.columns.pop("_stages", self.standing.stages),
        )
        is_open = self.columns.get("open", self.standing.open)
        if self.row.verb in STAYS or (not self.standing.open and not self.columns.get("open")):
            return
        if is_open and next_stage(after) is None:
            self.set(open=False, closed_at=self.now)
            deadlines.stop("case", self.case.pk, None, self.now)
            Unit.objects.filter(case=self.case, ended_at=None).update(ended_at=self.now)

    def _swap(self) -> None:
        """Only one of two writers moves the case on from the version both have seen."""
        self.case.version += 1
        self.set(state=self.state, version=self.case.version)
        done = Case.objects.filter(pk=self.case.pk, version=self.case.version - 1).update(**self.columns)
        if done != 1:
            raise StaleCase
        for name, value in self.columns.items():
            setattr(self.case, name, value)

    def _write_step(self) -> Step:
        if self.act.files:
            self.note(files=list(self.act.files))
            files.attach(self.act.files, "case", self.case.pk, self.case.version, self.now)
        step = step_row(
            self.case,
            self.row.verb,
            self.state,
            self.person.actor,
            self.now,
            text=self.act.text,
            unit=self.unit or unit_of(self.person, self.standing),
            public=self.public,
            facts=self.facts,
            request_key=self.act.request_key,
        )
        step.save(force_insert=True)
        return step


Effect = Callable[[Change], None]
# Side verbs on an open case never close it by themselves.
STAYS = frozenset(
    {
        Verb.NOTE,
        Verb.FOLLOW,
        Verb.URGE,
        Verb.SUPERVISE,
        Verb.ESCALATE,
        Verb.PRIORITISE,
        Verb.EXTEND,
        Verb.SUSPEND,
        Verb.RESUME,
        Verb.RATE,
        Verb.SUPPORT_DONE,
        Verb.UPDATE,
        Verb.SPLIT,
    }
)


def unit_of(person: Person, standing: Standing) -> str:
    """The unit that residents read instead of the clerk's name: the lead's when they act for it."""
    names = {post.department_id: post.department_name for post in person.posts if post.department_id}
    return names.get(standing.lead_id) or next(iter(names.values()), "")


def stands(change: Change, *who: Who) -> bool:
    from ketang.core.cases.rules import who_of

    return bool(who_of(change.person, change.standing, holds_receipt=change.holds_receipt) & set(who))
