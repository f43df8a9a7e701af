"""Builders for tests of routing."""

from datetime import datetime
from typing import Any

from ketang.core.accounts.playbook import DepartmentsFile
from ketang.core.cases.playbook import KindsFile
from ketang.governance.routing.playbook import RoutingFile
from ketang.governance.routing.rules import Table, table
from ketang.governance.routing.types import Facts
from ketang.kernel.clock import BEIJING

MONDAY = datetime(2026, 3, 2, 10, 0, tzinfo=BEIJING)
CLOCKS = {"respond": "urgent_hours:2", "resolve": "working_days:5"}
DEPARTMENTS = {
    "departments": [{"code": code} for code in ("市政", "城管", "公安", "纪检")],
    "by_area": [{"code": "镇街", "stands_for": "town"}, {"code": "居委", "stands_for": "village"}],
}


def kind(code: str, name: str, lead: str = "市政", words: str = "", **more: Any) -> dict[str, Any]:
    return {"code": code, "klass": "类", "name": name, "lead": lead, "words": words.split(), **CLOCKS, **more}


def rule(rule_id: str, when: dict[str, Any], then: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": rule_id, "name": f"名{rule_id}", "basis": "清单", "when": when, "then": then, **more}


def table_of(rules: list[dict[str, Any]], kinds: list[dict[str, Any]]) -> Table:
    return table(
        RoutingFile.model_validate({"rules": rules}),
        KindsFile.model_validate({"kinds": kinds}),
        DepartmentsFile.model_validate(DEPARTMENTS),
    )


def facts(text: str = "", at: datetime = MONDAY, *, working_day: bool = True, **more: Any) -> Facts:
    return Facts(text=text, at=at, working_day=working_day, **more)
