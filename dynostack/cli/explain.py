"""The command that explains a code."""

from __future__ import annotations

import json

import click

from dynostack.cli.options import format_option


@click.command()
@click.argument("codes", metavar="[CODE]...", nargs=-1)
@format_option
def explain(codes: tuple[str, ...], style: str) -> None:
    """Explain each CODE of a check or a review, such as DS401 or DR104.

    Without CODE, list all codes.
    """
    from dynostack.explain.explanation import explanation, explanations

    found = [explanation(code) for code in codes] or list(explanations().values())
    if style == "json":
        click.echo(json.dumps([each.as_data() for each in found], indent=2))
    elif codes:
        click.echo("\n\n\n".join(each.text for each in found))
    else:
        click.echo("\n".join(f"{each.code}  {each.title.removesuffix('.')}" for each in found))
