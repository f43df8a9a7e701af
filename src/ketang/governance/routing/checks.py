"""What is wrong with a routing table: dead rules, contradicting rules, names nobody knows. Pure."""

from collections.abc import Iterator

from ketang.core.accounts.playbook import DepartmentsFile
from ketang.core.cases.playbook import KindsFile
from ketang.core.playbooks.api import Flaw, Playbook
from ketang.governance.routing.playbook import RoutingFile, Rule, Times, When, Words
from ketang.governance.routing.rules import within

FILE = "routing.yaml"
Row = tuple[int, Rule]


def check(book: Playbook) -> Iterator[Flaw]:
    """Every flaw, at the line of the rule that has it."""
    rows = book.section(RoutingFile).ordered()
    kinds, departments = book.section(KindsFile), book.section(DepartmentsFile)
    for row in rows:
        yield from _names_known(row, kinds, departments)
        if impossible(row[1].when):
            yield Flaw(_at(row), f"规则 {row[1].id} 自相矛盾，永远不会用到", "核对 words 的 none")
    for later, row in enumerate(rows):
        yield from _dead_or_conflicting(row, rows[:later])


def _names_known(row: Row, kinds: KindsFile, departments: DepartmentsFile) -> Iterator[Flaw]:
    position, rule = row
    here = (FILE, "rules", position)
    for number, prefix in enumerate(rule.when.kinds):
        if not any(code.startswith(prefix) for code in kinds.by_code):
            yield Flaw((*here, "when", "kinds", number), f"没有以“{prefix}”开头的事项类别", "核对 kinds.yaml")
    if rule.then.kind and rule.then.kind not in kinds.by_code:
        yield Flaw((*here, "then", "kind"), f"事项类别“{rule.then.kind}”没有定义", "核对 kinds.yaml")
    for field, codes in (("lead", (rule.then.lead,)), ("support", rule.then.support or ())):
        for code in codes:
            if code and not departments.knows(code):
                way_out = "在 departments.yaml 里加上它，或改用已有的部门代码"
                yield Flaw((*here, "then", field), f"规则 {rule.id} 的部门“{code}”没有定义", way_out)
    spec = departments.by_code.get(rule.then.lead or "")
    word = departments.stands_for.get(rule.then.lead or "")
    if (spec and not spec.kind.may_lead) or word in ("village", "committee"):
        message = f"“{rule.then.lead}”不能主办：主办只能是政府部门或镇街"
        yield Flaw((*here, "then", "lead"), message, "改为 support")


def _dead_or_conflicting(row: Row, earlier: list[Row]) -> Iterator[Flaw]:
    _, rule = row
    for before in earlier:
        line = f"规则 {before[1].id}「{before[1].name}」"
        if before[1].when == rule.when and before[1].then != rule.then:
            yield Flaw(_at(row), f"规则 {rule.id} 与前面的{line}条件相同、结果不同", "删去一条，或分清条件")
            return
        if covers(before[1].when, rule.when):
            yield Flaw(_at(row), f"规则 {rule.id} 永远用不到：前面的{line}总是先适用", "调整 order，或删去它")
            return
        if ambiguous(before[1], rule):
            message = f"规则 {rule.id} 与{line}会同时适用而主办不同，order 又相同"
            yield Flaw(_at(row), message, "用不同的 order 说明谁先")
            return


def _at(row: Row) -> tuple[str | int, ...]:
    return (FILE, "rules", row[0])


def covers(wide: When, narrow: When) -> bool:
    """Whether everything that fits ``narrow`` fits ``wide``; in doubt no, so no live rule is called dead."""
    return (
        _prefixes_cover(wide.kinds, narrow.kinds)
        and _prefixes_cover(wide.areas, narrow.areas)
        and _set_covers(wide.channels, narrow.channels)
        and _set_covers(wide.sources, narrow.sources)
        and _set_covers(wide.source_departments, narrow.source_departments)
        and _words_cover(wide.words, narrow.words)
        and _times_cover(wide.time, narrow.time)
    )


def _prefixes_cover(wide: tuple[str, ...], narrow: tuple[str, ...]) -> bool:
    return not wide or (bool(narrow) and all(one.startswith(wide) for one in narrow))


def _set_covers(wide: tuple[object, ...], narrow: tuple[object, ...]) -> bool:
    return not wide or (bool(narrow) and set(narrow) <= set(wide))


def _words_cover(wide: Words, narrow: Words) -> bool:
    """A text that has “消防通道” has “通道”: a word implies what it contains."""
    sure = narrow.all
    any_holds = not wide.any or any(_implied(word, sure) for word in wide.any)
    if not any_holds and narrow.any:
        any_holds = all(any(word in said for word in wide.any) for said in narrow.any)
    all_hold = all(_implied(word, sure) for word in wide.all)
    none_hold = all(any(absent in word for absent in narrow.none) for word in wide.none)
    return any_holds and all_hold and none_hold


def _implied(word: str, said: tuple[str, ...]) -> bool:
    return any(word in one for one in said)


def _times_cover(wide: Times, narrow: Times) -> bool:
    return (
        wide.days in ("", narrow.days)
        and _set_covers(wide.weekdays, narrow.weekdays)
        and (not wide.between or (bool(narrow.between) and _minutes(narrow) <= _minutes(wide)))
    )


def _minutes(times: Times) -> set[int]:
    """The minutes of a day inside the window."""
    if not times.between:
        return set(range(1440))
    return {m for m in range(1440) if within(times.between, f"{m // 60:02d}:{m % 60:02d}")}


def impossible(when: When) -> bool:
    """Conditions that no report can meet."""
    words = when.words
    barred = [word for word in (*words.all, *words.any) if any(no in word for no in words.none)]
    return any(word in barred for word in words.all) or (
        bool(words.any) and all(word in barred for word in words.any)
    )


def ambiguous(one: Rule, other: Rule) -> bool:
    """Two rules of the same order, neither about words, that can both fit and name different leads."""
    if one.order != other.order or not (one.when.words.empty and other.when.words.empty):
        return False
    differ = one.then.lead and other.then.lead and one.then.lead != other.then.lead
    return bool(differ) and overlap(one.when, other.when) and not covers(other.when, one.when)


def overlap(one: When, other: When) -> bool:
    """Whether some report fits both (words apart)."""
    return (
        _prefixes_meet(one.kinds, other.kinds)
        and _prefixes_meet(one.areas, other.areas)
        and _sets_meet(one.channels, other.channels)
        and _sets_meet(one.sources, other.sources)
        and _sets_meet(one.source_departments, other.source_departments)
        and _sets_meet(one.time.weekdays, other.time.weekdays)
        and (not one.time.days or not other.time.days or one.time.days == other.time.days)
        and bool(_minutes(one.time) & _minutes(other.time))
    )


def _prefixes_meet(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    if not one or not other:
        return True
    return any(a.startswith(other) for a in one) or any(b.startswith(one) for b in other)


def _sets_meet(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    return not one or not other or bool(set(one) & set(other))
