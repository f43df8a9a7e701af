"""Schema of the loop's playbook files: kinds.yaml, profiles.yaml, reasons.yaml, notices.yaml,
retention.yaml."""

from ketang.core.cases.playbook.kinds import Duty, DutyList, Kind, KindsFile, Review
from ketang.core.cases.playbook.notices import PLACEHOLDERS, Notice, NoticesFile
from ketang.core.cases.playbook.profiles import Choice, Profile, ProfilesFile, SideState, Stage, StageVerb
from ketang.core.cases.playbook.reasons import (
    AfterRules,
    Escalation,
    LimitRules,
    Reason,
    ReasonsFile,
)
from ketang.core.cases.playbook.retention import RetentionFile, RetentionRule

__all__ = [
    "PLACEHOLDERS",
    "AfterRules",
    "Choice",
    "Duty",
    "DutyList",
    "Escalation",
    "Kind",
    "KindsFile",
    "LimitRules",
    "Notice",
    "NoticesFile",
    "Profile",
    "ProfilesFile",
    "Reason",
    "ReasonsFile",
    "RetentionFile",
    "RetentionRule",
    "Review",
    "SideState",
    "Stage",
    "StageVerb",
]
