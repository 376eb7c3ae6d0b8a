"""The report as SARIF 2.1.0, which code scanning and editors read.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import Any
from urllib.parse import quote

from dynostack.check.report import Report
from dynostack.check.repository import path_in_repository
from dynostack.environment import Diagnostic
from dynostack.environment.diagnostics.codes import Code, codes

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


def rendered(report: Report) -> str:
    """Return one SARIF run, with the diagnostics and their rules."""
    rules = sorted({each.code for each in report.diagnostics})
    driver = {
        "name": "dynostack",
        "semanticVersion": version("dynostack"),
        "rules": [_rule(code, codes()[code]) for code in rules],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, rules, report) for each in report.diagnostics],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _rule(code: str, rule: Code) -> dict[str, Any]:
    described = {
        "id": code,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "defaultConfiguration": {"level": rule.severity},
    }
    return described | ({"helpUri": rule.source} if "://" in rule.source else {})


def _result(diagnostic: Diagnostic, rules: list[str], report: Report) -> dict[str, Any]:
    file = quote(path_in_repository(report.project, diagnostic.file))
    where: dict[str, Any] = {"artifactLocation": {"uri": file, "uriBaseId": "%SRCROOT%"}}
    if place := diagnostic.place:
        where["region"] = {
            "startLine": place.line,
            "startColumn": place.column,
            "endColumn": place.column + place.width,
        }
    section = f"{diagnostic.section}: " if diagnostic.section else ""
    return {
        "ruleId": diagnostic.code,
        "ruleIndex": rules.index(diagnostic.code),
        "level": diagnostic.severity,
        "message": {"text": f"{section}{diagnostic.message}. Write {diagnostic.suggestion}"},
        "locations": [{"physicalLocation": where}],
    }
