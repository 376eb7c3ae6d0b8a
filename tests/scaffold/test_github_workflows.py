"""Tests of the workflows that `dynostack new --github` writes."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from dynostack.cli.commands import commands
from tests.scaffold.repositories import DEPLOYABLE, write

FOLDER = ".github/workflows"
NAMES = ["dynostack-apply.yml", "dynostack-drift.yml", "dynostack-review.yml"]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = write(tmp_path / "blog", DEPLOYABLE)
    monkeypatch.chdir(root)
    return root


def new(*options: str) -> Result:
    return CliRunner().invoke(commands, ["new", "--github", *options])


def text(repository: Path, workflow: str) -> str:
    return (repository / FOLDER / f"dynostack-{workflow}.yml").read_text()


def test_a_new_project_comes_with_workflows(repository: Path) -> None:
    done = new("--into", "deploy/heroku")
    assert done.exit_code == 0, done.output
    assert sorted(each.name for each in (repository / FOLDER).iterdir()) == NAMES
    assert (repository / "deploy/heroku/Pulumi.yaml").is_file()
    steps = yaml.safe_load(text(repository, "drift"))["jobs"]["drift"]["steps"]
    assert [each["with"].get("folder") for each in steps] == [None, *["deploy/heroku"] * 2]
    assert re.fullmatch(r"acme/dynostack/actions/setup@[0-9a-f]{40}", steps[1]["uses"])
    assert f"wrote {FOLDER}/dynostack-apply.yml" in done.output
    assert "create the environments review and production" in done.output
    assert "HEROKU_API_KEY (secret)" in done.output


def test_a_project_that_exists_gets_only_workflows(repository: Path) -> None:
    CliRunner().invoke(commands, ["new"])
    files = {file: file.read_bytes() for file in repository.glob("infra/**/*") if file.is_file()}
    done = new()
    assert done.exit_code == 0, done.output
    assert {file: file.read_bytes() for file in files} == files
    assert "wrote infra" not in done.output
    assert sorted(each.name for each in (repository / FOLDER).iterdir()) == NAMES


def test_stacks_of_several_accounts_get_a_key_each(repository: Path) -> None:
    infra = write(repository / "infra", {"Pulumi.yaml": "name: blog\n"}, with_git=False)
    for stack, account in (("local", "me"), ("prod", "ops"), ("prod.eu", "dev")):
        text_of_file = f"config:\n  blog:account: {account}@acme.example\n"
        (infra / f"Pulumi.{stack}.yaml").write_text(text_of_file)
    done = new()
    assert done.exit_code == 0, done.output
    names = re.findall(
        r"^ {10}(\w+): \$\{\{ \w+\.\1 \}\}$", text(repository, "drift"), re.MULTILINE
    )
    assert names == [
        "HEROKU_API_KEY_DEV_ACME_EXAMPLE",
        "HEROKU_API_KEY_OPS_ACME_EXAMPLE",
        "PULUMI_ACCESS_TOKEN",
        "PULUMI_BACKEND_URL",
        "PULUMI_CONFIG_PASSPHRASE",
    ]
    assert "HEROKU_API_KEY_DEV_ACME_EXAMPLE (secret)" in done.output


def test_merges_into_the_branch_that_the_remote_names(repository: Path) -> None:
    head = ("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk")
    subprocess.run(["git", *head], check=True)
    new()
    # YAML 1.1 reads the key `on` as true.
    assert yaml.safe_load(text(repository, "apply"))[True]["push"] == {"branches": ["trunk"]}


def test_the_actions_of_a_copy_of_the_repository(repository: Path) -> None:
    assert "write OWNER/NAME" in str(new("--actions", "https://github.com/blog").exception)
    assert not (repository / FOLDER).exists()
    done = new("--actions", "blog-team/dynostack.copy")
    assert done.exit_code == 0, done.output
    pattern = r"uses: blog-team/dynostack\.copy/actions/(\w+)@[0-9a-f]{40} # v"
    assert re.findall(pattern, text(repository, "apply")) == ["setup", "apply"]
    assert CliRunner().invoke(commands, ["new", "--actions", "blog-team/copy"]).exit_code != 0


BUILT = "to leave them out, add the line .github/ to .slugignore"


def test_a_build_that_includes_the_workflows_is_reported(repository: Path) -> None:
    assert BUILT in new().output
    shutil.rmtree(repository / ".github")
    (repository / ".slugignore").write_text(".github/\n")
    done = new()
    assert "wrote " in done.output
    assert BUILT not in done.output


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_written_over_a_workflow(repository: Path, name: str) -> None:
    write(repository, {f"{FOLDER}/{name}": "on: push\n"})
    done = new()
    assert done.exit_code != 0
    assert str(done.exception) == (
        f"{FOLDER}/{name} already exists; nothing was written: move it away, or leave out --github"
    )
    assert not (repository / "infra").exists()


def test_below_the_top_of_the_repository(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository / "blog")
    done = new("--empty")
    assert str(done.exception).endswith(f"; run this command in {repository}")
    assert not (repository / "blog/infra").exists()
