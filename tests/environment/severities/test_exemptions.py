"""Tests of comments that exempt a line from rules."""

from pathlib import Path

import pytest

from dynostack.environment import examine, examine_all

STACK = """\
config:
  shop:account: ops@acme.example
  shop:app: {{ name: {name}, source: site, configVars: {{ DJANGO_SETTINGS_MODULE: a.b }} }}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    for stack in ("prod", "staging"):
        (tmp_path / f"Pulumi.{stack}.yaml").write_text(STACK.format(name=f"acme-{stack}"))
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "Procfile").write_text("web: sleep 1\n")
    (tmp_path / "site" / ".python-version").write_text("3.14\n")
    return tmp_path


def codes_of(project: Path, requirements: str, *stacks: str) -> list[str]:
    (project / "site" / "requirements.txt").write_text(requirements)
    found = examine_all(project, stacks or None)
    told = dict.fromkeys(each for examined in found for each in examined.diagnostics)
    return [each.code for each in told if each.file == "site/requirements.txt"]


@pytest.mark.parametrize(
    ("requirements", "codes"),
    [
        ("Django>=5\n", ["DS503"]),
        ("Django>=5  # dynostack: ignore[DS503] tested nightly\n", []),
        ("# dynostack: ignore[DS503]\n\n# Django\nDjango>=5\n", []),
        ("# dynostack: ignore[DS503]\nDjango>=5\nredis\n", ["DS503"]),
        ("Django>=5  # dynostack:ignore[ DS503 , DS528 ]\n", ["DS156"]),
        ("Django==5.2  # dynostack: ignore[DS503]\n", ["DS156"]),
        ("Django==5.2  # dynostack: noqa\n", ["DS157"]),
        ("Django==5.2  # see dynostack: ignore[DS503]\n", []),
    ],
)
def test_a_comment_in_the_requirements(project: Path, requirements: str, codes: list[str]) -> None:
    assert codes_of(project, requirements) == codes


def test_a_comment_that_another_stack_needs_is_needed(project: Path) -> None:
    file = project / "site" / "Procfile"
    file.write_text("web: sleep 1\n# dynostack: ignore[DS515]\nworker: sleep 2\n")
    web = "web: { size: basic, quantity: 1 }"
    for stack, dynos in {"prod": web, "staging": f"{web}, {web.replace('web', 'worker')}"}.items():
        with (project / f"Pulumi.{stack}.yaml").open("a") as opened:
            opened.write(f"  shop:formation: {{ {dynos} }}\n")
    told = [each.code for one in examine_all(project) for each in one.diagnostics]
    assert not {"DS515", "DS156"} & set(told)


def test_one_stack_alone_does_not_show_what_other_stacks_need(project: Path) -> None:
    line = "Django==5.2  # dynostack: ignore[DS503]\n"
    assert codes_of(project, line, "prod") == []
    assert codes_of(project, line, "prod", "staging") == ["DS156"]


def test_an_error_that_is_exempt_stops_nothing(project: Path) -> None:
    file = project / "Pulumi.prod.yaml"
    text = file.read_text().replace("DJANGO_SETTINGS_MODULE: a.b", "API_TOKEN: made-up")
    file.write_text(text.replace(" } }\n", " } }  # dynostack: ignore[DS401] made up\n"))
    (project / "site" / "requirements.txt").write_text("Django==5.2\n")
    examined = examine("prod", project)
    assert examined.environment is not None
    assert "DS401" not in {each.code for each in examined.diagnostics}
