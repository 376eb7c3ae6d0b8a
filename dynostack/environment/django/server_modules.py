"""The rule that the modules and folders in a server's command are in the source."""

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from dynostack.environment.diagnostics.finding import Finding
from dynostack.environment.django import locations
from dynostack.environment.django.commands import Call, Word, joined
from dynostack.environment.django.locations import inside, module_files
from dynostack.environment.django.procfile import ProcfileEntry
from dynostack.environment.django.project import Project, once_for_all_stacks
from dynostack.environment.django.requirements import normal
from dynostack.environment.django.serving import GENERATED, SOURCE, at, commands, gunicorn_file
from dynostack.environment.django.syntax import parsed
from dynostack.environment.section import near

MODULE = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*(?::[A-Za-z_][\w.]*(?:\(.*\))?)?")

PATH_OF_MODULE = re.compile(r"([A-Za-z_]\w*(?:/[A-Za-z_]\w*)*)\.py")


class Server(NamedTuple):
    """A program that imports a module of the source."""

    flags: frozenset[str]
    """Its options that have no value."""
    folders: tuple[str, ...] = ()
    """Its options that name the folder in which it runs."""
    paths: tuple[str, ...] = ()
    """Its options that name folders to import from."""


SERVERS = {
    "daphne": Server(frozenset({"--proxy-headers", "--no-server-name"})),
    "granian": Server(
        frozenset({"--access-log", "--factory", "--reload", "--ws", "--respawn-failed-workers"}),
        ("--working-dir",),
    ),
    "gunicorn": Server(
        frozenset(
            {
                *("--capture-output", "--check-config", "--daemon", "-D", "--preload", "--reload"),
                *("--enable-stdio-inheritance", "-R", "--log-syslog", "--print-config", "-v"),
                *("--proxy-protocol", "--reuse-port", "--spew", "--version"),
                *("--disable-redirect-access-to-syslog", "--suppress-ragged-eofs"),
            }
        ),
        ("--chdir",),
        ("--pythonpath",),
    ),
    "hypercorn": Server(frozenset({"--debug", "--reload"})),
    "uvicorn": Server(
        frozenset(
            {"--access-log", "--factory", "--proxy-headers", "--reload", "--use-colors"}
            | {"--date-header", "--server-header"}
        ),
        (),
        ("--app-dir",),
    ),
    "waitress-serve": Server(
        frozenset({"--call", "--expose-tracebacks", "--asyncore-use-poll", "--ident"})
    ),
}
"""https://docs.gunicorn.org/en/stable/settings.html,
https://www.uvicorn.org/settings/, https://github.com/django/daphne,
https://hypercorn.readthedocs.io/en/latest/how_to_guides/configuring.html,
https://docs.pylonsproject.org/projects/waitress/en/stable/runner.html,
https://github.com/emmett-framework/granian"""


def modules_are_there(project: Project) -> Iterator[Finding]:
    """Report modules, attributes and folders of a server's command that the source lacks."""
    seen: set[str] = set()
    for entry, call in commands(project):
        if call.program.text == "cd":
            missing = _missing_folder(project, entry, call.arguments[0], call.folder)
        elif (server := SERVERS.get(call.program.text)) is not None:
            missing = _server(project, entry, call, server)
        elif call.program.text == "celery":
            missing = _celery(project, entry, call)
        else:
            continue
        if missing and missing.message not in seen:
            seen.add(missing.message)
            yield missing


def _server(project: Project, entry: ProcfileEntry, call: Call, server: Server) -> Finding | None:
    folder = call.folder
    target = call.first_argument(server.flags)
    for word in call.options(*server.folders) if server.folders else ():
        module = target.text.partition(":")[0] if target else ""
        if missing := _missing_folder(project, entry, word, folder, module):
            return missing
        folder = joined(folder, word)
    if call.name == "gunicorn" and _is_configured(project, call, folder):
        return None
    if target is None:
        return _no_module(project, entry, call, folder)
    if path := PATH_OF_MODULE.fullmatch(target.text):
        return _path(project, entry, call, target, path[1].replace("/", "."))
    if not MODULE.fullmatch(target.text):
        return None
    roots = _roots(project, call, folder, server.paths)
    module, _, attribute = target.text.partition(":")
    if not roots:
        return None
    return _module(project, (entry, call, target), roots, module) or _attribute(
        project, (entry, target), roots, (module, re.split(r"[.(]", attribute)[0])
    )


