"""The report as text with colors, which click removes if the output is not a terminal."""

from __future__ import annotations

import click

from dynostack.check.report import Report
from dynostack.environment import Diagnostic

COLORS = {"error": "red", "warning": "yellow"}


def rendered(report: Report) -> str:
    """Return the text of every diagnostic, then the summary line."""
    color = "green"
    if report.diagnostics:
        color = COLORS["error" if report.errors else "warning"]
    summary = click.style(report.summary, fg=color, bold=True)
    return "\n".join([*(colored(each) for each in report.diagnostics), summary])


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
