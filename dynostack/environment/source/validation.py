"""Validation of a file's sections against the project's model."""

from collections.abc import Mapping
from copy import deepcopy

from pydantic import ValidationError
from pydantic.config import ExtraValues

from dynostack.environment.diagnostics.finding import Elsewhere, Finding
from dynostack.environment.environment import Environment
from dynostack.environment.source.environment_file import EnvironmentFile
from dynostack.environment.source.project_code import (
    FAILED,
    OUT_OF_BOUNDS,
    RULE_OF_THE_PROJECT,
    failure,
    on_one_line,
)
from dynostack.environment.source.project_imports import PACKAGE
from dynostack.environment.source.project_model import CLASS, ProjectModel
from dynostack.environment.source.secrets_in_words import forms_of_secrets, without_secrets

OF_THE_PROJECT = frozenset({RULE_OF_THE_PROJECT, OUT_OF_BOUNDS, FAILED})
"""Codes of findings whose messages come from the project's own code."""


def validated(
    stack: str, page: EnvironmentFile, model: ProjectModel, sections: Mapping[str, object]
) -> tuple[Environment | None, list[Finding]]:
    """Return the environment, or findings about the values of each section.

    Args:
        stack: the stack's name; the project's own rules read it from `info.context["stack"]`.
        page: the stack's file.
        model: the model that the file is validated against.
        sections: the values of the file, with those secrets that are known.
    """
    found = list(model.findings)
    # Only the project's complete model knows all sections and keys.
    extra: ExtraValues | None = None if model.is_complete else "ignore"
    context = {"stack": stack}
    try:
        with model.running():
            # A project's validator may change the values, and rules must see them as written.
            values = deepcopy(sections) if model.folder else sections
            environment = model.environment.model_validate(values, extra=extra, context=context)
    except ValidationError as error:
        # Imported late: most files are valid.
        from dynostack.environment.source.validation_messages import ValidationMessages

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
    if not any(each.code in OF_THE_PROJECT for each in found):
        return None, found
    forms = forms_of_secrets(sections)
    return None, [_in_words(forms, each) for each in found]


def _in_words(forms: set[str], finding: Finding) -> Finding:
    """Return a finding that is safe to show: without secrets and on one line."""
    if finding.code not in OF_THE_PROJECT:
        return finding
    shown = without_secrets(forms, finding)
    message, suggestion = on_one_line(shown.message), on_one_line(shown.suggestion)
    return shown._replace(message=message, suggestion=suggestion)


def _returned(value: object) -> Finding:
    """Return the finding for a validator of the whole environment with a wrong return value."""
    return Finding(
        path=(),
        code=FAILED,
        message=f"a validator of {CLASS} returns {type(value).__name__}",
        suggestion="return self as its last line",
        elsewhere=Elsewhere(f"{PACKAGE}/__init__.py"),
    )