def _no_module(project: Project, entry: ProcfileEntry, call: Call, folder: str) -> Finding | None:
    if call.name != "gunicorn" or not project.wsgi:
        return None
    if "wsgi_app" in (gunicorn_file(project, call, folder) or ""):
        return None
    message = f"{entry.type} runs gunicorn without the module to serve"
    suggestion = f"gunicorn {project.wsgi}"
    where = at(project, entry, call.program)
    return Finding(SOURCE, "DS517", message, suggestion, elsewhere=where)


def _path(
    project: Project, entry: ProcfileEntry, call: Call, word: Word, module: str
) -> Finding | None:
    message = f"{entry.type} runs {call.name} with a path instead of a module"
    return Finding(SOURCE, "DS517", message, module, elsewhere=at(project, entry, word))


def _celery(project: Project, entry: ProcfileEntry, call: Call) -> Finding | None:
    words = call.options("-A", "--app")
    roots = _roots(project, call, call.folder, ("--workdir",))
    if not words or not roots or not MODULE.fullmatch(words[0].text) or call.options("--workdir"):
        return None
    module, _, attribute = words[0].text.partition(":")
    # The last part may be an attribute of the module: celery -A shop.celery.app.
    outer = module.rpartition(".")[0]
    if outer and not attribute and _file(project, roots, outer):
        return None
    found = _module(project, (entry, call, words[0]), roots, module)
    if found or attribute or _file(project, roots, f"{module}.celery"):
        return found
    file = _file(project, roots, module)
    text = project.folder.read(file) if file else None
    if text is None or text.content.strip():
        return None
    message = f"celery finds no app in {module}: the module is empty, and has no celery.py"
    suggestion = f"the Celery app in {inside(file.rpartition('/')[0], 'celery.py')}"
    return Finding(SOURCE, "DS517", message, suggestion, elsewhere=at(project, entry, words[0]))


def _missing_folder(
    project: Project, entry: ProcfileEntry, word: Word, folder: str, module: str = ""
) -> Finding | None:
    """Return the finding for a folder that is not in the source.

    Args:
        project: the project.
        entry: the line of the Procfile.
        word: the folder, as the command names it.
        folder: the folder in which the command runs.
        module: the module that is imported from there, which shows what is meant.
    """
    path = joined(folder, word)
    if not path or project.folder.has_folder(path) or path.startswith(GENERATED):
        return None
    there = _folders_of(project, module) if module else []
    main = locations.folder_of(project.source.manage)
    suggestion = (there or ["" if main == "." else main])[0] or "a folder of the source"
    message = f"{entry.type} runs in {path}, which is not a folder of the source"
    return Finding(SOURCE, "DS520", message, suggestion, elsewhere=at(project, entry, word))


def _is_configured(project: Project, call: Call, folder: str) -> bool:
    """Return whether a file or config var of gunicorn may name folders to import from."""
    if "GUNICORN_CMD_ARGS" in project.declared.config_vars:
        return True
    text = gunicorn_file(project, call, folder)
    return text is None or any(word in text for word in ("chdir", "pythonpath", "sys.path"))


def _roots(project: Project, call: Call, folder: str, options: tuple[str, ...]) -> list[str]:
    """Return the folders that a program imports from; none if some are unknown."""
    words = [*call.options(*options)] if options else []
    paths = [Word(part, 0, 0) for word in words for part in word.text.split(",")]
    path = call.variables.get("PYTHONPATH")
    if path is None and "PYTHONPATH" in project.declared.config_vars:
        path = Word(project.declared.config_vars["PYTHONPATH"] or "$", 0, 0)
    parts = path.text.split(":") if path else ["."]
    found = [folder, *(joined(folder, each) for each in paths)]
    found += [joined(".", Word(part, 0, 0)) for part in parts if part]
    if locations.is_built_as_package(project.folder):
        found += [".", "src"]
    return list(dict.fromkeys(found)) if all(found) else []


def _file(project: Project, roots: list[str], module: str) -> str:
    """Return the file of a module, or ""."""
    names = (inside(root, end) for root in roots for end in module_files(module))
    return next(filter(project.folder.has, names), "")


