"""What a build needs at the top of the source: packages, each with its version, and a Python."""

from collections.abc import Iterator

from config.django import python
from config.django.project import Project
from config.django.python import Wanted
from config.django.requirements import MANAGERS, REQUIREMENTS
from config.django.text import Text
from config.finding import Elsewhere, Finding
from config.section import near

SOURCE = ("app", "source")


def one_package_manager(project: Project) -> Iterator[Finding]:
    """The buildpack looks at the top of the source, for exactly one of the files."""
    if len(project.managers) > 1:
        says = f"{' and '.join(project.managers)} are both at the top of the source"
        write = f"one of the two, such as {project.managers[0]}"
        yield Finding(SOURCE, "DS502", says, write)
    if project.managers:
        return
    inner = [name for file in MANAGERS for name in project.folder.names(f"*/{file}")]
    if inner:
        folder = inner[0].rpartition("/")[0]
        says = f"{inner[0]} is a folder too deep: Heroku looks at the top of the source only"
        yield Finding(SOURCE, "DS501", says, f"source: {project.folder.named(folder)}")
    elif project.is_python:
        says = "the source has no requirements.txt, and no lock file that Heroku reads, at its top"
        yield Finding(SOURCE, "DS501", says, f"{REQUIREMENTS}, each package with its version")


def exact_versions(project: Project) -> Iterator[Finding]:
    """What was reviewed is what is built, on any day."""
    for each in project.packages.requirements:
        if not each.exact:
            says = f"requirement {each.name} has no exact version"
            write = f"{each.name}== and the version that was tried"
            yield Finding(SOURCE, "DS503", says, write, elsewhere=each.text.at(each.place))


def files_that_can_be_read(project: Project) -> Iterator[Finding]:
    """pip and the lock files' programs stop at what they cannot read."""
    for text, place, name in project.packages.missing:
        says = f"{name} is not there to be included"
        yield Finding(SOURCE, "DS504", says, "a file of the source", elsewhere=text.at(place))
    if project.packages.unreadable:
        file = project.packages.unreadable
        manager = MANAGERS[file.rpartition("/")[2]]
        says = f"the file is not what {manager} writes"
        yield Finding(SOURCE, "DS504", says, f"it again, with {manager}", elsewhere=Elsewhere(file))


def python_version(project: Project) -> Iterator[Finding]:
    """Heroku picks a Python for an app that does not say which."""
    folder, write = project.folder, f"{python.VERSION_FILE} with the line {python.DEFAULT}"
    if not project.is_python:
        return
    if text := folder.read(python.DEPRECATED_FILE):
        says = f"{python.DEPRECATED_FILE} is deprecated since 2025-02-06"
        versions = [each.version for each in python.wanted(text) if each.version]
        write = f"{python.VERSION_FILE} with the line {(versions or [python.DEFAULT])[0]}"
        yield Finding(SOURCE, "DS506", says, write, elsewhere=Elsewhere(text.file))
        yield from _versions(text)
    elif text := folder.read(python.VERSION_FILE):
        yield from _versions(text)
    elif misspelt := [name for name in python.MISSPELT if folder.has(name)]:
        says = f"Heroku takes {misspelt[0]} for a misspelt {python.VERSION_FILE}, and stops"
        file = Elsewhere(folder.named(misspelt[0]))
        yield Finding(SOURCE, "DS507", says, f"the same in {python.VERSION_FILE}", elsewhere=file)
    elif "uv.lock" in project.managers:
        says = f"the source has {project.managers[0]} and no {python.VERSION_FILE}"
        yield Finding(SOURCE, "DS507", says, write)
    elif "Pipfile.lock" not in project.managers:
        yield Finding(SOURCE, "DS505", "nothing says which Python the app runs on", write)


def _versions(text: Text) -> Iterator[Finding]:
    found = python.wanted(text)
    newest = f"{'python-' * text.file.endswith(python.DEPRECATED_FILE)}{python.DEFAULT}"
    if len(found) != 1:
        says = f"the file names {len(found) or 'no'} versions of Python"
        yield Finding(SOURCE, "DS507", says, newest, elsewhere=Elsewhere(text.file))
        return
    wanted = found[0]
    at = text.at(wanted.place)
    if not wanted.version:
        says = f'"{wanted.written[:40]}" is not a version of Python'
        yield Finding(SOURCE, "DS507", says, newest, elsewhere=at)
    elif wanted.version in python.DEPRECATED:
        says = f"Python {wanted.version} is deprecated on Heroku"
        yield Finding(SOURCE, "DS508", says, newest, elsewhere=at)
    elif wanted.version not in python.SUPPORTED:
        says = f"Python {wanted.version} is not offered by Heroku"
        yield Finding(SOURCE, "DS507", says, _offered(wanted), elsewhere=at)


def _offered(wanted: Wanted) -> str:
    meant = near(wanted.version, python.SUPPORTED)
    return f"one of {', '.join(python.SUPPORTED)}" if len(meant) != 1 else meant[0]


RULES = (one_package_manager, exact_versions, files_that_can_be_read, python_version)
