"""Commands for the secrets of a stack's file."""

from __future__ import annotations

import sys

import click

from dynostack.cli.options import hidden_answer, pass_workspace, step
from dynostack.local.workspace import LocalWorkspace


@click.group()
def secret() -> None:
    """Encrypt secrets in a stack's file."""


@secret.command("set", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
@click.argument("stack")
@click.argument("name")
@click.pass_context
@pass_workspace
def set_secret(workspace: LocalWorkspace, context: click.Context, stack: str, name: str) -> None:
    """Ask for a value and write it encrypted to the file of STACK.

    NAME is a config var, such as SECRET_KEY, or the path of another value in the file, such as
    drains.archive or addons.logs.config.token. If standard input is not a terminal, the value is
    read from it, without one line break at its end.

    Nothing needs to run, and no Pulumi is needed, for a stack whose secrets have a passphrase. The
    stack local has the passphrase of the local environment. Any other stack uses
    PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE, or asks. For a stack with another
    secrets provider, the engine of this shell encrypts the value.
    """
    from dynostack.secrets.command import SetSecret

    if context.args:
        raise click.UsageError(
            "pass only STACK and NAME; the value is asked for or read from standard input,"
            " because everybody on this machine can see arguments"
        )
    step(SetSecret(workspace, stack, name, lambda: _value(name), hidden_answer).run())


def _value(name: str) -> str:
    """Return the value from a prompt or from standard input.

    Raises:
        SecretRefused: there is no value, or a config var cannot hold it.
    """
    from dynostack.secrets.errors import SecretRefused

    if sys.stdin.isatty():
        return str(click.prompt(f"Value of {name}", hide_input=True, err=True))
    try:
        text = sys.stdin.buffer.read().decode()
    except UnicodeDecodeError:
        raise SecretRefused(
            "the value is not UTF-8 text; encode it, as Base64 for example"
        ) from None
    value = text.removesuffix("\n").removesuffix("\r") if text.endswith("\n") else text
    if not value:
        raise SecretRefused("the value is empty; write it to standard input, or use a terminal")
    if "\0" in value:
        raise SecretRefused("the value has a NUL character; encode it, as Base64 for example")
    return value
