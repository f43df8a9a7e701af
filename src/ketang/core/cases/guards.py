"""Who may open a file that hangs on a case: whoever may see the case."""

from ketang.core.accounts.types import Person
from ketang.core.cases.queries import case_for
from ketang.core.cases.types import CaseGone
from ketang.core.files import api as files
from ketang.kernel import clock


def may_open(person: Person, case_id: int) -> bool:
    try:
        return case_for(person, case_id, clock.now()) is not None
    except CaseGone:
        return False


def register() -> None:
    files.register_guard("case", may_open)
