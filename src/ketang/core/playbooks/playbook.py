"""playbook.yaml: what a playbook is called and what it stands on."""

from pydantic import Field

from ketang.core.playbooks.schema import Entry


class PlaybookFile(Entry):
    """playbook.yaml"""

    title: str = Field(min_length=1, max_length=80)
    """What people read."""
    extends: str = Field(default="", pattern=r"^[a-z0-9_-]*$")
    """Folder of the playbook it changes; empty for a base."""
    note: str = Field(default="", max_length=2000)
    """Who made it, for whom, on what basis."""
