"""The report as JSON, for other programs."""

from __future__ import annotations

import json

from dynostack.check.report import Report


def rendered(report: Report) -> str:
    """Return one JSON object: the stacks, the counts and every diagnostic with all its data."""
    data = {
        "stacks": list(report.stacks),
        "errors": report.errors,
        "warnings": report.warnings,
        "diagnostics": [each.as_data() for each in report.diagnostics],
    }
    return json.dumps(data, indent=2, ensure_ascii=False)
