"""The report as text with colors, which click removes if the output is not a terminal."""

from __future__ import annotations

import click

from dynostack.check.report import Report
from dynostack.environment import Diagnostic

COLOURS = {"error": "red", "warning": "yellow"}


def rendered(report: Report) -> str:
    """Return the text of every diagnostic, then the summary line."""
    colour = "green"
    if report.diagnostics:
        colour = COLOURS["error" if report.errors else "warning"]
    summary = click.style(report.summary, fg=colour, bold=True)
    return "\n".join([*(coloured(each) for each in report.diagnostics), summary])


def coloured(diagnostic: Diagnostic) -> str:
    """Return a diagnostic's text, with the place, the code and the caret in color."""
    colour, code = COLOURS[diagnostic.severity], diagnostic.code
    headline, *shown, advice = diagnostic.lines
    said = headline.removeprefix(diagnostic.location).replace(code, click.style(code, fg=colour), 1)
    lines = [click.style(diagnostic.location, bold=True) + said]
    if shown:
        line, caret = shown
        marks = caret[caret.index("^") :]
        lines += [line, caret.removesuffix(marks) + click.style(marks, fg=colour)]
    explanation = f"({diagnostic.explanation})"
    advice = advice.removesuffix(explanation) + click.style(explanation, dim=True)
    return "\n".join([*lines, advice])
