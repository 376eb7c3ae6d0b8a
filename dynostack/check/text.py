"""The report as text with colors, which click removes if the output is not a terminal."""

from __future__ import annotations

import click

from dynostack.check.report import Report
from dynostack.environment import Diagnostic
from dynostack.environment.diagnostics.repeated import Shown, without_repetition

COLORS = {"error": "red", "warning": "yellow"}


def rendered(report: Report) -> str:
    """Return the text of the diagnostics, with repeated warnings counted, then the summary line."""
    color = "green"
    if report.diagnostics:
        color = COLORS["error" if report.errors else "warning"]
    summary = click.style(report.summary, fg=color, bold=True)
    shown = (_with_rest(each) for each in without_repetition(report.diagnostics))
    return "\n".join([*shown, summary])


def _with_rest(shown: Shown) -> str:
    """Return a diagnostic's text, and the line about others of the same rule."""
    return "\n".join(
        filter(None, (colored(shown.diagnostic), shown.rest and click.style(shown.rest, dim=True)))
    )


def colored(diagnostic: Diagnostic) -> str:
    """Return a diagnostic's text, with the place, the code and the caret in color."""
    color, code = COLORS[diagnostic.severity], diagnostic.code
    headline, *shown, advice = diagnostic.lines
    said = headline.removeprefix(diagnostic.location).replace(code, click.style(code, fg=color), 1)
    lines = [click.style(diagnostic.location, bold=True) + said]
    if shown:
        line, caret = shown
        marks = caret[caret.index("^") :]
        lines += [line, caret.removesuffix(marks) + click.style(marks, fg=color)]
    explanation = f"({diagnostic.explanation})"
    advice = advice.removesuffix(explanation) + click.style(explanation, dim=True)
    return "\n".join([*lines, advice])
