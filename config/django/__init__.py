"""Rules about the project that an environment builds.  It is read as text, never run."""

from collections.abc import Callable, Iterable, Iterator

from config.django import building, running, setting
from config.django.declared import Declared
from config.django.project import Project
from config.finding import Finding
from config.subject import Subject

PROJECT_RULES: tuple[Callable[[Project], Iterable[Finding]], ...] = (
    *building.RULES,
    *running.RULES,
    *setting.RULES,
)


def project_fits(subject: Subject) -> Iterator[Finding]:
    """What the environment declares, its source can use."""
    project = Project(Declared.of(subject.file, subject.stack), subject.directory, subject.known)
    if project.is_there:
        for rule in PROJECT_RULES:
            yield from rule(project)


RULES = (project_fits,)
