"""The Pulumi program of a project, which validates an environment and declares its resources."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
from pulumi.runtime import get_config

from dynostack.components import declare as declare_everything
from dynostack.environment import Environment, examine
from dynostack.environment.diagnostics.repeated import without_repetition
from dynostack.environment.section import keys_of
from dynostack.environment.source.configuration import section_value
from dynostack.environment.source.project_model import project_model
from dynostack.inventory.account import refusal


def run(declare: Callable[[Any], None] = declare_everything) -> None:
    """Declare the stack that the engine runs, from its file in the current directory.

    Args:
        declare: a function that declares an environment, which is an instance of the project's own
            `Environment` if it has one.  By default everything in the file is declared.

    Raises:
        pulumi.RunError: the file has errors, or the API key belongs to another account.
    """
    stack = pulumi.get_stack()
    examined = examine(stack, decrypted=decrypted(project_model(Path.cwd()).environment))
    for warning in without_repetition(examined.warnings):
        pulumi.log.warn(f"{warning}")
    if examined.environment is None:
        raise pulumi.RunError("\n" + "\n".join(map(str, examined.errors)))
    if refused := refusal(stack, examined.environment.account):
        raise pulumi.RunError(refused)
    declare(examined.environment)


def decrypted(model: type[Environment]) -> dict[str, object]:
    """Return section -> its value with secrets in plain text, for `environment.examine`.

    pulumi.Config cannot be used: it treats a whole section as secret if it contains one secret.
    """
    texts = {each: get_config(f"{pulumi.get_project()}:{each}") for each in keys_of(model)}
    return {each: section_value(text) for each, text in texts.items() if text is not None}