def _module(
    project: Project, where: tuple[ProcfileEntry, Call, Word], roots: list[str], module: str
) -> Finding | None:
    """Return the finding for a module that is neither in the source nor installed."""
    entry, call, word = where
    folder, top = project.folder, module.partition(".")[0]
    if _file(project, roots, module):
        return None
    is_own = any(folder.has_folder(inside(root, top.replace(".", "/"))) for root in roots)
    deeper = [f for end in module_files(module) for f in folder.ending(end)]
    if not (is_own or deeper or _is_of_no_package(project, top)):
        return None
    if any(
        name.startswith(f"{inside(root, module.replace('.', '/'))}.")
        for root in roots
        for name in folder.files
    ):
        return None  # such as a compiled module
    message = f"{entry.type} runs {call.name} with the module {module}, which is not in the source"
    return Finding(
        SOURCE,
        "DS517",
        message,
        _meant(project, roots, module, deeper),
        elsewhere=at(project, entry, word),
    )


def _is_of_no_package(project: Project, top: str) -> bool:
    """Return whether the module is meant to be the project's, and no package can bring it."""
    packages, folder = project.packages, project.folder
    has_own = bool(folder.ending("wsgi.py") or folder.ending("asgi.py"))
    return has_own and packages.complete and normal(top) not in packages.names


def _folders_of(project: Project, module: str) -> list[str]:
    """Return the folders of the source from which a module can be imported."""
    found = [
        file.removesuffix(end).rstrip("/") or "."
        for end in module_files(module)
        for file in project.folder.ending(end)
    ]
    return sorted(found)


def _meant(project: Project, roots: list[str], module: str, deeper: list[str]) -> str:
    if deeper:
        return f"--chdir {_folders_of(project, module)[0]} before {module}"
    last = module.rpartition(".")[2]
    files = [f for root in roots for f in project.folder.files if _is_below(root, f)]
    there = sorted({_dotted(root, f) for root in roots for f in files if _is_below(root, f)})
    meant = near(module, there) or tuple(
        each for each in there if each.rpartition(".")[2] == last and each.count(".") == 1
    )
    return " or ".join(meant[:3]) or "a module of the source, such as shop.wsgi"


def _is_below(root: str, file: str) -> bool:
    return file.endswith(".py") and (root == "." or file.startswith(f"{root}/"))


def _dotted(root: str, file: str) -> str:
    inner = file.removeprefix("" if root == "." else f"{root}/").removesuffix(".py")
    return inner.replace("/", ".").removesuffix(".__init__")


def _attribute(
    project: Project,
    where: tuple[ProcfileEntry, Word],
    roots: list[str],
    target: tuple[str, str],
) -> Finding | None:
    """Return the finding for a name that a module of the source does not define."""
    (entry, word), (module, name) = where, target
    file = _file(project, roots, module)
    text = project.folder.read(file) if file and name else None
    if text is None:
        return None
    try:
        defined = names_defined(parsed(text.content, project.source.python))
    except SyntaxError:
        return None
    if defined is None or name in defined:
        return None
    message = f"{entry.type} runs {module}:{name}, but {file} does not define {name}"
    meant = near(name, sorted(defined)) or tuple({"application", "app"} & defined)
    suggestion = f"{module}:{meant[0] if meant else 'application'}"
    return Finding(SOURCE, "DS517", message, suggestion, elsewhere=at(project, entry, word))


def names_defined(tree: ast.Module) -> set[str] | None:
    """Return the names that a module defines, or None if its text does not show all of them."""
    found: set[str] = set()
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        match node:
            case ast.ImportFrom(names=[ast.alias(name="*")]):
                return None
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                found |= {(each.asname or each.name).partition(".")[0] for each in names}
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                found.add(name)
            case ast.ClassDef(name=name):
                found.add(name)
            case ast.Name(id="globals" | "locals" | "exec" | "setattr"):
                return None
            case ast.Name(id=name, ctx=ast.Store()):
                found.add(name)
            case _:
                waiting += ast.iter_child_nodes(node)
    return None if "__getattr__" in found else found


@once_for_all_stacks
def django_is_installed(project: Project) -> Iterator[Finding]:
    """Report a process that runs the Django project although no requirement installs Django."""
    if not project.source.manage or not project.managers or project.packages.have("django"):
        return
    for entry, call in commands(project):
        runs_manage = any(each.text.endswith(locations.MANAGE) for each in call.arguments)
        if runs_manage or call.program.text in SERVERS:
            message = f"{entry.type} runs the Django project, but Django is not in the requirements"
            suggestion = project.packages.to_add("django")
            place = at(project, entry, call.program)
            yield Finding(SOURCE, "DS516", message, suggestion, elsewhere=place)
            return


RULES = (modules_are_there, django_is_installed)
