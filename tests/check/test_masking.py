"""The lines that a message shows help to find an error and never contain a secret."""

from pathlib import Path

import pytest

from dynostack.environment import examine

HEAD = "config:\n  shop:account: ops@acme.example\n  shop:app:\n    name: acme-shop\n"
AWS = "AKIAIOSFODNN7EXAMPLE"

SHOWN = [
    "    regoin: eu",
    "    quantity: 2",
    "    maintenance: true",
    "  shop:acount: ops@acme.example",
    "    configVars: { WORKERS: 4 }",
]
HIDDEN = [
    "    pasword: hunter2",
    "    api_token: hunter2",
    "    secret_key: 123",
    "    pin: 471193",
    "    configVar: hunter2",
    "    configvars: { regoin: hunter2 }",
    "    regoin: https://ops:hunter2@acme.example",
    f"    regoin: {AWS}",
    "    regoin: |\n      hunter2",
    "    regoin: [hunter2]",
    "    configVars: { PIN: 471193 }",
    "    configVars: { TOKEN: 123 }",
    "  shop:drain: hunter2",
]
SECRETS = ("hunter2", AWS, "471193", "123")


def report(project: Path, line: str) -> str:
    (project / "Pulumi.x.yaml").write_text(f"{HEAD}{line}\n")
    found = examine("x", project).diagnostics
    assert found
    return "\n".join(map(str, found))


@pytest.mark.parametrize("line", SHOWN)
def test_a_harmless_value_is_shown(project: Path, line: str) -> None:
    assert f"| {line}\n" in report(project, line)


@pytest.mark.parametrize("line", HIDDEN)
def test_a_possible_secret_is_not_shown(project: Path, line: str) -> None:
    assert [secret for secret in SECRETS if secret in report(project, line)] == []


def test_indentation_is_not_masked(project: Path) -> None:
    lines = "    configVars:\n      { A: hunter2\n      hunter2, B: 4 }"
    assert "|       *******, B: 4 }\n" in report(project, lines)


@pytest.mark.parametrize(
    ("plan", "near"),
    [
        ("standard-1", "standard-0 or standard-2"),
        ("standrd-0", "standard-0"),
        ("essential-3", "essential-2"),
    ],
)
def test_only_the_most_likely_plans_are_suggested(project: Path, plan: str, near: str) -> None:
    assert f"= write {near}, " in report(project, f"  shop:postgres: {{ plan: {plan} }}")
