"""Case numbers: derived from the id, so unique under concurrency without a counter to queue for."""

from datetime import datetime

from ketang.core.cases.models import Case
from ketang.core.cases.rules import id_of_number, number_of
from ketang.kernel.clock import local

PREFIX = "SY"


def number(case_id: int, reported_at: datetime) -> str:
    return number_of(PREFIX, local(reported_at), case_id)


def number_of_case(case: Case) -> str:
    return number(case.pk, case.reported_at)


def id_behind(text: str) -> int | None:
    """The id of the case with this number; None when no case has it or the date does not fit."""
    parsed = id_of_number(text)
    if parsed is None or parsed[0] > 2**62:
        return None
    reported = Case.objects.filter(pk=parsed[0]).values_list("reported_at", flat=True).first()
    return parsed[0] if reported and f"{local(reported):%Y-%m%d}" == parsed[1] else None
