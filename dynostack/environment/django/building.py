"""Rules about the files that a build needs: packages with versions, and a Python version."""

from collections.abc import Iterator

from dynostack.environment.command_line import stack_command
from dynostack.environment.diagnostics.finding import Elsewhere, Finding
from dynostack.environment.django import python, python_support
from dynostack.environment.django.buildpacks import detected, needed
from dynostack.environment.django.left_out import left_out
from dynostack.environment.django.project import Project, once_for_all_stacks
from dynostack.environment.django.requirements import (
    MANAGERS,
    NOT_A_PACKAGE,
    ONLY_ON_WINDOWS,
    REQUIREMENTS,
)
from dynostack.environment.django.text import Text
from dynostack.environment.section import near

SOURCE = ("app", "source")


def one_package_manager(project: Project) -> Iterator[Finding]:
    """Report a source without exactly one package manager's file at its top level."""
    if len(project.managers) > 1:
        message = (
            f"the source has files of several package managers: {' and '.join(project.managers)}"
        )
        suggestion = f"only one of them, such as {project.managers[0]}"
        yield Finding(SOURCE, "DS502", message, suggestion)
    if project.managers:
        return
    if inner := project.source.misplaced_managers:
        folder = inner[0].rpartition("/")[0]
        message = f"{inner[0]} is not at the top level of the source, where Heroku looks for it"
        yield Finding(SOURCE, "DS501", message, f"source: {project.folder.named(folder)}")
    elif project.is_python:
        message = "the source has no requirements.txt or supported lock file at its top level"
        command = stack_command("dynostack django settings", project.declared.stack)
        suggestion = (
            f"{REQUIREMENTS} with each package and its version; `{command}` prints lines to start"
            " with"
        )
        yield Finding(SOURCE, "DS501", message, suggestion)


@once_for_all_stacks
def exact_versions(project: Project) -> Iterator[Finding]:
    """Report requirements without exact versions; a later build could install other versions."""
    for each in project.packages.requirements:
        if not each.exact:
            message = f"requirement {each.name} has no exact version"
            suggestion = f"{each.name}==VERSION, with the version that you tested"
            yield Finding(SOURCE, "DS503", message, suggestion, elsewhere=each.text.at(each.place))


@once_for_all_stacks
def requirements_can_be_installed(project: Project) -> Iterator[Finding]:
    """Report requirements that stop a build: files of another machine, and Windows's packages."""
    for each in project.packages.requirements:
        if each.problem:
            message = f"the build cannot install {each.name}, which {each.problem}"
            suggestion = f"{each.name}==VERSION, with the version that you tested"
            if each.name in ONLY_ON_WINDOWS:
                suggestion = f'{each.written} ; sys_platform == "win32"'
            elif each.name == NOT_A_PACKAGE:
                suggestion = "nothing here: remove this line"
            at = each.text.at(each.place)
            yield Finding(SOURCE, "DS539", message, suggestion, elsewhere=at)


@once_for_all_stacks
def files_that_can_be_read(project: Project) -> Iterator[Finding]:
    """Report missing included files and damaged lock files, which stop a build."""
    for text, place, name in project.packages.missing:
        message = f"the included file {name} does not exist"
        yield Finding(
            SOURCE,
            "DS504",
            message,
            "the path of an existing file in the source",
            elsewhere=text.at(place),
        )
    if project.packages.unreadable:
        file = project.packages.unreadable
        manager = MANAGERS[file.rpartition("/")[2]]
        message = f"the file is not a valid lock file of {manager}"
        yield Finding(
            SOURCE, "DS504", message, f"a new lock file with {manager}", elsewhere=Elsewhere(file)
        )


@once_for_all_stacks
def python_version(project: Project) -> Iterator[Finding]:
    """Report a missing, misspelled, deprecated or unsupported Python version."""
    folder, newest = project.folder, project.source.suggested_python
    suggestion = f"{python.VERSION_FILE} with the line {newest}"
    if not project.is_python:
        return
    if text := folder.read(python.DEPRECATED_FILE):
        message = f"{python.DEPRECATED_FILE} has been deprecated since 2025-02-06"
        versions = [e.version for e in python.wanted(text) if e.version in python.SUPPORTED]
        line, old = (versions or [newest])[0], python.DEPRECATED_FILE
        suggestion = f"{python.VERSION_FILE} with the line {line}, and delete {old}"
        yield Finding(SOURCE, "DS506", message, suggestion, elsewhere=Elsewhere(text.file))
        yield from _versions(project, text)
    elif text := folder.read(python.VERSION_FILE):
        yield from _versions(project, text)
    elif misspelt := [name for name in python.MISSPELT if folder.has(name)]:
        message = (
            f"Heroku treats {misspelt[0]} as a misspelled {python.VERSION_FILE} and stops the build"
        )
        file = Elsewhere(folder.named(misspelt[0]))
        yield Finding(
            SOURCE, "DS507", message, f"the same version in {python.VERSION_FILE}", elsewhere=file
        )
    elif project.source.misplaced_managers:
        return
    elif found := list(left_out(folder, python.VERSION_FILE, "DS505")):
        yield from found
    elif "uv.lock" in project.managers:
        message = f"the source has {project.managers[0]} but no {python.VERSION_FILE}"
        yield Finding(SOURCE, "DS507", message, suggestion)
    elif "Pipfile.lock" not in project.managers:
        yield Finding(SOURCE, "DS505", "the source does not set its Python version", suggestion)


def buildpacks(project: Project) -> Iterator[Finding]:
    """Report a source that needs other buildpacks than the one that Heroku would detect."""
    if project.declared.buildpacks or not project.source.is_built_here:
        return
    if names := needed(project.source):
        message = (
            f"the source needs {', '.join(names)}, but without `buildpacks` Heroku uses only "
            f"{detected(project.source)}"
        )
        yield Finding(SOURCE, "DS509", message, f"buildpacks: [{', '.join(names)}], below source")


def _versions(project: Project, text: Text) -> Iterator[Finding]:
    found = python.wanted(text)
    prefix, packages = python.prefix_of(text), project.packages
    newest = f"{prefix}{project.source.suggested_python}"
    if len(found) != 1:
        message = f"the file names {len(found) or 'no'} Python versions instead of one"
        yield Finding(SOURCE, "DS507", message, newest, elsewhere=Elsewhere(text.file))
        return
    wanted = found[0]
    at = text.at(wanted.place)
    if not wanted.version:
        message = f'"{wanted.written[:40]}" is not a Python version in the format of this file'
        yield Finding(SOURCE, "DS507", message, newest, elsewhere=at)
    elif wanted.version in python.DEPRECATED:
        message = f"Python {wanted.version} is deprecated on Heroku"
        next_one = python.SUPPORTED[0]
        if wanted.version == project.source.suggested_python:
            names = python_support.too_old(next_one, packages)
            old = " and ".join(f"{name} {packages.versions[name]}" for name in names)
            newest = f"{prefix}{next_one}" + f", after an update of {old}" * bool(old)
        yield Finding(SOURCE, "DS508", message, newest, elsewhere=at)
    elif wanted.version not in python.SUPPORTED:
        message = f"Heroku does not offer Python {wanted.version}"
        meant = near(wanted.version, python.SUPPORTED)
        if len(meant) == 1 and not any(python_support.too_old(meant[0], packages)):
            newest = f"{prefix}{meant[0]}"
        yield Finding(SOURCE, "DS507", message, newest, elsewhere=at)


RULES = (
    one_package_manager,
    exact_versions,
    files_that_can_be_read,
    requirements_can_be_installed,
    python_version,
    buildpacks,
)
