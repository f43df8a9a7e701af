"""What happens next to a demo case, who does it and what they write; carried out by the loop's own ``act``.

Most things go straight through the profile; now and then a unit returns a case, a review fails, somebody
is urged. A resident who was answered may rate.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from random import Random

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from ketang.core.accounts import api as accounts
from ketang.core.accounts.queries import NOBODY
from ketang.core.accounts.types import Person
from ketang.core.cases import api as cases
from ketang.core.cases.book import of_version
from ketang.core.cases.models import Case
from ketang.core.cases.playbook import Kind
from ketang.core.cases.queries import standing_of
from ketang.core.cases.rules import Standing, next_stage
from ketang.core.cases.types import Act, Secrecy, State, Verb
from ketang.core.files import api as files
from ketang.demo import writing
from ketang.demo.cast import Cast

RETURNED_OF_100, FAILED_OF_100, URGED_OF_100, UNHAPPY_OF_100, PHOTO_OF_100 = 4, 8, 5, 12, 15
CENTRE = "综治中心"


@dataclass(frozen=True)
class Scene:
    """A case as it stands, and everything needed to go on with it."""

    case: Case
    kind: Kind | None
    standing: Standing
    cast: Cast
    rng: Random
    now: datetime

    @property
    def dispatcher(self) -> Person:
        """Who does the desk's work; of an accusation, a second person of 纪检: nobody else may look."""
        return self.cast.login("discipline" if self.case.secrecy == Secrecy.SEALED else "dispatcher")

    @property
    def lead(self) -> Person:
        """Who acts for the leading unit; a query that nobody leads is answered at the desk."""
        return self.cast.of_unit(self.case.lead_id or 0) or self.dispatcher

    def chance(self, of_100: int) -> bool:
        return self.rng.randrange(100) < of_100


@dataclass(frozen=True)
class Move:
    verb: Verb
    person: Person
    form: Act
    holds_receipt: bool = False


def advance(case_id: int, cast: Cast, rng: Random, now: datetime) -> Verb | None:
    """Take a case one move further; None when nothing is left to do. Raises what ``act`` raises."""
    scene = scene_of(case_id, cast, rng, now)
    move = _side_move(scene) or _stage_move(scene)
    if move is None:
        return None
    cases.act(case_id, move.verb, move.form, move.person, now, holds_receipt=move.holds_receipt)
    return move.verb


def scene_of(case_id: int, cast: Cast, rng: Random, now: datetime) -> Scene:
    case = Case.objects.get(pk=case_id)
    book = of_version(case.playbook)
    return Scene(case, book.kind(case.kind), standing_of(case, book), cast, rng, now)


def _side_move(scene: Scene) -> Move | None:
    """Something beside the order of stages, now and then."""
    case, standing = scene.case, scene.standing
    if not case.open:
        return _rating(scene) if standing.answered and not case.rating and case.reachable else None
    in_hand = standing.state in (State.TAKEN, State.CHECKED)
    returnable = standing.state is State.DISPATCHED and not case.returns and not case.secrecy
    if returnable and scene.chance(RETURNED_OF_100):
        return _returning(scene)
    if in_hand and scene.now > case.yellow_at and scene.chance(URGED_OF_100):
        return Move(Verb.URGE, scene.dispatcher, Act(text=writing.say(scene.rng, "urges")))
    if scene.kind and scene.kind.exit == "notice" and standing.state is State.REGISTERED:
        text = "不属于本平台办理的事项，已告知途径并附回执。"
        return Move(Verb.REFER, scene.dispatcher, Act(text=text, basis="信访工作条例、诉讼法有关规定"))
    return None


def _rating(scene: Scene) -> Move:
    unhappy = scene.chance(UNHAPPY_OF_100)
    stars = scene.rng.choice((1, 2)) if unhappy else scene.rng.choice((4, 5, 5))
    text = writing.say(scene.rng, "complaints" if unhappy else "thanks")
    return Move(Verb.RATE, NOBODY, Act(rating=stars, text=text), holds_receipt=True)


def _returning(scene: Scene) -> Move:
    form = Act(reason="R1", basis="权责清单未列此项", signed_by=scene.lead.actor.id, text="建议转其他单位。")
    return Move(Verb.RETURN, scene.lead, form)


