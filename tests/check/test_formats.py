"""The report in the formats for other programs."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from dynostack.check import github, sarif
from dynostack.check.report import Report
from dynostack.environment import Diagnostic, Position
from dynostack.environment.diagnostics.codes import codes
from tests.check.conftest import RIGHT, WARNED, WRONG, Check


def answer(check: Check, style: str, **stacks: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(check("--format", style, **stacks).stdout)
    return data


def test_json_has_everything(check: Check) -> None:
    data = answer(check, "json", local=WRONG, prod=WARNED)
    assert (data["stacks"], data["errors"], data["warnings"]) == (["local", "prod"], 1, 1)
    first, second = data["diagnostics"]
    assert first == {
        "code": "DS131",
        "severity": "error",
        "file": "Pulumi.local.yaml",
        "line": 3,
        "column": 21,
        "endColumn": 25,
        "section": "shop:app.name",
        "says": first["says"],
        "write": "shop",
        "near": [],
        "source": "  shop:app: { name: Shop }",
        "rule": "dynostack explain DS131",
    }
    assert (second["code"], second["severity"]) == ("DS221", "warning")


def test_json_of_clean_stacks(check: Check) -> None:
    data = answer(check, "json", local=RIGHT)
    assert data == {"stacks": ["local"], "errors": 0, "warnings": 0, "diagnostics": []}


def test_near_names_are_data(check: Check) -> None:
    data = answer(check, "json", local=RIGHT.replace("name:", "region: eeu, name:"))
    assert data["diagnostics"][0]["near"] == ["eu"]


COMMAND = re.compile(r"::(error|warning) ((?:\w+=[^,:\r\n]*,?)+)::([^\r\n]*)")
"""A workflow command as GitHub's runner reads it."""


def read(command: str) -> tuple[str, dict[str, str], str]:
    """Return severity, properties and message as the runner reads them."""
    matched = COMMAND.fullmatch(command)
    assert matched
    severity, listed, message = matched.groups()
    properties = dict(each.split("=", 1) for each in listed.split(","))
    return severity, {name: decoded(text) for name, text in properties.items()}, decoded(message)


def decoded(text: str) -> str:
    for escape, letter in {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}.items():
        text = text.replace(escape, letter)
    return text


def test_github_shows_each_diagnostic_at_its_line(check: Check) -> None:
    *commands, summary = check("--format", "github", local=WRONG, prod=WARNED).stdout.splitlines()
    assert summary == "2 stacks checked: 1 error and 1 warning"
    (error, place, message), (warning, _, _) = map(read, commands)
    assert (error, warning) == ("error", "warning")
    title = place.pop("title")
    assert place == {
        "file": "Pulumi.local.yaml",
        "line": "3",
        "endLine": "3",
        "col": "21",
        "endColumn": "25",
    }
    assert title.startswith('DS131 shop:app.name: app name "Shop" is not valid')
    assert message == "write shop\ndynostack explain DS131"


def test_github_commands_are_escaped(tmp_path: Path) -> None:
    found = Diagnostic("DS131", "error", "Pulumi.a,b:c.yaml", "100% a:b, c\r\n::error::", "x%\ny")
    command, _ = github.rendered(Report(tmp_path, ("a",), (found,))).splitlines()
    _, properties, message = read(command)
    assert properties["file"] == "Pulumi.a,b:c.yaml"
    assert properties["title"] == "DS131 100% a:b, c\r\n::error::"
    assert message == "write x%\ny\ndynostack explain DS131"


def test_paths_are_relative_to_the_repository(check: Check, project: Path) -> None:
    (project / ".git").mkdir()
    below = project / "infra" / "shop one"
    below.mkdir(parents=True)
    found = Diagnostic("DS131", "error", "Pulumi.x.yaml", "a", "b", Position(1, 1))
    report = Report(below, ("x",), (found,))
    assert "file=infra/shop one/Pulumi.x.yaml," in github.rendered(report)
    assert '"uri": "infra/shop%20one/Pulumi.x.yaml"' in sarif.rendered(report)


def test_sarif_has_the_required_shape(check: Check) -> None:
    log = answer(check, "sarif", local=WRONG, prod=WARNED)
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = log["runs"]
    assert set(run) <= {"tool", "columnKind", "results"}
    assert run["columnKind"] in {"utf16CodeUnits", "unicodeCodePoints"}
    driver = run["tool"]["driver"]
    assert driver["name"] == "dynostack"
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", driver["semanticVersion"])
    assert [rule["id"] for rule in driver["rules"]] == ["DS131", "DS221"]
    assert len(run["results"]) == 2


@pytest.mark.parametrize("key", ["shortDescription", "fullDescription"])
def test_sarif_describes_its_rules(check: Check, key: str) -> None:
    for rule in answer(check, "sarif", local=WRONG, prod=WARNED)["runs"][0]["tool"]["driver"][
        "rules"
    ]:
        assert rule[key]["text"]
        assert rule["helpUri"].startswith("https://")
        assert rule["defaultConfiguration"]["level"] == codes()[rule["id"]].severity


def test_sarif_results_point_at_rules_and_places(check: Check) -> None:
    (run,) = answer(check, "sarif", local=WRONG, prod=WARNED)["runs"]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"error", "warning", "note", "none"}
        assert result["message"]["text"]
        (location,) = result["locations"]
        where = location["physicalLocation"]
        assert where["artifactLocation"]["uri"] in {"Pulumi.local.yaml", "Pulumi.prod.yaml"}
        region = where["region"]
        assert region["startLine"] >= 1
        assert 1 <= region["startColumn"] < region["endColumn"]


def test_sarif_without_a_place_has_no_region(check: Check, project: Path) -> None:
    (project / "Pulumi.yaml").write_text("runtime: python\n")
    (result,) = answer(check, "sarif", local=RIGHT)["runs"][0]["results"]
    assert "region" not in result["locations"][0]["physicalLocation"]


@pytest.mark.parametrize("style", ["text", "json", "github", "sarif"])
def test_no_format_repeats_a_secret(check: Check, style: str) -> None:
    variables = "{ SECRET_KEY: hunter2, A: 'amqp://me:hunter2@queue', B: 12, hunter3: [hunter2] }"
    text = RIGHT.replace("acme-shop", f"acme-shop, configVars: {variables}")
    result = check("--format", style, local=text)
    assert result.exit_code == 1
    assert "hunter2" not in result.stdout
