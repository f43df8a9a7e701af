"""Act: one verb on one case, in one transaction. Who and when stands in ``transitions``; what a verb
changes beside the state stands in the verb files of this folder, found in ``VERBS``."""

from datetime import datetime

from django.db import IntegrityError, transaction

from ketang.core.accounts.types import Person
from ketang.core.cases import rules
from ketang.core.cases.actions import clockwork, linking, marking, moving, returning
from ketang.core.cases.actions.change import Change, Effect
from ketang.core.cases.book import of_version
from ketang.core.cases.models import Step
from ketang.core.cases.queries import case_for, standing_of
from ketang.core.cases.types import Act, Anonymised, RequestUsed, StaleCase, Verb

VERBS: dict[Verb, Effect] = {
    **moving.VERBS,
    **returning.VERBS,
    **clockwork.VERBS,
    **linking.VERBS,
    **marking.VERBS,
}
TRIES = 5


def act(
    case_id: int, verb: Verb, form: Act, person: Person, now: datetime, *, holds_receipt: bool = False
) -> Step:
    """Do ``verb`` and return its step.

    Raises CaseGone (out of scope), VerbNotNow, NotYourVerb, BadInput with the field, and StaleCase when
    ``form.seen`` is older than the case: the second of two people sees what changed and loses nothing.
    Without ``seen`` the verb is tried again on the newest state.
    """
    for attempt in range(TRIES):
        try:
            return _once(case_id, verb, form, person, now, holds_receipt)
        except StaleCase:
            if form.seen or attempt == TRIES - 1:
                raise
        except IntegrityError as clash:
            done = form.request_key and Step.objects.filter(request_key=form.request_key).first()
            if done:
                return done
            if attempt == TRIES - 1:
                raise RequestUsed from clash
    raise StaleCase


def _once(case_id: int, verb: Verb, form: Act, person: Person, now: datetime, holds_receipt: bool) -> Step:
    change = prepare(case_id, verb, form, person, now, holds_receipt=holds_receipt)
    with transaction.atomic():
        return change.carry_out(VERBS.get(verb))


def prepare(
    case_id: int, verb: Verb, form: Act, person: Person, now: datetime, *, holds_receipt: bool = False
) -> Change:
    """Read the case through the scope and hold the verb against the table; nothing is written yet."""
    case = case_for(person, case_id, now, holds_receipt=holds_receipt)
    book = of_version(case.playbook)
    standing = standing_of(case, book)
    if form.request_key and (done := Step.objects.filter(request_key=form.request_key).exists()) and done:
        raise IntegrityError("request key used")
    if form.seen and form.seen != case.version:
        raise StaleCase
    if case.anonymised_at:
        raise Anonymised
    row = rules.check(verb, form, person, standing, holds_receipt=holds_receipt)
    return Change(case, standing, row, form, person, now, book, holds_receipt)