def _stage_move(scene: Scene) -> Move | None:
    verb = next_stage(scene.standing)
    make = STAGES.get(verb) if verb and scene.case.open and not scene.case.suspended else None
    return make(scene) if make else None


def _register(scene: Scene) -> Move:
    return Move(Verb.REGISTER, scene.dispatcher, Act(text="情况清楚，受理。"))


def _dispatch(scene: Scene) -> Move:
    """To the unit the playbook names; after a return, to the centre; villages with basis and funding."""
    named = scene.kind.lead if scene.kind and not scene.case.returns else CENTRE
    lead = accounts.resolve_department(named, scene.standing.area) or accounts.department_by_code(CENTRE)
    supports = [accounts.resolve_department(word, scene.standing.area) for word in _support_words(scene)]
    form = Act(
        lead=lead.id if lead else 0,
        supports=tuple(unit.id for unit in supports if unit and not unit.may_lead),
        basis="乡镇（街道）履职事项清单：配合履职",
        funding="不需另列经费",
        routing_reason=f"按类别：{scene.kind.name}" if scene.kind else "",
    )
    return Move(Verb.DISPATCH, scene.dispatcher, form)


def _support_words(scene: Scene) -> tuple[str, ...]:
    return scene.kind.support if scene.kind else ()


def _take(scene: Scene) -> Move:
    return Move(Verb.TAKE, scene.lead, Act(text=writing.say(scene.rng, "notes")))


def _check(scene: Scene) -> Move:
    return Move(Verb.CHECK, scene.lead, Act(text=f"到现场看过，情况属实。{writing.say(scene.rng, 'notes')}"))


def _handle(scene: Scene) -> Move:
    wanted = bool(scene.kind and scene.kind.photo == "required") or scene.chance(PHOTO_OF_100)
    photos = (_photo(scene),) if wanted else ()
    return Move(Verb.HANDLE, scene.lead, Act(text=_done(scene), files=photos))


def _review(scene: Scene) -> Move:
    """By the dispatcher, who never handles; a unit that did badly once does well the second time."""
    fail = not scene.case.redone and scene.chance(FAILED_OF_100)
    text = writing.say(scene.rng, "rejects") if fail else "看过结果，已经办好。"
    return Move(Verb.REVIEW, scene.dispatcher, Act(outcome="fail" if fail else "pass", text=text))


def _answer(scene: Scene) -> Move:
    return Move(Verb.ANSWER, scene.lead, Act(text=writing.answer_to(_done(scene))))


def _follow_up(scene: Scene) -> Move:
    unhappy = scene.chance(UNHAPPY_OF_100)
    text = writing.say(scene.rng, "complaints" if unhappy else "thanks")
    outcome = "dissatisfied" if unhappy else "satisfied"
    return Move(Verb.FOLLOW_UP, scene.dispatcher, Act(outcome=outcome, text=text))


def _close(scene: Scene) -> Move:
    return Move(Verb.CLOSE, scene.dispatcher, Act(text="各环节齐全，办结。"))


def _done(scene: Scene) -> str:
    leaf = writing.phrases()["leaves"].get(scene.case.kind)
    return f"{leaf['done']}。" if leaf else "已到现场了解并处理。"


def _photo(scene: Scene) -> str:
    """A picture of nothing, marked as such."""
    image = Image.new("RGB", (640, 480), tuple(scene.rng.randrange(120, 220) for _ in range(3)))
    ImageDraw.Draw(image).text((220, 230), "DEMO - generated picture", fill=(20, 20, 20))
    buffer = BytesIO()
    image.save(buffer, "JPEG")
    upload = SimpleUploadedFile("demo.jpg", buffer.getvalue(), "image/jpeg")
    return files.keep(upload, scene.lead.actor, now=scene.now)


STAGES: dict[Verb, Callable[[Scene], Move]] = {
    Verb.REGISTER: _register,
    Verb.DISPATCH: _dispatch,
    Verb.TAKE: _take,
    Verb.CHECK: _check,
    Verb.HANDLE: _handle,
    Verb.REVIEW: _review,
    Verb.ANSWER: _answer,
    Verb.FOLLOW_UP: _follow_up,
    Verb.CLOSE: _close,
}
