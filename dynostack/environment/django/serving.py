"""Rules about the programs and scripts that the commands of the Procfile run."""

from collections.abc import Iterator

from dynostack.environment.diagnostics.diagnostic import Position
from dynostack.environment.diagnostics.finding import Elsewhere, Finding
from dynostack.environment.django.buildpacks import HOOKS
from dynostack.environment.django.commands import SHELLS, Call, Word, calls, joined
from dynostack.environment.django.known_packages import providers_of_program
from dynostack.environment.django.locations import inside
from dynostack.environment.django.procfile import ProcfileEntry
from dynostack.environment.django.project import Project, once_for_all_stacks
from dynostack.environment.section import near

SOURCE = ("app", "source")
GENERATED = (".heroku/", "vendor/", "node_modules/", "build/", "dist/", ".venv/")
"""Folders whose files a build makes."""


def commands(project: Project) -> Iterator[tuple[ProcfileEntry, Call]]:
    """Yield each program that the Procfile runs, with its line."""
    for entry in project.procfile.processes if project.procfile else ():
        for call in calls(entry.command):
            yield entry, call


def at(project: Project, entry: ProcfileEntry, word: Word) -> Elsewhere | None:
    """Return the place of a word of the Procfile."""
    if project.procfile is None:
        return None
    place = entry.command_place
    return project.procfile.text.at(Position(place.line, place.column + word.column, word.width))


@once_for_all_stacks
def programs_are_installed(project: Project) -> Iterator[Finding]:
    """Report programs of the Procfile that no requirement installs; the dyno would crash."""
    seen: set[str] = set()
    for entry, call in commands(project):
        for word in (*call.wrappers, call.program):
            packages = providers_of_program(word.text)
            if word.text in seen or not packages or project.packages.have(*packages):
                continue
            seen.add(word.text)
            message = f"{entry.type} runs {word.text}, which is not in the requirements"
            suggestion = project.packages.to_add(packages[0])
            place = at(project, entry, word)
            yield Finding(SOURCE, "DS516", message, suggestion, elsewhere=place)


def gunicorn_file(project: Project, call: Call, folder: str) -> str | None:
    """Return the text of gunicorn's configuration; "" if it has none, None if it is unknown."""
    words = call.options("-c", "--config")
    if not words:
        text = project.folder.read(inside(folder, "gunicorn.conf.py"))
        return text.content if text else ""
    path = joined(call.folder, Word(words[-1].text.removeprefix("file:"), 0, 0))
    text = project.folder.read(path) if path else None
    return text.content if text else None


def scripts_are_there(project: Project) -> Iterator[Finding]:
    """Report scripts of a command that are not in the source or are not executable."""
    seen: set[str] = set()
    for entry, call in commands(project):
        for word, is_program in _scripts(call):
            path = joined(call.folder, word)
            if not path or path in seen or path.startswith(GENERATED):
                continue
            seen.add(path)
            if not project.folder.has(path):
                if not _may_be_made(project, path):
                    yield _missing_script(project, entry, word, path)
            elif is_program and not project.folder.is_executable(path):
                message = f"{entry.type} runs {path}, which is not executable"
                suggestion = f"bash {path}, or run: git update-index --chmod=+x {path}"
                place = at(project, entry, word)
                yield Finding(SOURCE, "DS518", message, suggestion, elsewhere=place)


def _missing_script(project: Project, entry: ProcfileEntry, word: Word, path: str) -> Finding:
    name = path.rpartition("/")[2]
    meant = near(path, list(project.folder.files)) or tuple(project.folder.ending(name))
    message = f"{entry.type} runs {path}, which is not in the source"
    suggestion = " or ".join(meant[:3]) or "a file of the source"
    return Finding(SOURCE, "DS518", message, suggestion, elsewhere=at(project, entry, word))


def _scripts(call: Call) -> Iterator[tuple[Word, bool]]:
    """Yield the files that a command runs, and whether each is run as a program."""
    for word in (*call.wrappers, call.program):
        if "/" in word.text and word.text not in SHELLS:
            yield word, True
    if call.program.text in SHELLS or call.name.startswith("python"):
        script = call.first_argument(frozenset({"-u", "-e", "-x", "-l", "-E", "-O"}))
        options = [each.text for each in call.arguments[:2]]
        if script and "-c" not in options and "-m" not in options and "-lc" not in options:
            yield script, False


def _may_be_made(project: Project, path: str) -> bool:
    """Return whether another buildpack or a hook of the build may make a file."""
    if project.declared.may_bring_programs:
        return True
    name = path.rpartition("/")[2]
    texts = (project.folder.read(each) for each in (*HOOKS, "package.json"))
    return any(text and name in text.content for text in texts) or (
        path.startswith("bin/start-") and not project.declared.buildpacks
    )


RULES = (programs_are_installed, scripts_are_there)
