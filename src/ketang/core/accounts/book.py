"""What accounts reads from the playbook in force."""

from ketang.core.accounts.playbook import AccountsFile, DepartmentsFile
from ketang.core.playbooks import api as playbooks


def rules() -> AccountsFile:
    return playbooks.current().section(AccountsFile)


def departments_file() -> DepartmentsFile:
    return playbooks.current().section(DepartmentsFile)


def sealed_departments() -> frozenset[str]:
    """Codes of the units that alone read accusations (纪检监察)."""
    return frozenset(spec.code for spec in departments_file().departments if spec.sealed)


def register() -> None:
    playbooks.register("accounts.yaml", AccountsFile)
    playbooks.register("departments.yaml", DepartmentsFile)
