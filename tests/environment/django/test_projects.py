"""Each project of projects.yaml has the findings that it should have, and no others."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from dynostack.environment import examine

DATA: dict[str, Any] = yaml.safe_load(
    Path(__file__).with_name("projects.yaml").read_text(encoding="utf-8")
)
STACK: dict[str, Any] = {
    "account": "ops@acme.example",
    "app": {"name": "acme-shop", "team": "acme", "source": "site"},
    "formation": {"web": {"size": "basic", "quantity": 1}},
    "postgres": {"plan": "premium-0"},
    "domains": ["www.acme.example"],
}
SECRET = {"secure": "AAABAAAA"}
SETTINGS = "shop/settings.py"


def stack_of(case: dict[str, Any]) -> str:
    """Return the text of Pulumi.prod.yaml; a config var without a value is a secret."""
    variables = {name: value or SECRET for name, value in case.get("configVars", {}).items()}
    app = {**STACK["app"], "configVars": variables}
    if "buildpacks" in case:
        app["buildpacks"] = case["buildpacks"]
    sections = {**STACK, "app": app, **case.get("sections", {})}
    config = {f"shop:{name}": section for name, section in sections.items() if section}
    return yaml.safe_dump({"config": config})


def write(case: dict[str, Any], folder: Path) -> None:
    """Write the project of a case."""
    files = {**DATA["base"], **case.get("files", {})}
    before, after = case.get("replace", ("", ""))
    assert before in files[SETTINGS]
    files[SETTINGS] = files[SETTINGS].replace(before, after) + case.get("append", "")
    for name in {*files} - {*case.get("without", ())}:
        path = folder / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(files[name], encoding="utf-8")
    (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\n", encoding="utf-8")
    (folder / "Pulumi.prod.yaml").write_text(stack_of(case), encoding="utf-8")


@pytest.mark.parametrize("name", DATA["cases"])
def test_a_project_has_its_findings(name: str, tmp_path: Path) -> None:
    case = DATA["cases"][name]
    write(case, tmp_path)
    found = examine("prod", tmp_path, today=date(2026, 11, 22)).diagnostics
    assert [str(each) for each in found if each.code not in case.get("want", ())] == []
    assert {each.code for each in found} == {*case.get("want", ())}
    if "write" in case:
        assert case["write"] in [each.suggestion for each in found]
