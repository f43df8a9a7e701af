"""retention.yaml: how long personal fields are kept after a case has closed, and what stays of the place."""

from typing import Literal, Self

from pydantic import Field, model_validator

from ketang.core.playbooks.schema import Code, Entry, Line, no_repeats


class RetentionRule(Entry):
    """A period for some cases; the first rule that fits a case holds."""

    code: Code
    """Stable code, kept in the proof."""
    kinds: tuple[Line, ...] = ()
    """Prefixes of category codes it is for (E04, E0406); empty: all."""
    secrecy: tuple[Literal["", "duty", "sealed"], ...] = ()
    """Secrecy of the cases it is for; empty: any."""
    days: int = Field(default=730, ge=30, le=36500)
    """Natural days after closing; then the personal fields are removed."""
    place: Literal["village", "grid"] = "village"
    """What stays of where it was; the point on the map never does."""

    def fits(self, kind: str, secrecy: str) -> bool:
        of_kind = not self.kinds or any(kind.startswith(prefix) for prefix in self.kinds)
        return of_kind and (not self.secrecy or secrecy in self.secrecy)


class RetentionFile(Entry):
    """retention.yaml"""

    rules: tuple[RetentionRule, ...] = (RetentionRule(code="default"),)
    """Periods in order of precedence; the last one is for everything else."""
    account_days: int = Field(default=730, ge=30, le=36500)
    """Natural days without a login after which a resident's account without a kept case is emptied."""
    history: bool = False
    """Whether orders imported as history go too; switch on once the import has been checked and exported."""

    @model_validator(mode="after")
    def _last_is_for_the_rest(self) -> Self:
        no_repeats("保存期规则", (rule.code for rule in self.rules))
        if not self.rules or self.rules[-1].kinds or self.rules[-1].secrecy:
            raise ValueError("最后一条保存期规则不能写 kinds、secrecy，否则有的工单永远不清理")
        return self

    def of(self, kind: str, secrecy: str) -> RetentionRule:
        return next(rule for rule in self.rules if rule.fits(kind, secrecy))
