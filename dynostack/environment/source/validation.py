"""Validation of the sections of one file by the project's model."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace

from pydantic import ValidationError
from pydantic.config import ExtraValues

from dynostack.environment.diagnostics.finding import Elsewhere, Finding
from dynostack.environment.environment import Environment
from dynostack.environment.source.environment_file import EnvironmentFile
from dynostack.environment.source.project_code import FAILED, failure, on_one_line
from dynostack.environment.source.project_imports import PACKAGE
from dynostack.environment.source.project_model import CLASS, ProjectModel
from dynostack.environment.source.secrets_in_words import parts_of_secrets, without_secrets
from dynostack.environment.source.validation_messages import (
    OUT_OF_BOUNDS,
    RULE_OF_THE_PROJECT,
    ValidationMessages,
)

OF_THE_PROJECT = frozenset({RULE_OF_THE_PROJECT, OUT_OF_BOUNDS, FAILED})
"""The codes of findings with words of the project's own."""


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
        with model.running():
            # A copy: what a validator changes is not what the file says.
            values = deepcopy(sections)
            environment = model.environment.model_validate(values, extra=extra, context=context)
    except ValidationError as error:
        messages = ValidationMessages(page.tree, page.project, model.environment)
        found += messages.findings(error.errors(include_url=False))
    except (Exception, SystemExit) as error:
        failed = model.folder and failure(model.folder, error, "a rule of the project failed")
        if not failed:
            raise
        found.append(failed)
    else:
        if isinstance(environment, Environment):
            return environment, found
        found.append(_returned(environment))
    parts = parts_of_secrets(sections)
    return None, [_in_words(parts, each) for each in found]


def _in_words(parts: set[str], finding: Finding) -> Finding:
    """Return the finding as it may be shown, where its words are the project's own."""
    if finding.code not in OF_THE_PROJECT:
        return finding
    shown = without_secrets(parts, finding)
    message, suggestion = on_one_line(shown.message), on_one_line(shown.suggestion)
    return replace(shown, message=message, suggestion=suggestion)


def _returned(value: object) -> Finding:
    """Return what to say of a validator of the whole environment that returns something else."""
    return Finding(
        path=(),
        code=FAILED,
        message=f"a validator of {CLASS} returns {type(value).__name__}",
        suggestion="return self as its last line",
        elsewhere=Elsewhere(f"{PACKAGE}/__init__.py"),
    )
