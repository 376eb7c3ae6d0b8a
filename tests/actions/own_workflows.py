"""This repository's own workflows of the kind that `dynostack new --github` writes.

`python -m tests.actions.own_workflows` writes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from dynostack.scaffold.github_workflows import ACTIONS, GitHubWorkflows

ROOT = Path(__file__).parents[2]


def own_workflows() -> Mapping[str, str]:
    """Return the text of each workflow by its path; they use the actions of their own commit."""
    actions = {name: f"$/actions/{name}" for name in ACTIONS}
    return GitHubWorkflows(ROOT, PurePosixPath(), actions).files


if __name__ == "__main__":
    for name, text in own_workflows().items():
        (ROOT / name).write_text(text)
