"""Options that select stacks, and the API key of a stack's account."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from dynostack.fleet.selection import Selection

BASE = "origin/main"
MOST_JOBS = 4
"""The most stacks at a time by default; four take about 700 MB."""


def stacks_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add STACK..., --all and --changed, and pass them as `selection`."""

    @wraps(command)
    def selecting(
        *arguments: Any, stacks: tuple[str, ...], takes_all: bool, base: str | None, **options: Any
    ) -> None:
        selection = Selection(stacks, takes_all, base)
        selection.check()
        command(*arguments, selection=selection, **options)

    for option in (
        click.option(
            "--changed",
            "base",
            metavar="[BASE]",
            is_flag=False,
            flag_value=BASE,
            help="All stacks whose result can differ between the Git commit BASE and the working"
            f" tree. BASE is {BASE} by default.",
        ),
        click.option("--all", "takes_all", is_flag=True, help="All stacks of the project."),
        click.argument("stacks", metavar="[STACK]...", nargs=-1),
    ):
        selecting = option(selecting)
    return selecting


def jobs_option(
    *, one_by_one: bool = False
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Add -j, and pass how many stacks to work on at a time as `at_once`.

    Args:
        one_by_one: whether the default is one stack after another.
    """
    cores = os.cpu_count() or 1
    return click.option(
        "-j",
        "--jobs",
        "at_once",
        metavar="N",
        type=click.IntRange(1),
        default=1 if one_by_one else min(MOST_JOBS, cores),
        show_default="1" if one_by_one else f"one per core, at most {MOST_JOBS}",
        help="How many stacks to work on at a time.",
    )


def use_account_of(project: Path, stack: str, refused: type[Exception] | None = None) -> None:
    """Let this process use the API key of a stack's account, and forget those of other accounts.

    Args:
        project: the folder of Pulumi.yaml.
        stack: the stack's name.
        refused: the error to raise without a key; AccessRefused by default.

    Raises:
        AccessRefused: there is no key.
    """
    from dynostack.inventory.keys import missing_key, select_key
    from dynostack.inventory.stack_account import account_of
    from dynostack.review.errors import AccessRefused

    account = account_of(project, stack)
    select_key(account)
    if account and (message := missing_key(stack, account)):
        raise (refused or AccessRefused)(message)
