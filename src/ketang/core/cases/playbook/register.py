"""Tells the playbook room which files are the loop's. Called from ``CasesConfig.ready``."""

from ketang.core.cases.playbook.changes import describe
from ketang.core.cases.playbook.checks import check
from ketang.core.cases.playbook.kinds import KindsFile
from ketang.core.cases.playbook.notices import NoticesFile
from ketang.core.cases.playbook.profiles import ProfilesFile
from ketang.core.cases.playbook.reasons import ReasonsFile
from ketang.core.cases.playbook.retention import RetentionFile
from ketang.core.playbooks import api as playbooks


def register() -> None:
    playbooks.register("kinds.yaml", KindsFile)
    playbooks.register("profiles.yaml", ProfilesFile)
    playbooks.register("reasons.yaml", ReasonsFile)
    playbooks.register("notices.yaml", NoticesFile)
    playbooks.register("retention.yaml", RetentionFile)
    playbooks.register_check(check)
    playbooks.describe_with("kinds.yaml", describe)
