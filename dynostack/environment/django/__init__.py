"""Rules about the Django project that an environment builds.  It is read as text, never run."""

from collections.abc import Iterator

from dynostack.environment.diagnostics.finding import Finding
from dynostack.environment.diagnostics.rule import RuleContext
from dynostack.environment.django import (
    building,
    imports,
    port,
    risks,
    running,
    server_modules,
    serving,
    setting,
)
from dynostack.environment.django.project import Project, ProjectRule

PROJECT_RULES: tuple[ProjectRule, ...] = (
    *building.RULES,
    *running.RULES,
    *serving.RULES,
    *server_modules.RULES,
    *port.RULES,
    *setting.RULES,
    *imports.RULES,
    *risks.RULES,
)


def project_fits(context: RuleContext) -> Iterator[Finding]:
    """Report differences between what the environment declares and what its source expects."""
    project = Project.of(context)
    if project.is_there:
        for rule in PROJECT_RULES:
            yield from rule(project)


RULES = (project_fits,)
