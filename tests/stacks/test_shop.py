"""What shop's own program declares."""

from pathlib import Path

import pytest

import stacks
from dynostack.environment.source.project_folder import ProjectFolder
from tests.components.conftest import Declare

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("stack", ProjectFolder(ROOT).stacks)
def test_declares_the_same_as_the_library(stack: str, declare: Declare) -> None:
    text = (ROOT / f"Pulumi.{stack}.yaml").read_text("utf-8")
    ours, everything = declare(text, program=stacks.declare), declare(text)
    assert ours.resources == everything.resources
    assert ours.outputs == everything.outputs
