"""The explanation of every code: of the checks (DS...) and of the reviews (DR...)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache

from dynostack.environment.diagnostics.codes import codes, similar_code
from dynostack.environment.severities.settings import REASON
from dynostack.errors import LocalError
from dynostack.review.model import Severity
from dynostack.review.rules import RULES

MEANING = {
    Severity.STOP: "cannot be applied",
    Severity.BLOCK: "needs an explicit yes",
    Severity.WARN: "warning",
    Severity.NOTE: "note",
}
"""Severity of a review's rule -> its meaning for the change."""


class UnknownCode(LocalError):
    """There is no rule with this code."""


@dataclass(frozen=True)
class Explanation:
    """The description of one rule."""

    code: str
    title: str
    severity: str
    why: str
    """The reason for the rule, in one or more sentences; empty where the title says it all."""
    source: str
    """The page that the rule comes from; empty for a rule of dynostack's own."""
    choice: str = ""
    """How a project switches the rule off or changes its severity; empty for a review's rule."""
    is_required: bool = False
    """Whether a project cannot switch the rule off."""

    @property
    def text(self) -> str:
        """The explanation for a terminal."""
        head = f"{self.code}  {self.title.removesuffix('.')} ({self._kind})"
        source = f"Source: {self.source}" if self.source else ""
        return "\n\n".join(filter(None, (head, self.why, source, self.choice)))

    @property
    def markdown(self) -> str:
        """The explanation as a section of a page."""
        source = f"Source: <{self.source}>." if self.source else ""
        head = f"**{self.title.removesuffix('.')}** ({self._kind})."
        return f"### {self.code}\n\n{' '.join(filter(None, (head, self.why, source)))}\n"

    @property
    def _kind(self) -> str:
        return f"{self.severity}, required" if self.is_required else self.severity

    def as_data(self) -> dict[str, object]:
        """Return the explanation for JSON."""
        return asdict(self)


def explanation(code: str) -> Explanation:
    """Return the explanation of a code, in capitals or not.

    Raises:
        UnknownCode: there is no such code.
    """
    every = explanations()
    if found := every.get(code.upper()):
        return found
    alike = similar_code(code, every)
    hint = f"write {alike}; " if alike else ""
    raise UnknownCode(f"unknown code {code}: {hint}dynostack explain lists all codes")


@cache
def explanations() -> dict[str, Explanation]:
    """Return every explanation by its code, in order."""
    return {each.code: each for each in (*_of_checks(), *_of_reviews())}


def _of_checks() -> Iterator[Explanation]:
    for code, rule in codes().items():
        source = rule.source if "://" in rule.source else ""
        choice = f"This rule cannot be switched off: {REASON}." if rule.required else _choice(code)
        yield Explanation(
            code, rule.title, rule.severity, rule.why, source, choice, is_required=rule.required
        )


def _choice(code: str) -> str:
    return (
        f'To switch this rule off, write ignore = ["{code}"] under [tool.dynostack.check] in'
        f' pyproject.toml; error = ["{code}"] or warning = ["{code}"] changes its severity.\n'
        f"To exempt one line, end it with the comment: # dynostack: ignore[{code}] and the reason"
    )


def _of_reviews() -> Iterator[Explanation]:
    for code in sorted(RULES):
        rule = RULES[code]
        yield Explanation(code, rule.title, MEANING[rule.severity], rule.why, rule.source)
