"""Rules about process types: those of the Procfile and those of the formation."""

from collections.abc import Iterator

from dynostack.environment.diagnostics.finding import Finding
from dynostack.environment.django.left_out import left_out
from dynostack.environment.django.procfile import NEVER_SCALED, PROCFILE
from dynostack.environment.django.project import Project
from dynostack.environment.section import near

MISNAMED = frozenset({"procfile", "procfile.txt", "procfile.py", "profile"})
"""Names in lowercase that are meant to be Procfile, which Heroku knows only by that name."""


def procfile(project: Project) -> Iterator[Finding]:
    """Report a missing Procfile, and lines that are not `type: command`."""
    if project.procfile is None:
        if found := list(left_out(project.folder, PROCFILE, "DS511")):
            yield from found
        elif project.source.is_built_here and project.declared.process_types:
            inner = project.folder.names(f"*/{PROCFILE}")
            other = [each for each in project.folder.files if each.lower() in MISNAMED]
            message = "the source has no Procfile at its top level"
            suggestion = f"a Procfile with {_web(project)}"
            if other:
                suggestion = f"the name {PROCFILE} instead of {other[0]}"
            elif inner:
                suggestion = f"the Procfile at the top level: move {inner[0]} there"
            yield Finding(("app", "source"), "DS511", message, suggestion)
        return
    for place in project.procfile.odd:
        message = "this line of the Procfile does not have the form TYPE: COMMAND"
        at = project.procfile.text.at(place)
        yield Finding(("app", "source"), "DS512", message, _web(project), elsewhere=at)


def _web(project: Project) -> str:
    """Return a suggestion for the line of the web process."""
    if project.wsgi:
        return f"web: gunicorn {project.wsgi}"
    return "the web process, such as web: gunicorn shop.wsgi"


def formation_is_in_the_procfile(project: Project) -> Iterator[Finding]:
    """Report process types of the formation that the Procfile does not name."""
    if project.procfile is None or project.procfile.odd:
        return
    scaled = [each for each in project.procfile.types if each != NEVER_SCALED]
    for each in project.declared.process_types:
        path = ("formation", each)
        if each == NEVER_SCALED:
            message = "release runs once before each release and has no dynos"
            yield Finding(path, "DS513", message, "release only in the Procfile", at_key=True)
        elif each not in scaled:
            message = f'process type "{each}" is not in the Procfile'
            meant = _meant(each, scaled)
            suggestion = " or ".join(meant) or f"{each}: COMMAND in the Procfile"
            yield Finding(path, "DS514", message, suggestion, meant, at_key=True)


def procfile_is_in_the_formation(project: Project) -> Iterator[Finding]:
    """Report process types of the Procfile that the formation does not scale.

    Heroku runs no dynos of these, or for web, one dyno of a size that Heroku chooses.
    """
    if project.procfile is None:
        return
    named = project.declared.process_types
    for each in project.procfile.processes:
        if each.type in (*named, NEVER_SCALED):
            continue
        if any(_meant(name, [each.type]) for name in named):
            continue
        message = f'process type "{each.type}" is not in the formation'
        suggestion = (
            f"{each.type}: {{ size: basic, quantity: 1 }} under formation;"
            " quantity: 0 runs no dynos"
        )
        at = project.procfile.text.at(each.place)
        yield Finding(("formation",), "DS515", message, suggestion, elsewhere=at)


def _meant(name: str, types: list[str]) -> tuple[str, ...]:
    """Return process types with a similar spelling, or else those with the same letters."""
    return near(name, types) or tuple(each for each in types if sorted(each) == sorted(name))


RULES = (
    procfile,
    formation_is_in_the_procfile,
    procfile_is_in_the_formation,
)
