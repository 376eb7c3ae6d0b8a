"""The Pulumi program: validate the environment of this stack, then declare it."""

import pulumi

import config
from dynostack.inventory.account import refusal
from stacks.environment import declare
from stacks.secrets import decrypted


def run() -> None:
    """Declare the stack that the engine is at; its file is in the current directory.

    Raises RunError: with all that is wrong with the file, or with the key.
    """
    stack = pulumi.get_stack()
    examined = config.examine(stack, decrypted=decrypted())
    for warning in examined.warnings:
        pulumi.log.warn(f"{warning}")
    if examined.environment is None:
        raise pulumi.RunError("\n" + "\n".join(map(str, examined.errors)))
    if refused := refusal(stack, examined.environment.account):
        raise pulumi.RunError(refused)
    declare(examined.environment)
