"""The report as workflow commands, which GitHub Actions shows next to the lines of a pull request.

https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from dynostack.check.report import Report
from dynostack.check.repository import path_in_repository
from dynostack.environment import Diagnostic

_OF_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_OF_PROPERTY = {**_OF_DATA, ":": "%3A", ",": "%2C"}


def rendered(report: Report) -> str:
    """Return one command for each diagnostic, then the summary line."""
    commands = [_command(each, report) for each in report.diagnostics]
    return "\n".join([*commands, report.summary])


def _command(diagnostic: Diagnostic, report: Report) -> str:
    properties = {"file": path_in_repository(report.project, diagnostic.file)}
    if place := diagnostic.place:
        properties |= {"line": f"{place.line}", "endLine": f"{place.line}"}
        properties |= {"col": f"{place.column}", "endColumn": f"{place.column + place.width}"}
    section = f"{diagnostic.section}: " if diagnostic.section else ""
    properties["title"] = f"{diagnostic.code} {section}{diagnostic.message}"
    listed = ",".join(f"{name}={_escaped(text, _OF_PROPERTY)}" for name, text in properties.items())
    message = f"write {diagnostic.suggestion}\n{diagnostic.explanation}"
    return f"::{diagnostic.severity} {listed}::{_escaped(message, _OF_DATA)}"


def _escaped(text: str, escapes: dict[str, str]) -> str:
    return "".join(escapes.get(letter, letter) for letter in text)
