"""Tests of the commands that messages print."""

import shlex

import pytest

from dynostack.environment.command_line import stack_command


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        ("prod", "dynostack secret set prod TOKEN --yes"),
        ("a b", "dynostack secret set 'a b' TOKEN --yes"),
        ("-x", "dynostack secret set --yes -- -x TOKEN"),
    ],
)
def test_a_shell_takes_the_name_as_an_argument(stack: str, expected: str) -> None:
    command = stack_command("dynostack secret set", stack, "TOKEN", options=("--yes",))
    assert command == expected
    assert stack in shlex.split(command)
