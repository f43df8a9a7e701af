"""notices.yaml: what people are told, by event. Names and phones have no placeholder, so none can leak."""

import string
from functools import cached_property
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from ketang.core.playbooks.schema import Code, Entry, Line, no_repeats

PLACEHOLDERS = ("number", "receipt", "title", "kind", "unit", "due", "state", "text", "phone_desk")
"""``text`` is the public text of the step, ``state`` the plain words of the profile, ``due`` the due time."""


class Notice(Entry):
    """One message to one addressee."""

    code: Code
    """event.addressee, e.g. registered.reporter."""
    event: Code
    """Event of the loop: a stage verb's state or a side verb (registered, dispatched, near, passed …)."""
    to: Literal[
        "reporter", "follower", "unit", "handler", "town", "group", "dispatcher", "supervisor", "leader"
    ]
    """Who reads it; town and group only of clocks (reasons.yaml: escalations)."""
    title: Line
    """Subject line; placeholders allowed."""
    text: str = Field(min_length=1, max_length=500)
    """The message; placeholders allowed."""
    sms: bool = False
    """Whether reporters and followers also get it as a text message (KETANG_SMS); not in the quiet hours."""

    @field_validator("title", "text")
    @classmethod
    def _placeholders_known(cls, value: str) -> str:
        for _, name, spec, conversion in string.Formatter().parse(value):
            if name is not None and (name not in PLACEHOLDERS or spec or conversion):
                raise ValueError(f"占位符“{{{name}}}”不认识，可用：{'、'.join(PLACEHOLDERS)}")
        return value

    def render(self, facts: dict[str, str]) -> tuple[str, str]:
        """Title and text with ``facts`` filled in; a fact that is missing becomes ''."""
        filled = dict.fromkeys(PLACEHOLDERS, "") | facts
        return self.title.format_map(filled), self.text.format_map(filled)


class NoticesFile(Entry):
    """notices.yaml"""

    notices: tuple[Notice, ...] = ()
    """All messages; an event without one sends nothing."""

    @model_validator(mode="after")
    def _codes_once(self) -> Self:
        no_repeats("通知", (notice.code for notice in self.notices))
        no_repeats("通知", (f"{notice.event} → {notice.to}" for notice in self.notices))
        return self

    @cached_property
    def _by_event(self) -> dict[tuple[str, str], Notice]:
        return {(notice.event, notice.to): notice for notice in self.notices}

    def of(self, event: str, to: str) -> Notice | None:
        return self._by_event.get((event, to))
