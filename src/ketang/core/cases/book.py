"""What the loop reads from the playbook: kinds, profiles, reasons; indexed once per version."""

from dataclasses import dataclass

from ketang.core.accounts.types import Role
from ketang.core.cases.playbook import Kind, KindsFile, Profile, ProfilesFile, ReasonsFile
from ketang.core.cases.types import Verb
from ketang.core.playbooks import api as playbooks
from ketang.core.playbooks.api import Playbook

UNSORTED = "待分类"


@dataclass(frozen=True)
class LoopBook:
    """One playbook version as the loop uses it."""

    version: str
    kinds: dict[str, Kind]
    ways: ProfilesFile
    reasons: ReasonsFile

    def kind(self, code: str) -> Kind | None:
        return self.kinds.get(code)

    def kind_name(self, code: str) -> str:
        kind = self.kinds.get(code)
        return kind.name if kind else UNSORTED

    def profile(self, code: str) -> Profile:
        return self.ways.by_code.get(code) or self.ways.by_code["standard"]

    def stages(self, profile: str, *, drawn: bool = False) -> tuple[Verb, ...]:
        """The verbs of a profile in order; a short case drawn at random is reviewed after handling."""
        verbs = [Verb(stage.verb) for stage in self.profile(profile).stages]
        if drawn and Verb.REVIEW not in verbs:
            verbs.insert(verbs.index(Verb.HANDLE) + 1, Verb.REVIEW)
        return tuple(verbs)

    def optional(self, profile: str, kind: str) -> frozenset[Verb]:
        """Stages that may be passed over; a kind with ``check_first`` is looked at before handling."""
        found = {Verb(stage.verb) for stage in self.profile(profile).stages if stage.optional}
        known = self.kinds.get(kind)
        return frozenset(found - {Verb.CHECK} if known and known.check_first else found)

    def may_exit(self, kind: str) -> bool:
        """Petitions, litigation, accusations: they leave the loop with a notice and a receipt."""
        known = self.kinds.get(kind)
        return bool(known and known.exit)

    def done_by(self, profile: str) -> dict[Verb, frozenset[Role]]:
        """Roles that this profile names for a stage, narrower than the transition table."""
        return {Verb(s.verb): frozenset(s.by) for s in self.profile(profile).stages if s.by}

    def stage_name(self, profile: str, verb: Verb, default: str) -> str:
        """The word of this profile for a stage: 处置 in one, 办理 in another."""
        stage = self.profile(profile).stage(verb.value)
        return stage.name if stage else default


def _index(book: Playbook) -> LoopBook:
    return LoopBook(
        book.version,
        {kind.code: kind for kind in book.section(KindsFile).kinds},
        book.section(ProfilesFile),
        book.section(ReasonsFile),
    )


def current() -> LoopBook:
    return playbooks.current().derive(LoopBook, _index)


def of_version(version: str) -> LoopBook:
    """The version a case was registered under; it keeps it until recomputed on purpose."""
    now = current()
    return now if now.version == version else playbooks.version(version).derive(LoopBook, _index)
