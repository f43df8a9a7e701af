"""What accounts reads from the playbook in force."""

from ketang.core.accounts.playbook import AccountsFile, DepartmentsFile

try:
    from ketang.core.playbooks import api as playbooks
except ImportError:  # until core.playbooks lands
    playbooks = None


def rules() -> AccountsFile:
    return playbooks.current().section(AccountsFile) if playbooks else AccountsFile()


def departments_file() -> DepartmentsFile:
    return playbooks.current().section(DepartmentsFile) if playbooks else DepartmentsFile()


def sealed_departments() -> frozenset[str]:
    """Codes of the units that alone read accusations (纪检监察)."""
    return frozenset(spec.code for spec in departments_file().departments if spec.sealed)


def register() -> None:
    if playbooks is None:
        return
    playbooks.register("accounts.yaml", AccountsFile)
    playbooks.register("departments.yaml", DepartmentsFile)
