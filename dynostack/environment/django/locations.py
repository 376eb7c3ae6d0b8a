"""Where a source has its manage.py and its settings module."""

import ast

from dynostack.environment.diagnostics.finding import Elsewhere
from dynostack.environment.django.syntax import parsed
from dynostack.environment.django.text import SourceFolder

MANAGE = "manage.py"
SETTINGS_VARIABLE = "DJANGO_SETTINGS_MODULE"
DEEPEST_MANAGE = 2
"""How many folders deep the buildpack looks for manage.py.
https://github.com/heroku/heroku-buildpack-python/blob/main/bin/steps/collectstatic (v351)"""
PATH_CHANGES = ("sys.path", "site.addsitedir", "PYTHONPATH")
"""What code mentions that imports from other folders than usual."""


def manage_file(folder: SourceFolder) -> str:
    """Return the manage.py that a build runs, or ""."""
    found = [name for name in folder.ending(MANAGE) if name.count("/") <= DEEPEST_MANAGE]
    return found[0] if found else ""


def folder_of(name: str) -> str:
    """Return the folder of a file, "." for the top level."""
    return name.rpartition("/")[0] or "."


def inside(folder: str, name: str) -> str:
    """Return the name of a file in a folder, where "." is the top level."""
    return name if folder in {"", "."} else f"{folder}/{name}"


def settings_of_manage(folder: SourceFolder) -> tuple[str, Elsewhere | None]:
    """Return the settings module that manage.py names, or "", and where it does."""
    text = folder.read(manage_file(folder)) if manage_file(folder) else None
    if text is None:
        return "", None
    try:
        tree = parsed(text.content)
    except SyntaxError:
        return "", None
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="setdefault"),
                args=[ast.Constant(value=value), ast.Constant(value=str() as name) as place],
            ) if value == SETTINGS_VARIABLE:
                return name, text.at(text.position(place))
    return "", None


def module_files(module: str) -> tuple[str, str]:
    """Return the names that the file of a module may have below the folder that is imported."""
    path = module.replace(".", "/")
    return f"{path}.py", f"{path}/__init__.py"


def is_module_name(module: str) -> bool:
    """Return whether a text is the dotted name of a module."""
    return all(map(str.isidentifier, module.split(".")))


def candidates(folder: SourceFolder) -> list[str]:
    """Return the settings modules, as they are imported from the folder of manage.py."""
    root = folder_of(manage_file(folder))
    patterns = ("*/settings.py", "*/settings/*.py", "settings.py")
    files = [name for pattern in patterns for name in folder.names(inside(root, pattern))]
    start = "" if root == "." else f"{root}/"
    found = (file.removeprefix(start).removesuffix(".py").replace("/", ".") for file in files)
    return [name.removesuffix(".__init__") for name in found]


def roots(folder: SourceFolder, module: str) -> list[str]:
    """Return the folders that contain a module, relative to the top level, which itself is ".".

    The top level and the folder of manage.py win over all others.  A folder that is a package is
    none of them unless code changes sys.path: its modules are imported by longer names.
    """
    if not is_module_name(module):
        return []
    found = {
        folder_of(f"{name.removesuffix(end)}x") if name != end else "."
        for end in module_files(module)
        for name in folder.ending(end)
    }
    for first in (".", folder_of(manage_file(folder))):
        if first in found:
            return [first]
    changes = changes_path(folder)
    return sorted(each for each in found if changes or not folder.has(f"{each}/__init__.py"))


def changes_path(folder: SourceFolder) -> bool:
    """Return whether code that starts the project may import from other folders than usual."""
    names = [MANAGE, "wsgi.py", "asgi.py", "gunicorn.conf.py", "gunicorn_config.py", ".profile"]
    texts = (folder.read(found) for name in names for found in folder.ending(name))
    return any(text and any(word in text.content for word in PATH_CHANGES) for text in texts)


def is_built_as_package(folder: SourceFolder) -> bool:
    """Return whether a build installs the source itself, whose folder src is then imported."""
    text = folder.read("pyproject.toml")
    return folder.has("setup.py") or bool(text and "[build-system]" in text.content)
