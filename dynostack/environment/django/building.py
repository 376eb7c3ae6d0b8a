"""What a build needs at the top of the source: packages, each with its version, and a Python."""

from collections.abc import Iterator

from dynostack.environment.diagnostics.finding import Elsewhere, Finding
from dynostack.environment.django import python
from dynostack.environment.django.project import Project
from dynostack.environment.django.python import Wanted
from dynostack.environment.django.requirements import MANAGERS, REQUIREMENTS
from dynostack.environment.django.text import Text
from dynostack.environment.section import near

SOURCE = ("app", "source")


def one_package_manager(project: Project) -> Iterator[Finding]:
    """The buildpack looks at the top of the source, for exactly one of the files."""
    if len(project.managers) > 1:
        message = f"{' and '.join(project.managers)} are both at the top of the source"
        suggestion = f"one of the two, such as {project.managers[0]}"
        yield Finding(SOURCE, "DS502", message, suggestion)
    if project.managers:
        return
    inner = [name for file in MANAGERS for name in project.folder.names(f"*/{file}")]
    if inner:
        folder = inner[0].rpartition("/")[0]
        message = f"{inner[0]} is a folder too deep: Heroku looks at the top of the source only"
        yield Finding(SOURCE, "DS501", message, f"source: {project.folder.named(folder)}")
    elif project.is_python:
        message = (
            "the source has no requirements.txt, and no lock file that Heroku reads, at its top"
        )
        yield Finding(SOURCE, "DS501", message, f"{REQUIREMENTS}, each package with its version")


def exact_versions(project: Project) -> Iterator[Finding]:
    """What was reviewed is what is built, on any day."""
    for each in project.packages.requirements:
        if not each.exact:
            message = f"requirement {each.name} has no exact version"
            suggestion = f"{each.name}== and the version that was tried"
            yield Finding(SOURCE, "DS503", message, suggestion, elsewhere=each.text.at(each.place))


def files_that_can_be_read(project: Project) -> Iterator[Finding]:
    """pip and the lock files' programs stop at what they cannot read."""
    for text, place, name in project.packages.missing:
        message = f"{name} is not there to be included"
        yield Finding(SOURCE, "DS504", message, "a file of the source", elsewhere=text.at(place))
    if project.packages.unreadable:
        file = project.packages.unreadable
        manager = MANAGERS[file.rpartition("/")[2]]
        message = f"the file is not what {manager} writes"
        yield Finding(
            SOURCE, "DS504", message, f"it again, with {manager}", elsewhere=Elsewhere(file)
        )


def python_version(project: Project) -> Iterator[Finding]:
    """Heroku picks a Python for an app that does not say which."""
    folder, suggestion = project.folder, f"{python.VERSION_FILE} with the line {python.DEFAULT}"
    if not project.is_python:
        return
    if text := folder.read(python.DEPRECATED_FILE):
        message = f"{python.DEPRECATED_FILE} is deprecated since 2025-02-06"
        versions = [each.version for each in python.wanted(text) if each.version]
        suggestion = f"{python.VERSION_FILE} with the line {(versions or [python.DEFAULT])[0]}"
        yield Finding(SOURCE, "DS506", message, suggestion, elsewhere=Elsewhere(text.file))
        yield from _versions(text)
    elif text := folder.read(python.VERSION_FILE):
        yield from _versions(text)
    elif misspelt := [name for name in python.MISSPELT if folder.has(name)]:
        message = f"Heroku takes {misspelt[0]} for a misspelt {python.VERSION_FILE}, and stops"
        file = Elsewhere(folder.named(misspelt[0]))
        yield Finding(
            SOURCE, "DS507", message, f"the same in {python.VERSION_FILE}", elsewhere=file
        )
    elif "uv.lock" in project.managers:
        message = f"the source has {project.managers[0]} and no {python.VERSION_FILE}"
        yield Finding(SOURCE, "DS507", message, suggestion)
    elif "Pipfile.lock" not in project.managers:
        yield Finding(SOURCE, "DS505", "nothing says which Python the app runs on", suggestion)


def _versions(text: Text) -> Iterator[Finding]:
    found = python.wanted(text)
    newest = f"{'python-' * text.file.endswith(python.DEPRECATED_FILE)}{python.DEFAULT}"
    if len(found) != 1:
        message = f"the file names {len(found) or 'no'} versions of Python"
        yield Finding(SOURCE, "DS507", message, newest, elsewhere=Elsewhere(text.file))
        return
    wanted = found[0]
    at = text.at(wanted.place)
    if not wanted.version:
        message = f'"{wanted.written[:40]}" is not a version of Python'
        yield Finding(SOURCE, "DS507", message, newest, elsewhere=at)
    elif wanted.version in python.DEPRECATED:
        message = f"Python {wanted.version} is deprecated on Heroku"
        yield Finding(SOURCE, "DS508", message, newest, elsewhere=at)
    elif wanted.version not in python.SUPPORTED:
        message = f"Python {wanted.version} is not offered by Heroku"
        yield Finding(SOURCE, "DS507", message, _offered(wanted), elsewhere=at)


def _offered(wanted: Wanted) -> str:
    meant = near(wanted.version, python.SUPPORTED)
    return f"one of {', '.join(python.SUPPORTED)}" if len(meant) != 1 else meant[0]


RULES = (one_package_manager, exact_versions, files_that_can_be_read, python_version)
