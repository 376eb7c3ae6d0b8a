"""docs/github.md names what a team has to set on GitHub, and the actions as they are."""

from __future__ import annotations

import re

import yaml

from dynostack.scaffold.github_workflows import ACTIONS, BACKEND, REPOSITORY
from tests.actions.own_workflows import ROOT, own_workflows

PAGE = (ROOT / "docs/github.md").read_text()
SECRETS = {"HEROKU_API_KEY": "secrets", **BACKEND}
KINDS = {"secrets": "secret", "vars": "variable"}


def test_it_names_all_secrets_and_variables() -> None:
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| (secret|variable) \|", PAGE, re.MULTILINE))
    assert rows == {name: KINDS[context] for name, context in SECRETS.items()}
    used = {
        name for text in own_workflows().values() for name in re.findall(r"vars\.([A-Z_]+)", text)
    }
    assert used - set(SECRETS) == {"DYNOSTACK_STACKS"}
    assert "`DYNOSTACK_STACKS`" in PAGE


def test_it_names_all_workflows_jobs_and_environments() -> None:
    for name, text in own_workflows().items():
        assert f"| `{name.rpartition('/')[2]}` |" in PAGE
        for job in yaml.safe_load(text)["jobs"].values():
            assert f"`{job.get('environment', 'review')}`" in PAGE
    checks = yaml.safe_load(own_workflows()[".github/workflows/dynostack-review.yml"])["jobs"]
    assert f"add {' and '.join(f'`{name}`' for name in checks)}" in PAGE


def test_it_names_all_inputs_of_each_action() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| ((?:`[\w-]+`(?:, )?)+) \|", PAGE, re.MULTILINE))
    assert set(rows) == set(ACTIONS)
    for name, inputs in rows.items():
        definition = yaml.safe_load((ROOT / f"actions/{name}/action.yml").read_text())
        assert re.findall(r"`([\w-]+)`", inputs) == list(definition["inputs"])
    assert f"uses: {REPOSITORY}/actions/setup@" in PAGE
