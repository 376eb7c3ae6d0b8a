"""Validation of the sections of one file by the project's model."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from pydantic import SecretStr, ValidationError
from pydantic.config import ExtraValues

from dynostack.environment.diagnostics.finding import Finding
from dynostack.environment.environment import Environment
from dynostack.environment.source.environment_file import EnvironmentFile
from dynostack.environment.source.project_code import FAILED, failure
from dynostack.environment.source.project_model import ProjectModel
from dynostack.environment.source.validation_messages import (
    RULE_OF_THE_PROJECT,
    ValidationMessages,
)

OF_THE_PROJECT = frozenset({RULE_OF_THE_PROJECT, FAILED})
"""The codes of findings with words of the project's own."""

SHORTEST_SECRET = 4
"""A shorter secret may be part of any word, and is not searched for."""


def validated(
    stack: str, page: EnvironmentFile, model: ProjectModel, sections: Mapping[str, object]
) -> tuple[Environment | None, list[Finding]]:
    """Return the environment, or what is wrong with the values of each section.

    Args:
        stack: the stack's name, which the project's own rules find in `info.context["stack"]`.
        page: the stack's file.
        model: what the file is validated by.
        sections: the values of the file, with secrets as far as they are known.
    """
    found = list(model.findings)
    # Which sections and keys there are, only the project's whole model knows.
    extra: ExtraValues | None = None if model.is_complete else "ignore"
    context = {"stack": stack}
    try:
        environment = model.environment.model_validate(sections, extra=extra, context=context)
    except ValidationError as error:
        messages = ValidationMessages(page.tree, page.project, model.environment)
        found += messages.findings(error.errors(include_url=False))
    except Exception as error:
        failed = model.folder and failure(model.folder, error, "a rule of the project failed")
        if not failed:
            raise
        found.append(failed)
    else:
        return environment, found
    secrets = set(_secrets(sections))
    return None, [_without(secrets, each) for each in found]


def _secrets(value: object) -> Iterator[str]:
    """Yield the secrets of a tree that could be told apart from other text."""
    if isinstance(value, SecretStr) and len(secret := value.get_secret_value()) >= SHORTEST_SECRET:
        yield secret
    if isinstance(value, Mapping | list):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from _secrets(each)


def _without(secrets: set[str], finding: Finding) -> Finding:
    """Return the finding without secrets, which a project's own rule may repeat."""
    if finding.code not in OF_THE_PROJECT:
        return finding
    message, suggestion = finding.message, finding.suggestion
    for secret in secrets:
        message = message.replace(secret, "***")
        suggestion = suggestion.replace(secret, "***")
    return replace(finding, message=message, suggestion=suggestion)
