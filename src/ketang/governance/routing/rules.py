"""Routing decides here: which kind the words mean, which rule fits first, who leads. Pure and fast."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from ketang.core.accounts.playbook import DepartmentsFile
from ketang.core.accounts.types import DepartmentKind
from ketang.core.cases.playbook import Kind, KindsFile
from ketang.governance.routing.playbook import RoutingFile, Rule, Times, When
from ketang.governance.routing.types import Facts, Guess, Suggestion

MARGIN = 4  # one two-character word
REASON = 200


@dataclass(frozen=True)
class Table:
    """Everything routing needs of one playbook version, prepared once."""

    rules: tuple[Rule, ...]
    kinds: Mapping[str, Kind]
    words: Mapping[str, tuple[tuple[str, str], ...]]
    towns: frozenset[str]
    villages: frozenset[str]


def table(routing: RoutingFile, kinds: KindsFile, departments: DepartmentsFile) -> Table:
    """Prepare a table: rules in order, recognition words by their first two characters."""
    stands_for = departments.stands_for.items()
    towns = {word for word, level in stands_for if level == "town"}
    towns |= {d.code for d in departments.departments if d.kind == DepartmentKind.TOWN}
    villages = {word for word, level in stands_for if level in ("village", "committee")}
    rules = tuple(rule for _, rule in routing.ordered())
    return Table(rules, kinds.by_code, _by_start(kinds.kinds), frozenset(towns), frozenset(villages))


def _by_start(kinds: Iterable[Kind]) -> dict[str, tuple[tuple[str, str], ...]]:
    index: dict[str, tuple[tuple[str, str], ...]] = {}
    for kind in kinds:
        for word in kind.words:
            index[word[:2]] = (*index.get(word[:2], ()), (word, kind.code))
    return index


def suggest(facts: Facts, known: Table) -> Suggestion:
    """Who should get it and why. The kind somebody chose holds; else a rule's, else what the words say."""
    guess = Guess(facts.kind) if facts.kind else guess_kind(facts.text, known)
    seen = replace(facts, kind=guess.kind)
    rule = next((rule for rule in known.rules if fits(rule.when, seen)), None)
    if rule is None:
        return _by_kind(known.kinds.get(guess.kind), guess)
    code = facts.kind or rule.then.kind or guess.kind
    return _by_rule(rule, known.kinds.get(code), facts, guess, known)


def guess_kind(text: str, known: Table) -> Guess:
    """The kind whose words weigh most: a word weighs the square of its length, so 4 characters beat 2.

    Abstains (kind '') without words and when the runner-up is within one two-character word.
    """
    weights: dict[str, int] = {}
    found: list[str] = []
    for start in known.words.keys() & {a + b for a, b in pairwise(text)}:
        for word, code in known.words[start]:
            if word in text:
                weights[code] = weights.get(code, 0) + len(word) ** 2
                found.append(word)
    ranked = sorted(weights, key=lambda code: (-weights[code], code))
    clear = ranked and (len(ranked) == 1 or weights[ranked[0]] - weights[ranked[1]] >= MARGIN)
    return Guess(ranked[0] if clear else "", tuple(sorted(found)), tuple(ranked[:3]))


def fits(when: When, facts: Facts) -> bool:
    """Whether every condition that is given holds."""
    return (
        (not when.kinds or facts.kind.startswith(when.kinds))
        and (not when.areas or facts.area.startswith(when.areas))
        and (not when.channels or facts.channel in when.channels)
        and (not when.sources or facts.source_system in when.sources)
        and (not when.source_departments or facts.source_department in when.source_departments)
        and _said(when, facts.text)
        and _timely(when.time, facts)
    )


def _said(when: When, text: str) -> bool:
    words = when.words
    return (
        (not words.any or any(word in text for word in words.any))
        and (not words.all or all(word in text for word in words.all))
        and (not words.none or not any(word in text for word in words.none))
    )


def _timely(times: Times, facts: Facts) -> bool:
    if times.days and (times.days == "working") != facts.working_day:
        return False
    if times.weekdays and facts.at.isoweekday() not in times.weekdays:
        return False
    return not times.between or within(times.between, f"{facts.at:%H:%M}")


def within(window: str, clock: str) -> bool:
    """Whether ``clock`` (HH:MM) lies in ``window``; the end is not part of it, and it may cross midnight."""
    start, _, end = window.partition("-")
    return start <= clock < end if start < end else clock >= start or clock < end


def _by_rule(rule: Rule, kind: Kind | None, facts: Facts, guess: Guess, known: Table) -> Suggestion:
    then = rule.then
    lead = then.lead or (kind.lead if kind else "")
    support = then.support if then.support is not None else kind.support if kind else ()
    lead, support, hindered = obey_duties(kind, lead, support, known)
    certain = bool(facts.kind or then.kind) and kind is not None and not kind.secrecy and not kind.exit
    auto = then.auto_dispatch and certain and bool(lead) and not hindered
    reason = f"规则 {rule.id}「{rule.name}」：{rule.basis}" + (f"；{hindered}" if hindered else "")
    code = kind.code if kind else ""
    return Suggestion(code, lead, support, rule.id, reason[:REASON], auto, guess)


def _by_kind(kind: Kind | None, guess: Guess) -> Suggestion:
    if kind is None:
        return Suggestion(reason="没有规则适用，请调度员选择", guess=guess)
    by = "，由文字识别：" + "、".join(guess.words) if guess.words else ""
    reason = f"规则 K:{kind.code}「{kind.name}」由{kind.lead}主办{by}"
    return Suggestion(kind.code, kind.lead, kind.support, f"K:{kind.code}", reason[:REASON], False, guess)


def obey_duties(
    kind: Kind | None, lead: str, support: tuple[str, ...], known: Table
) -> tuple[str, tuple[str, ...], str]:
    """Lead and support as the duty lists allow, and what they hindered ('' nothing).

    Recalled: no town leads or supports. A supporting duty: the town supports, the kind's lead leads.
    """
    if kind is None:
        return lead, support, ""
    allowed = tuple(unit for unit in support if not _recalled(kind, unit, known))
    if lead not in known.towns or kind.duty.town == "basic":
        return lead, allowed, ""
    if kind.duty.town == "recalled":
        return kind.lead, allowed, f"“{kind.name}”已由上级收回，不派镇街"
    joined = allowed if lead in allowed else (*allowed, lead)
    return kind.lead, joined, f"“{kind.name}”镇街只配合，不主办"


def _recalled(kind: Kind, unit: str, known: Table) -> bool:
    return (unit in known.towns and kind.duty.town == "recalled") or (
        unit in known.villages and kind.duty.village == "recalled"
    )
